import { afterEach, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import type { Json } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'

let bench: EngineHarness
afterEach(() => bench.close())

const group = (name: string, filter: string): string => `
- type: DynamicGroup
  name: ${name}
  brooklyn.config: { dynamicgroup.entityfilter: { ${filter} } }`

const SHOP = `
location: sim
services:
- { type: software, id: well, launch: serve }
- { type: software, id: ill, launch: serve }
- type: entity
  name: watcher
  brooklyn.initializers:
  - { type: static-sensor, name: ill, static.value: $brooklyn:component("ill").attributeWhenReady("service.state") }
  - { type: static-sensor, name: meant, static.value: $brooklyn:component("ill").attributeWhenReady("service.state.expected") }
${group('fires', 'sensor: service.state, equals: ON_FIRE')}
${group('calm', 'sensor: service.state, any: [RUNNING, On-Fire]')}`

async function open(): Promise<void> {
  const result = compile({ main: { file: 'shop.yaml', text: SHOP }, files: {} }, { locations: ['sim'] })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result, null, 1))
  bench = await EngineHarness.open()
  await bench.deploy(result.spec)
}

function sensor(path: string, name: string): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

function members(path: string): readonly string[] {
  return (sensor(path, 'members') as readonly { readonly path: string }[]).map((one) => one.path)
}

it("says what state an entity is in by Brooklyn's words, wherever a document reads it", async () => {
  await open()
  expect([sensor('watcher', 'ill'), sensor('watcher', 'meant')]).toEqual(['running', 'running'])
  expect([members('fires'), members('calm')]).toEqual([[], expect.arrayContaining(['ill', 'well'])])
  bench.place().arm({ verbs: ['run'], effect: 'fail', exitCode: 3, times: 1_000 })
  await bench.place().crash(bench.token('ill'))
  await bench.settle(60_000)
  expect(bench.entity('ill').state).toBe('failed')
  expect([sensor('watcher', 'ill'), sensor('watcher', 'meant')]).toEqual(['on-fire', 'running'])
  expect(members('fires')).toEqual(['ill'])
  expect(members('calm')).toEqual(expect.arrayContaining(['ill', 'well']))
})

it('says that what rests is to be stopped', async () => {
  await open()
  await bench.after(bench.engine.invoke('shop', 'ill', { effector: 'stop', parameters: {} }, by), 20_000)
  expect([sensor('ill', 'service.state.expected'), sensor('watcher', 'ill')]).toEqual(['stopped', 'stopped'])
})
