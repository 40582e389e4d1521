import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../support/engine-harness.js'
import { testCompiler } from '../support/runtime-compiler.js'
import { compileText } from './support/documents.js'

const marks = (name: string): string =>
  `{ type: workflow-effector, name: ${name}, parameters: { word: { defaultValue: none } }, steps: ["set-sensor ${name} = \${word}", "return ${name} \${word}"] }`

const document = (initializer: string, children = ''): string => `
name: Shop
location: sim
services:
  - type: entity
    id: box
    brooklyn.initializers:
      - ${marks('one')}
      - ${marks('two')}
      - ${initializer}
    brooklyn.children:
      - { type: entity, id: a, brooklyn.initializers: [${marks('mark')}] }
      - { type: entity, id: b, brooklyn.initializers: [${marks('mark')}] }
      - { type: entity, id: c }
${children}`

/** Calls an effector of the box, and gives how that ended, with what can be seen of sensors then. */
async function called(
  text: string,
  effector: string,
  parameters: JsonObject = {},
): Promise<{
  readonly state: string
  readonly shop: EngineHarness
  sensor(path: string, name: string): Json | undefined
}> {
  const result = compileText(text, { locations: ['sim'] })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const shop = await EngineHarness.open({ engine: { compiler: testCompiler() } })
  await shop.deploy(result.spec)
  const { id } = accepted(await shop.engine.invoke('shop', 'box', { effector, parameters }, by))
  await shop.settle(60_000)
  const { state, failure } = accepted(shop.engine.task(ann, id))
  const sensor = (path: string, name: string): Json | undefined =>
    accepted(shop.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
  return { state: failure === undefined ? state : `${state}: ${failure.message}`, shop, sensor }
}

describe('an initializer that adds an effector made of others', () => {
  it.each<[string, string, JsonObject, { readonly [at: string]: Json | undefined }]>([
    [
      'calls several, one after another, with what it is called with',
      '{ type: CompositeEffector, name: all, effectors: [one, two], parameters: { word: {} } }',
      { word: 'hi' },
      { 'box one': 'hi', 'box two': 'hi' },
    ],
    [
      'leaves out what it is not called with',
      '{ type: org.apache.brooklyn.core.effector.CompositeEffector, name: all, effectors: [one], parameters: { word: {} } }',
      {},
      { 'box one': 'none' },
    ],
    [
      'calls one of another entity',
      '{ type: ProxyEffector, name: all, targetEntity: $brooklyn:component("a"), targetEffector: mark, parameters: { word: {} } }',
      { word: 'far' },
      { 'box/a mark': 'far', 'box/b mark': undefined },
    ],
    [
      'calls one of all that have it inside',
      '{ type: ChildrenBatchEffector, name: all, effectorToInvoke: mark, effectorArgs: { word: each }, batchSize: 1 }',
      {},
      { 'box/a mark': 'each', 'box/b mark': 'each' },
    ],
  ])('%s', async (_what, initializer, parameters, seen) => {
    const { state, shop, sensor } = await called(document(initializer), 'all', parameters)
    expect(state).toBe('succeeded')
    const found = Object.keys(seen).map((at) => {
      const [path = '', name = ''] = at.split(' ')
      return [at, sensor(path, name)]
    })
    expect(Object.fromEntries(found)).toEqual(seen)
    await shop.close()
  })

  it.each([
    [
      'ChildrenBatchEffector, name: all, effectorToInvoke: mark, failOnMissingEffector: true',
      'box/c has no effector mark',
    ],
    [
      'ChildrenBatchEffector, name: all, effectorToInvoke: mark, failOnMissingEffector: true, failOnEffectorFailure: true',
      'box/c has no effector mark',
    ],
  ])('fails where there is none: %s', async (initializer, why) => {
    const { state, shop } = await called(document(`{ type: ${initializer} }`), 'all')
    expect(state).toContain(why)
    await shop.close()
  })

  it('is refused where the document tells that there is none', () => {
    const text = document('{ type: ProxyEffector, name: all, targetEntity: c, targetEffector: mark }')
    const result = compileText(text, { locations: ['sim'] })
    expect(result).toMatchObject({
      kind: 'problems',
      problems: [{ code: 'BP1823', message: '"box/c" has no effector "mark"' }],
    })
  })

  it.each([
    ['{ type: CompositeEffector, name: all, effectors: [one, none] }', 'error'],
    ['{ type: ChildrenBatchEffector, name: all, effectorToInvoke: none }', 'warning'],
    [
      '{ type: ChildrenBatchEffector, name: all, effectorToInvoke: none, failOnMissingEffector: true, failOnEffectorFailure: true }',
      'error',
    ],
    [
      '{ type: ChildrenBatchEffector, name: all, effectorToInvoke: mark, failOnMissingEffector: true, failOnEffectorFailure: true }',
      'warning',
    ],
    [
      '{ type: workflow-effector, name: all, steps: [{ type: workflow, target: children, steps: [invoke-effector none] }] }',
      'error',
    ],
    [
      '{ type: workflow-effector, name: all, steps: [{ type: workflow, target: children, condition: { tag: a }, steps: [invoke-effector none] }] }',
      'warning',
    ],
  ])('%s: that nobody, or not everybody, has what is called is a submit-time %s', (initializer, severity) => {
    const result = compileText(document(initializer), { locations: ['sim'] })
    const problems = result.kind === 'missing' ? [] : result.problems
    expect(problems.map((one) => [one.code, one.severity])).toEqual([['BP1823', severity]])
  })

  it('adds what a blueprint says, with its parameters as config', async () => {
    const blueprint = '{ type: entity, name: added, brooklyn.config: { kept: 1 } }'
    const initializer = `{ type: AddChildrenEffector, name: all, blueprint_yaml: ${blueprint}, parameters: { size: {} } }`
    const { state, shop } = await called(document(initializer), 'all', { size: 5 })
    expect(state).toBe('succeeded')
    expect(shop.entity('box/added').config).toEqual({ kept: 1, size: 5 })
    await shop.close()
  })

  it('adds a type by its name', async () => {
    const { state, shop } = await called(
      document('{ type: AddChildrenEffector, name: all, blueprint_type: entity }'),
      'all',
    )
    expect(state).toBe('succeeded')
    expect(shop.entity('box').children).toBe(4)
    await shop.close()
  })

  it('runs a command at each of the children', async () => {
    const initializer = '{ type: ssh-effector, name: all, command: "echo hi", executionTarget: children }'
    const text = document(initializer).replace(
      '{ type: entity, id: a,',
      '{ type: software, launch: serve, id: a,',
    )
    const { state, shop } = await called(text.replace(/ {6}- \{ type: entity, id: [bc].*\n/g, ''), 'all')
    expect(state).toBe('succeeded')
    expect(
      shop.calls.filter(({ verb, about }) => verb === 'run' && about.join().includes('workflow')),
    ).not.toEqual([])
    await shop.close()
  })

  it.each([
    ['{ type: CompositeEffector, name: start, effectors: [one] }', 'BP1821'],
    ['{ type: CompositeEffector, name: all }', 'BP1104'],
    ['{ type: ProxyEffector, name: all, targetEntity: a }', 'BP1104'],
    ['{ type: AddChildrenEffector, name: all, blueprint_type: entity, auto_start: false }', 'BP1820'],
    ['{ type: AddChildrenEffector, name: all, blueprint_type: a, blueprint_yaml: {} }', 'BP1109'],
    ['{ type: ChildrenBatchEffector, effectorToInvoke: mark, batchSise: 1 }', 'BP1103'],
    ['{ type: ssh-effector, name: all, command: x, executionTarget: elsewhere }', 'BP1105'],
  ])('%s is told once, as %s', (initializer, code) => {
    const result = compileText(document(initializer), { locations: ['sim'] })
    const problems = result.kind === 'problems' ? result.problems : []
    expect(problems.map((one) => one.code)).toEqual([code])
  })
})
