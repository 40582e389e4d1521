import { describe, expect, it } from 'vitest'
import { compileText, marked, problemsOf, services } from './support/documents.js'

/** A closed map with a key that nobody knows, shown by its marks. */
const UNKNOWN: readonly (readonly [string, string])[] = [
  ['the document', `«launhc»: x\n${services('- { type: software, launch: x }')}`],
  ['an entity', services('- { type: software, launch: x, «lunch»: y }')],
  [
    'an entity inside of another',
    services('- { type: entity, children: [{ type: software, launch: x, «lunch»: y }] }'),
  ],
  ['a member', services('- { type: cluster, memberSpec: { type: software, launch: x, «lunch»: y } }')],
  [
    'a member in a config',
    services(
      '- type: cluster\n    brooklyn.config: { memberSpec: { $brooklyn:entitySpec: { type: software, launch: x, «lunch»: y } } }',
    ),
  ],
  ['an operation', services('- { type: software, launch: { command: x, «tmeout»: 1s } }')],
  ['a port', services('- { type: software, launch: x, ports: [{ name: a, «nubmer»: 8 }] }')],
  ['a parameter', services('- { type: software, launch: x, parameters: [{ name: a, «lable»: b }] }')],
  ['a sensor', services('- { type: software, launch: x, sensors: { a: { command: b, «evry»: 1s } } }')],
  ['a health check', services('- { type: software, launch: x, health: { command: b, «evry»: 1s } }')],
  ['a retry', services('- { type: software, launch: x, retry: { attempts: 1, «thn»: alert } }')],
  [
    'provisioning properties',
    services('- { type: software, launch: x, provisioning.properties: { «minCrs»: 1 } }'),
  ],
  [
    'an initializer',
    services(
      '- { type: software, launch: x, brooklyn.initializers: [{ type: static-sensor, brooklyn.config: { name: a, static.value: 1, «perod»: 1s } }] }',
    ),
  ],
  [
    'a policy of ours',
    services(
      '- { type: cluster, memberSpec: { type: software, launch: x }, policies: [{ type: replace, brooklyn.config: { «afterr»: 1s } }] }',
    ),
  ],
  [
    'a policy of another product',
    services(
      '- { type: cluster, memberSpec: { type: software, launch: x }, policies: [{ type: restart, brooklyn.config: { «failOnRecurringFailuresInThsDuration»: 1s } }] }',
    ),
  ],
  [
    'an effector',
    services('- { type: software, launch: x, effectors: { a: { command: b, «tmeout»: 1s } } }'),
  ],
  [
    'a workflow',
    services(
      '- type: software\n    launch: x\n    brooklyn.initializers:\n      - type: workflow-effector\n        brooklyn.config: { name: a, steps: [{ step: "log a", «tmeout»: 1s }] }',
    ),
  ],
]

describe('an unknown key', () => {
  it.each(UNKNOWN)('is an error in %s', (_where, text) => {
    const { text: plain, range } = marked(text)
    expect(problemsOf(plain)).toContainEqual(
      expect.objectContaining({ code: 'BP1103', severity: 'error', range }),
    )
  })

  it.each(UNKNOWN)('is a warning in %s and left out, where that is wanted', (_where, text) => {
    const { text: plain, range } = marked(text)
    const lenient = compileText(plain, { compat: true })
    expect(lenient).toMatchObject({ kind: 'compiled' })
    expect(lenient.kind === 'compiled' && lenient.problems).toContainEqual(
      expect.objectContaining({ code: 'BP1103', severity: 'warning', range }),
    )
    expect(namesIn(lenient)).not.toContain(plain.slice(text.indexOf('«'), text.indexOf('»') - 1))
  })

  it('leaves out all of them, also those that are seen only without the first', () => {
    const text = services('- { type: software, lunch: y, launch: { command: x, tmeout: 1s, «bfore»: z } }')
    const found = compileText(marked(text).text, { compat: true })
    expect(found.kind === 'compiled' && found.problems.map(({ message }) => message)).toEqual([
      'unknown key "lunch"',
      'unknown key "tmeout"',
      'unknown key "bfore"',
    ])
  })

  it('does not hide that a key is missing', () => {
    const text = services('- { type: software, launhc: x }')
    expect(problemsOf(text).map(({ code }) => code)).toEqual(['BP1103'])
    expect(problemsOf(text, { compat: true }).map(({ code }) => code)).toEqual(['BP1104', 'BP1103'])
  })

  it('keeps the places of what is wrong beside it', () => {
    const { text, range } = marked(services('- { type: software, lunch: y, launch: x, priority: «high» }'))
    expect(problemsOf(text, { compat: true })).toContainEqual(
      expect.objectContaining({ code: 'BP1102', range }),
    )
  })

  it('of a condition is an error even so: without it the condition would mean something else', () => {
    const text = services(
      '- { type: software, launch: x, brooklyn.initializers: [{ type: ssh-sensor, name: a, command: x, condition: { equls: 1 } }] }',
    )
    expect(problemsOf(text, { compat: true })).toEqual([
      expect.objectContaining({ code: 'BP1242', severity: 'error' }),
    ])
  })
})

function namesIn(result: ReturnType<typeof compileText>): readonly string[] {
  if (result.kind !== 'compiled') return []
  const names: string[] = []
  collect(result.spec, names)
  return names
}

function collect(value: unknown, names: string[]): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, part] of Object.entries(value)) {
    names.push(name)
    collect(part, names)
  }
}

describe('a key beside a type that is not known', () => {
  const codes = (key: string): readonly string[] =>
    problemsOf(services('- type: nothing-like-it', `  ${key}: 1`)).map(({ code }) => code)

  it('may be one that the type has', () => {
    expect(codes('zebra')).toEqual(['BP1205'])
  })

  it('is told of where it resembles one that every entity has', () => {
    expect(codes('locaton')).toEqual(['BP1205', 'BP1103'])
  })
})
