import { afterEach, describe, expect, it } from 'vitest'
import { compile, liquidRenderer } from '../../../blueprints/index.js'
import type { JsonObject } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { shapeOptions } from '../../support/shapes.js'

let bench: EngineHarness
afterEach(() => bench.close())

const options = { deploying: true, policyKinds: stockKinds, ...shapeOptions() }

async function open(type: string): Promise<void> {
  bench = await EngineHarness.open({ policyKinds: stockKinds, engine: { renderer: liquidRenderer() } })
  const text = `
location: sim
services:
- type: ${type}
  name: web
  brooklyn.config:
    cluster.initial.size: 2
    controlleddynamicwebappcluster.controllerSpec:
      $brooklyn:entitySpec: { type: software, launch: serve }
    dynamiccluster.memberspec:
      $brooklyn:entitySpec:
        type: software
        customize: $brooklyn:formatString("fetch %s", $brooklyn:config("wars.by.context"))
        launch: serve
        effectors:
          deploy: { parameters: [{ name: url }, { name: targetName }], command: take }
          undeploy: { parameters: [{ name: targetName }], command: drop }
          redeployAll: { command: again }
`
  const result = compile({ main: { file: 'shop.yaml', text }, files: {} }, options)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result, null, 1))
  await bench.deploy(result.spec, 60_000)
}

async function ask(effector: string, parameters: JsonObject = {}, ms = 20_000): Promise<void> {
  const { id } = await bench.after(bench.engine.invoke('shop', 'web', { effector, parameters }, by), ms)
  const { state, failure } = accepted(bench.engine.task(ann, id))
  expect([state, failure?.message]).toEqual(['succeeded', undefined])
}

/** What was run of the effectors of members, or to make one, since a call; by the number of the member. */
function done(from: number): readonly string[] {
  return bench.calls.slice(from).flatMap(({ verb, about: [name = ''], runs = '' }) => {
    const [, member = '?'] = /-web-(\d+)-/.exec(name) ?? []
    return verb === 'run' ? [`${member} ${runs.trim()}`] : []
  })
}

const A = { url: 'https://example.com/a.war', targetName: 'a' }
const B = { url: 'https://example.com/b.war', targetName: '/b.war' }

describe.each(['DynamicWebAppCluster', 'ControlledDynamicWebAppCluster'])('%s', (type) => {
  it('deploys at all members without starting any anew, and at those to come', async () => {
    await open(type)
    const from = bench.calls.length
    await ask('deploy', A)
    await ask('deploy', B)
    expect(done(from)).toEqual(['1 take', '2 take', '1 take', '2 take'])
    await bench.restart()
    await bench.after(bench.engine.scale('shop', 'web', 3, by), 20_000)
    expect(done(from).slice(4)).toEqual([`3 fetch {"a":"${A.url}","b":"${B.url}"}`, '3 serve'])
    expect(bench.entity('web/1')).toMatchObject({ incarnation: 1, run: 1 })
  })

  it('undeploys at all members, and has nothing of it for those to come', async () => {
    await open(type)
    await ask('deploy', A)
    await ask('deploy', B)
    const from = bench.calls.length
    await ask('undeploy', { targetName: 'a.war' })
    await ask('undeploy', { targetName: 'unknown' })
    expect(done(from)).toEqual(['1 drop', '2 drop', '1 drop', '2 drop'])
    await bench.after(bench.engine.scale('shop', 'web', 3, by), 20_000)
    expect(done(from).slice(4)).toEqual([`3 fetch {"b":"${B.url}"}`, '3 serve'])
  })

  it('waits for members that are not up yet', async () => {
    await open(type)
    bench.place().arm({ verbs: ['run'], label: 'launch', effect: 'not-ready', delay: 20_000, times: 1 })
    accepted(await bench.engine.scale('shop', 'web', 3, by))
    await bench.settle(2_000)
    expect(bench.tree['web/3']).not.toBe('running')
    const from = bench.calls.length
    await ask('deploy', A, 5_000).catch(() => undefined)
    expect(done(from)).not.toContain('3 take')
    await bench.settle(60_000)
    expect(done(from)).toContain('3 take')
  })

  it('deploys all again', async () => {
    await open(type)
    await ask('deploy', A)
    const from = bench.calls.length
    await ask('redeployAll')
    expect(done(from)).toEqual(['1 again', '2 again'])
  })
})
