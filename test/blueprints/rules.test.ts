import { expect, it } from 'vitest'
import { compile } from '../../blueprints/index.js'
import { stockPolicies } from '../../policies/index.js'

const document = (when: string): string =>
  [
    'name: Shop',
    'location: here',
    'roles:',
    '  - name: web',
    '    count: { initial: 2, min: 1, max: 6 }',
    '    launch: exec sleep 1',
    '    policies:',
    '      - type: rules',
    '        readings: { load: { sensor: load } }',
    '        rules:',
    '          - name: grow',
    `            when: ${when}`,
    '            scale: count + 1',
  ].join('\n')

const told = (text: string): readonly string[] => {
  const sources = { main: { file: 'shop.yaml', text }, files: {} }
  const result = compile(sources, { policyKinds: stockPolicies, locations: ['here'] })
  if (result.kind === 'missing') return result.files
  return result.problems.map(({ code, message, range }) => {
    const { line, column } = range?.start ?? { line: 0, column: 0 }
    return `${code}@${line}:${column} ${message}`
  })
}

it('tells what is wrong with an expression where it is written', () => {
  expect(told(document('laod > 5'))).toEqual(['BP1602@12:19 rules: "laod" in "when": unknown variable: laod'])
})

it('finds nothing wrong with rules that can be followed', () => {
  expect(told(document('load > 5'))).toEqual([])
})
