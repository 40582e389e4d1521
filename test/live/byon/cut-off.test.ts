import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, ResourceRef, ResourceWant, RunRequest } from '../../../engine/index.js'
import { byonHarness, type ByonHarness } from '../../support/byon-harness.js'
import { noSshHosts, openSshHosts, type SshTestHosts } from '../../support/ssh-hosts.js'

const missing = noSshHosts()
const options: CallOptions = { signal: new AbortController().signal }

describe.skipIf(missing !== undefined && process.env['WEIR_LIVE'] !== 'require')(
  'a host that is cut off',
  () => {
    let real: SshTestHosts
    let ours: ByonHarness
    beforeAll(async () => {
      real = await openSshHosts(2)
      const hosts = real.hosts.map((host) => ({ ...host, end: () => host.cut() }))
      ours = byonHarness(hosts, { user: 'root', key: real.key }, { machines: 1, timeout: 2000 })
    })
    afterAll(async () => {
      for (const host of real.hosts) host.join()
      await ours.dispose()
      real.dispose()
    })

    const want = (token: string): ResourceWant => ({
      token,
      name: token,
      marks: { engine: 'e', application: 'a', entity: token, incarnation: 1, digest: 'd' },
      generation: 1,
      shape: ours.machine(),
    })
    const ref = (token: string): ResourceRef => ({ token, kind: 'machine', name: token, generation: 1 })
    const service: RunRequest = {
      token: 'service',
      digest: 'd',
      mode: 'service',
      generation: 1,
      label: 'launch',
      script: 'exec sleep 3600',
      environment: {},
      files: [],
      timeout: 0,
    }

    it('leaves unknown what is on it, keeps nobody else waiting, and is found as it was when it is back', async () => {
      const { location } = ours
      await location.ensure([want('one'), want('two')], options)
      await location.start([ref('one'), ref('two')], options)
      await location.run(ref('one'), service, options)
      const [before] = await location.observe([ref('one')], options)
      const index = real.hosts.findIndex(({ address }) => address === before?.address)

      real.hosts[index]?.cut()
      const [one, two] = await location.observe([ref('one'), ref('two')], options)
      expect([one?.state, two?.state]).toEqual([undefined, 'running'])
      expect(await location.destroy([ref('one')], options)).toMatchObject([{ kind: 'not-ready' }])

      real.hosts[index]?.join()
      await expect
        .poll(async () => (await location.observe([ref('one')], options))[0], { timeout: 60_000 })
        .toMatchObject({
          state: 'running',
          instance: before?.instance,
          runs: [{ token: 'service', state: 'running' }],
        })
      expect(await location.destroy([ref('one'), ref('two')], options)).toEqual([
        { kind: 'done' },
        { kind: 'done' },
      ])
    })
  },
)
