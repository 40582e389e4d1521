import { afterEach, describe, expect, it } from 'vitest'
import type { SoftwareSpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, operation, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const shop = (web: SoftwareSpec) => application([service('web', { software: web })])

/** The first two calls of a run with this label never arrive, and nobody is told so: the second is made at once. */
const lost = (label: string) => ({ verbs: ['run'], label, effect: 'lost-before', times: 2 })

describe('a step whose answer was lost', () => {
  it('of a stop command ends the run when the document has that command no more', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [lost('stop')] } } })
    await bench.deploy(shop(software({ launch: 'serve', stop: 'drain' })))
    await bench.after(bench.engine.stop('shop', by), 100)
    await bench.after(bench.engine.update('shop', shop(software({ launch: 'serve' })), by), 120_000)
    expect([bench.shop.state, bench.shop.alerts]).toEqual(['stopped', []])
  })

  it('of a launch is taken up as the document wants it now', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [lost('launch')] } } })
    await bench.deploy(shop(software({ launch: 'serve' })), 100)
    await bench.after(bench.engine.update('shop', shop(software({ launch: 'serve better' })), by), 60_000)
    expect(bench.shop.state).toBe('running')
    expect(bench.tree).toEqual({ web: 'running' })
  })

  it('of an installation is taken up when the document has that phase no more', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [lost('install')] } } })
    await bench.deploy(shop(software({ install: 'get', launch: 'serve' })), 100)
    await bench.after(bench.engine.update('shop', shop(software({ launch: 'serve' })), by), 60_000)
    expect(bench.shop.state).toBe('running')
  })
})

it('gives a reload that names no limit five minutes', async () => {
  const hung = { verbs: ['run'], label: 'reload', effect: 'answer', delay: 400_000, times: 1 }
  bench = await EngineHarness.open({ place: { script: { calls: [hung] } } })
  const peers = { path: 'peers', content: sensorOf('db', 'host.address'), mode: 0o644 }
  const web = { ...software({ launch: 'serve' }, { files: [peers] }), reload: operation('hup') }
  await bench.deploy(application([service('web', { software: web }), service('db')]))
  await bench.after(bench.engine.replace('shop', 'db', by), 200_000)
  const waiting = () => accepted(bench.engine.why(ann, 'shop', 'web'))
  expect(waiting().trouble).toBeUndefined()
  await bench.settle(110_000)
  expect(waiting().trouble?.failure.message).toBe('reload took longer than its limit')
})
