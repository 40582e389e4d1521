import { afterEach, expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { EngineHarness, accepted, by } from '../../support/engine-harness.js'
import { application, operation, service, software } from '../../support/specs.js'

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
