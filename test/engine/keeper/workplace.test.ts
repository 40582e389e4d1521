import { afterEach, expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, operation, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const file = (path: string, text: string) => ({ path, content: literal(text), mode: 0o644 })

it('puts files where the phase works that they belong to', async () => {
  bench = await EngineHarness.open()
  const phases = {
    install: operation('unpack', { files: [file('list', 'installed')] }),
    launch: operation('serve', { files: [file('page', 'launched')] }),
  }
  const more = { installDirectory: 'opt', runDirectory: 'app/', files: [file('peers', 'live')] }
  await bench.deploy(application([service('web', { software: software(phases, more) })]))
  const command = ['cat', 'opt/list', 'app/page', 'app/peers']
  const ran = accepted(await bench.engine.exec('shop', 'web', command, { ...by, timeout: 1_000 }))
  expect(ran.stdout).toBe('installedlaunchedlive')
})

it('begins anew in another run directory, and is installed anew in another install directory', async () => {
  bench = await EngineHarness.open()
  const shop = (installDirectory: string, runDirectory: string) => {
    const phases = software({ install: 'unpack', launch: 'serve' }, { installDirectory, runDirectory })
    return application([service('web', { software: phases })])
  }
  const state = (): readonly number[] => [bench.entity('web').incarnation, bench.entity('web').run]
  await bench.deploy(shop('opt', 'app'))
  const [first, run] = state()
  await bench.after(bench.engine.update('shop', shop('opt', 'other'), by))
  expect(state()).toEqual([first, Number(run) + 1])
  await bench.after(bench.engine.update('shop', shop('elsewhere', 'other'), by))
  expect(state()[0]).toBe(Number(first) + 1)
})

it('says where that is before anything runs there', async () => {
  bench = await EngineHarness.open()
  const self = (name: string) => sensorOf('web', name)
  const environment = { SCRIPTS: self('directory.install'), HERE: self('directory.run') }
  const says = software({ install: 'unpack', launch: 'serve' }, { installDirectory: '/opt/web', environment })
  await bench.deploy(application([service('web', { software: { ...says, runDirectory: 'app' } })]))
  const value = (name: string): unknown =>
    accepted(bench.engine.sensors(ann, 'shop', 'web')).find((one) => one.name === name)?.value
  expect(bench.tree).toEqual({ web: 'running' })
  expect(value('directory.install')).toBe('/opt/web')
  expect(value('directory.run')).toMatch(/^\/.+\/app$/)
})
