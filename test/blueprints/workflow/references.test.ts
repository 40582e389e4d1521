import { describe, expect, it } from 'vitest'
import { compileText, marked, problemsOf, services } from '../support/documents.js'

/** An application with a box that has a workflow of these steps, and a store with a sensor and an effector. */
function withSteps(...steps: readonly string[]): string {
  return services(
    '- type: entity',
    '  id: box',
    '  brooklyn.initializers:',
    '  - type: workflow-effector',
    '    name: work',
    '    parameters: { whom: { defaultValue: store } }',
    '    steps:',
    '    - set-sensor done = true',
    ...steps.map((step) => `    - ${step}`),
    '- type: entity',
    '  id: store',
    '  brooklyn.initializers:',
    '  - type: static-sensor',
    '    brooklyn.config: { name: orders, targetType: integer, static.value: 3 }',
    '  - type: workflow-effector',
    '    name: greet',
    '    steps:',
    '    - log hello',
  )
}

const FOUND = new Set(['BP1203', 'BP1204', 'BP1823'])

function told(text: string): readonly object[] {
  return problemsOf(text)
    .filter(({ code }) => FOUND.has(code))
    .map(({ code, severity, message, range, hint }) => ({ code, severity, message, range, hint }))
}

const STORE = '$brooklyn:entity("store")'

describe('what a workflow refers to', () => {
  it.each<[string, string, string, string, string]>([
    [
      'an entity',
      `{ type: return, value: «$brooklyn:entity("stroe").attributeWhenReady("a")» }`,
      'BP1203',
      'there is no entity "stroe"',
      'store',
    ],
    [
      'the entity of an effector',
      'invoke-effector greet on «stroe»',
      'BP1203',
      'there is no entity "stroe"',
      'store',
    ],
    [
      'the entity of a lock',
      '{ step: log x, lock: { name: a, entity: «stroe» } }',
      'BP1203',
      'there is no entity "stroe"',
      'store',
    ],
    ['a sensor of its own', 'log «${entity.sensor.don}»', 'BP1204', '"box" has no sensor "don"', 'done'],
    [
      'a sensor of another one',
      `{ type: return, value: «${STORE}.attributeWhenReady("order")» }`,
      'BP1204',
      '"store" has no sensor "order"',
      'orders',
    ],
    [
      'an effector',
      'invoke-effector «greeet» on store',
      'BP1823',
      '"store" has no effector "greeet"',
      'greet',
    ],
    ['an effector of its own', 'invoke-effector «wrk»', 'BP1823', '"box" has no effector "wrk"', 'work'],
    [
      'a sensor inside of steps inside',
      "{ step: foreach n in 1..3, steps: [{ s: log now, output: «'${entity.sensor.dune}'» }] }",
      'BP1204',
      '"box" has no sensor "dune"',
      'done',
    ],
    [
      'an entity that several may be seen from',
      '{ type: workflow, target: children, steps: [invoke-effector greet on «stroe»] }',
      'BP1203',
      'there is no entity "stroe"',
      'store',
    ],
  ])('is told where %s is not known', (_what, step, code, message, near) => {
    const { text, range } = marked(withSteps(step))
    expect(told(text)).toEqual([
      { code, severity: 'error', message, range, hint: expect.stringContaining(`"${near}"`) as string },
    ])
  })

  it.each([
    ['has another value where it is not known', 'let x = ${entity.sensor.don} ?? 0'],
    ['is judged', '{ step: log x, condition: { target: "${entity.sensor.don}", when: present } }'],
    ['has a handler for it', '{ step: "log ${entity.sensor.don}", on-error: [log nothing] }'],
  ])('is a warning where it %s', (_what, step) => {
    expect(told(withSteps(step))).toMatchObject([{ code: 'BP1204', severity: 'warning' }])
  })

  it.each([
    ['a sensor that a step sets', 'log ${entity.sensor.done}'],
    ['a part of a sensor', 'log ${entity.sensor.done.well}'],
    ['what resembles nothing, where there is another value', 'let x = ${entity.sensor.quite_other} ?? 0'],
    ['what everybody can be asked', 'invoke-effector restart on store'],
    ['what is a value', 'invoke-effector anything on ${whom}'],
    ['what is called by a value', 'invoke-effector ${whom} on store'],
    ['what is done at targets', '{ type: workflow, target: children, steps: ["log ${entity.sensor.any}"] }'],
    ['a sensor of a target', 'foreach one in children do log ${one.sensor.any}'],
    [
      'what a step adds',
      '{ type: workflow, steps: [{ type: apply-initializer, blueprint: { type: workflow-effector, name: late, steps: [] } }, invoke-effector late] }',
    ],
    [
      'an entity that a step adds',
      '{ type: workflow, steps: [{ type: add-entity, blueprint: { type: entity, id: late } }, invoke-effector any on late] }',
    ],
    ['a variable that holds one', '{ step: "log ${x.sensor.any}", input: { x: 1 } }'],
  ])('is left alone where it is %s', (_what, step) => {
    expect(told(withSteps(step))).toEqual([])
  })

  it('is told of whose changes start a policy', () => {
    const { text, range } = marked(
      services(
        '- type: entity',
        '  id: box',
        '  brooklyn.initializers:',
        '  - { type: static-sensor, brooklyn.config: { name: load, static.value: 3 } }',
        '  brooklyn.policies:',
        '  - { type: workflow-policy, name: again, triggers: [«laod»], steps: [log hello] }',
      ),
    )
    const hint = expect.stringContaining('"load"') as string
    expect(told(text)).toEqual([
      { code: 'BP1204', severity: 'error', message: '"box" has no sensor "laod"', range, hint },
    ])
  })

  it.each([
    ['an effector of it', 'invoke-effector work', []],
    ['an effector that it has not', 'invoke-effector wrk', [['BP1823', 'error']]],
    ['a sensor that it may have been given', 'log ${entity.sensor.quite_other}', []],
    ['one that is called nearly so', 'log ${entity.sensor.don}', [['BP1204', 'warning']]],
  ])('is seen from the running entity that a workflow becomes a part of: %s', (_what, step, expected) => {
    const before = compileText(withSteps())
    if (before.kind !== 'compiled') throw new Error('it does not compile')
    const added = services(
      '- type: entity',
      '  brooklyn.initializers:',
      `  - { type: workflow-effector, name: late, steps: ['${step}'] }`,
    ).replace('location: local\n', '')
    const within = { application: before.spec, parent: ['box'], asPart: true }
    expect(problemsOf(added, { within }).map(({ code, severity }) => [code, severity])).toEqual(expected)
  })
})
