import { describe, expect, it } from 'vitest'
import type { Json } from '../../engine/index.js'
import { accepted, by } from '../support/engine-harness.js'
import { Running } from './brooklyn/running.js'

/** What `a` is after it was set, for an entity with this config whose `a` has this constraint. */
async function afterSetting(constraint: string, config: string): Promise<Json | undefined> {
  const running = await Running.of([
    'location: sim',
    'services:',
    '- type: entity',
    '  id: web',
    `  brooklyn.parameters: [{ name: a, constraints: [${constraint}] }, b]`,
    `  brooklyn.config: ${config}`,
    '  sensors: { told: { value: $brooklyn:config("a") } }',
    '  brooklyn.initializers:',
    '  - { type: workflow-effector, name: give, steps: [ set-config a = xyz ] }',
  ])
  accepted(await running.bench.engine.invoke('shop', 'web', { effector: 'give', parameters: {} }, by))
  await running.bench.settle(3_000)
  const told = running.sensor('web', 'told')
  await running.close()
  return told
}

describe('a parameter that is set while its entity runs', () => {
  it.each<readonly [constraint: string, config: string, told: Json]>([
    ['{ regex: "x.*" }', '{ a: xa }', 'xyz'],
    ['{ regex: "y.*" }', '{ a: ya }', 'ya'],
    ['{ forbiddenUnless: b }', '{ b: 1 }', 'xyz'],
    ['{ forbiddenUnless: b }', '{ c: 1 }', null],
    ['{ forbiddenIf: b }', '{ b: 1 }', null],
    ['{ forbiddenIf: b }', '{ c: 1 }', 'xyz'],
    ['{ config: b, equals: 1 }', '{ a: y, b: 1 }', 'xyz'],
  ])('with %s beside %s is %s then', async (constraint, config, told) => {
    expect(await afterSetting(constraint, config)).toBe(told)
  })
})
