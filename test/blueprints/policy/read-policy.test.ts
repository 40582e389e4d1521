import { describe, expect, it } from 'vitest'
import { compile, isPolicyText, policySurroundings, readPolicy } from '../../../blueprints/index.js'
import { stockPolicies } from '../../../policies/index.js'
import { marked, role } from '../support/documents.js'
import { problemsOfPolicy } from '../../support/policy-trials.js'

const FOLLOW = [
  'policy: follow',
  'parameters:',
  '  high: { default: 50, min: 1, description: Above this a member has too much to do. }',
  '  calm: { type: duration, default: 2 min }',
  'does:',
  '  type: rules',
  '  readings: { load: { sensor: load } }',
  '  rules:',
  '    - { name: grow, when: load > high, for: "${calm}", scale: count + 1 }',
  'pool: { min: 1, max: 8, initial: 2, startDelay: 45s, cost: 0.12, every: 5s }',
  'slo: [{ sensor: load, atMost: 80, share: 99.5% }]',
  'tests:',
  '  - it: grows',
  '    parameters: { calm: 10s }',
  '    given: [{ at: 1s, read: { load: 90 }, of: [1, 2] }]',
  '    expect: [{ by: 20s, scale: 3, why: grow }]',
]

describe('a policy document', () => {
  it('is read into plain data, with durations in milliseconds', () => {
    const { document, problems } = readPolicy(FOLLOW.join('\n'), 'follow.policy.yaml', stockPolicies)
    expect(problems).toEqual([])
    expect(document).toMatchObject({
      name: 'follow',
      parameters: [
        { name: 'high', type: 'float', value: 50, constraints: [{ min: 1 }] },
        { name: 'calm', type: 'duration', value: 120_000 },
      ],
      pool: { min: 1, max: 8, initial: 2, startDelay: 45_000, cost: 0.12, every: 5_000 },
      slo: [{ sensor: 'load', limit: 80, share: 0.995 }],
      tests: [
        {
          name: 'grows',
          parameters: { calm: 10_000 },
          members: 2,
          given: [{ at: 1_000, of: [1, 2], read: { load: 90 } }],
          expect: [{ by: 20_000, what: { kind: 'scale', count: 3 }, why: 'grow' }],
        },
      ],
    })
  })

  it('is known by its first word', () => {
    expect([isPolicyText('# mine\npolicy: x'), isPolicyText(role())]).toEqual([true, false])
  })

  const MISTAKES: readonly (readonly [code: string, line: number, mistake: string, hint: string])[] = [
    ['BP1103', 3, '  high: { «defalt»: 50 }', 'did you mean "default"?'],
    ['BP1702', 3, '  high: { default: «0», min: 1 }', 'write another'],
    ['BP1705', 3, '  high: { default: a, pattern: «"(?=x)"» }', 'look-around'],
    ['BP1201', 4, '  calm: 2 min\n  __proto: «7»', 'beginning with a small letter'],
    ['BP1601', 6, '  type: «rulez»', 'rules'],
    ['BP1103', 7, '  readings: { load: { «sensr»: load } }', 'sensor'],
    ['BP1614', 7, '  readings: { load: { sensor: load, window: «2h» } }', 'shorter'],
    ['BP1614', 7, '  readings: { load: { sensor: load, staleAfter: «1s» } }', 'longer'],
    ['BP1602', 9, '    - { name: grow, when: «loud > high», for: 1s, scale: count + 1 }', 'Mend'],
    ['BP1602', 9, '    - { name: grow, when: load > high, for: «-5», scale: count + 1 }', 'duration'],
    ['BP1611', 9, '    - { name: grow, when: load > high, for: «"${clam}"», scale: count + 1 }', '"calm"'],
    ['BP1616', 6, '  type: rules\n  bounds: { min: «9» }', 'the pool has 1 to 8'],
    ['BP1401', 10, 'pool: { min: «9», max: 8 }', 'exchange'],
    ['BP1401', 10, 'pool: { min: 1, max: 8, initial: «9» }', 'between'],
    ['BP1012', 11, 'slo: [{ sensor: load, atMost: «.nan» }]', 'quote'],
    ['BP1703', 14, '    parameters: { clam: «10s» }', 'there is high, calm'],
    ['BP1615', 15, '    given: [{ at: 1s, read: { «loads»: 90 } }]', 'did you mean "load"?'],
    ['BP1615', 15, '    given: [{ at: 1s, read: { load: 90 }, of: «3» }]', 'members: 3'],
    ['BP1615', 16, '    expect: [«{ by: 20s }»]', 'write one of scale'],
    ['BP1615', 16, '    expect: [«{ scale: 3 }»]', 'write "at: 30s"'],
    ['BP1615', 16, '    expect: [{ by: 2s, scale: 3 }, «{ by: 1s, scale: 3 }»]', 'order of time'],
    ['BP1615', 16, '    expect: [{ by: 20s, scale: «9» }]', 'the pool has 1 to 8'],
  ]

  it.each(MISTAKES)('gets %s at line %i for %s', (code, line, mistake, hint) => {
    const lines = [...FOLLOW]
    lines[line - 1] = mistake
    const { text, range } = marked(lines.join('\n'))
    const [found, ...others] = problemsOfPolicy(text)
    expect(others).toEqual([])
    expect(found).toMatchObject({ code, range })
    expect(found?.hint).toContain(hint)
  })

  it('is checked against the sensors of the entity that it is for', () => {
    const spec = (text: string) => {
      const result = compile({ main: { file: 'shop.yaml', text }, files: { 'web.js': '' } })
      if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
      return result.spec
    }
    const shop = spec(role('count: { initial: 2, min: 1, max: 4 }'))
    const around = policySurroundings(shop, undefined)
    if ('fault' in around) throw new Error(around.fault)
    expect(around).toMatchObject({ entity: 'web', members: { min: 1, max: 4, initial: 2 } })
    const text = FOLLOW.join('\n')
      .replace('sensor: load }', 'sensor: service.state }')
      .replace('read: { load', 'read: { service.state')
    const [found] = problemsOfPolicy(text, around)
    expect(found).toMatchObject({ code: 'BP1612', range: { start: { line: 7 } } })
    expect(problemsOfPolicy(FOLLOW.join('\n'), around)).toMatchObject([
      { code: 'BP1204', severity: 'warning' },
    ])
    expect(policySurroundings(shop, 'wob')).toMatchObject({
      fault: 'there is no entity "wob"',
      hint: 'did you mean "web"?',
    })
  })
})
