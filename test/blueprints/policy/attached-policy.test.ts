import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listedAdjuncts, shippedPolicy } from '../../../blueprints/index.js'
import { compileText, problemsOf, role } from '../support/documents.js'

const file = 'catalog/items/policies/follow-load.policy.yaml'
const text = readFileSync(resolve(import.meta.dirname, '../../..', file), 'utf8')
const options = { adjuncts: listedAdjuncts([shippedPolicy(text, file)]) }

const web = (...lines: readonly string[]): string =>
  role('count: { initial: 2, min: 1, max: 4 }', 'policies:', ...lines.map((line) => `  ${line}`))

const policiesOf = (document: string) => {
  const result = compileText(document, options)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const [first] = result.spec.root.children
  return (first?.policies ?? []).map(({ name, type, config }) => ({
    name,
    type,
    config: Object.fromEntries(
      Object.entries(config).map(([key, one]) => [key, one.kind === 'literal' ? one.value : one]),
    ),
  }))
}

describe('a policy document that is attached', () => {
  it('is named with values for its parameters, which come into its settings', () => {
    const [policy] = policiesOf(web('- { type: follow-load, high: 70, calm: 2 min }'))
    expect(policy).toMatchObject({
      name: 'follow-load',
      type: 'rules',
      config: {
        parameters: { high: 70, low: 20, calm: 120_000 },
        rules: [{ name: 'grow' }, { name: 'shrink', for: 120_000 }],
      },
    })
  })

  it('may stand where it is used, as it stands in a file', () => {
    const lines = [
      '- policy: quiet',
      '  parameters: { high: 40 }',
      '  does: { type: autoscale, lower: 10, upper: "${high}" }',
    ]
    expect(policiesOf(web(...lines))).toEqual([
      { name: 'quiet', type: 'autoscale', config: { lower: 10, upper: 40 } },
    ])
  })

  it('may be there twice, under names of its own', () => {
    const names = (lines: readonly string[]) => policiesOf(web(...lines)).map(({ name }) => name)
    const kill = (name: string) =>
      `- { name: ${name}, does: { type: rules, readings: { load: { sensor: load } }, rules: [{ name: a, when: load > 1, set: { x: 1 } }], state: { x: 0 } } }`
    expect(names([kill('one'), kill('one'), kill('two')])).toEqual(['one', 'one-2', 'two'])
  })

  it.each([
    ['BP1703', '- { type: follow-load, hihg: 70 }', 'did you mean "high"?'],
    ['BP1702', '- { type: follow-load, high: 0 }', 'write another value'],
    ['BP1702', '- { type: follow-load, calm: soon }', 'write another value'],
    [
      'BP1701',
      '- { policy: p, parameters: { high: { type: number } }, does: { type: autoscale, lower: 1, upper: "${high}" } }',
      'add "high:"',
    ],
    [
      'BP1611',
      '- { policy: p, parameters: { high: 5 }, does: { type: autoscale, lower: 1, upper: "${hihg}" } }',
      'did you mean "high"?',
    ],
    ['BP1601', '- { policy: p, does: { type: autoscail } }', 'did you mean "autoscale"?'],
    ['BP1602', '- { policy: p, does: { type: autoscale, lower: 9, upper: 5 } }', 'Exchange the two.'],
    [
      'BP1103',
      '- { policy: p, pools: {}, does: { type: autoscale, lower: 1, upper: 5 } }',
      'did you mean "pool"?',
    ],
  ])('gets %s for %s', (code, line, hint) => {
    const found = problemsOf(web(line), options).filter(({ severity }) => severity === 'error')
    expect(found.map((one) => one.code)).toContain(code)
    const [mistake] = found
    expect(mistake).toMatchObject({ file: 'shop.yaml', range: { start: { line: 8 } } })
    expect(mistake?.hint).toContain(hint)
  })

  it('says that two decide the same, also where one is named', () => {
    const found = problemsOf(
      web('- { type: follow-load }', '- { type: autoscale, lower: 1, upper: 5 }'),
      options,
    )
    expect(found.map(({ code }) => code)).toContain('BP1603')
  })
})
