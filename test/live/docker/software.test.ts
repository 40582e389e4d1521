import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineShape, ResourceWant, RunRequest } from '../../../engine/index.js'
import { countOwned, openDocker, refOf, type DockerHarness } from '../../support/docker-harness.js'
import { TEST_IMAGES, whyNoDocker } from '../../support/docker-images.js'

const reason = await whyNoDocker()
const signal = new AbortController().signal

describe.skipIf(reason !== undefined)(
  `software in containers on a real Docker engine ${reason ?? ''}`,
  () => {
    let harness: DockerHarness
    let number = 0

    beforeAll(async () => {
      harness = await openDocker({ image: TEST_IMAGES.node })
    })

    afterAll(async () => {
      await harness.dispose()
      expect(await countOwned(harness.docker, harness.engine)).toBe(0)
    })

    const up = async (overrides: Partial<MachineShape> = {}): Promise<ResourceWant> => {
      number += 1
      const { command: _command, ...shape } = harness.machine({ hostsSoftware: true, ...overrides })
      const want = harness.want(`s${number}`, shape)
      expect(await harness.location.ensure([want], { signal })).toMatchObject([{ kind: 'created' }])
      expect(await harness.location.start([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
      return want
    }

    const observed = async (want: ResourceWant, location = harness.location) =>
      (await location.observe([refOf(want)], { signal }))[0]

    const service = (script: string, more: Partial<RunRequest> = {}): RunRequest => ({
      token: `run${number}`,
      digest: 'd1',
      mode: 'service',
      generation: 1,
      label: 'launch',
      script,
      environment: {},
      files: [],
      timeout: 0,
      ...more,
    })

    it('serves http from a node program that came as a file, on its published port', async () => {
      const want = await up({ ports: [{ name: 'http', protocol: 'tcp', published: true }] })
      const program = `require('node:http').createServer((q, r) => r.end('hello from ' + process.env.NAME)).listen(process.env.PORT_HTTP)`
      const request = service('exec node server.cjs', {
        environment: { NAME: "o'node" },
        files: [{ path: 'server.cjs', content: program, mode: 0o644 }],
      })
      expect(await harness.location.run(refOf(want), request, { signal })).toMatchObject({ kind: 'started' })
      const { inside, outside } = (await observed(want))?.ports?.['http'] ?? {}
      expect(inside).toBe(20_000)
      const answer = () =>
        fetch(`http://127.0.0.1:${outside}/`, { signal: AbortSignal.timeout(2_000) }).then(
          (response) => response.text(),
          String,
        )
      await expect.poll(answer, { timeout: 15_000 }).toBe("hello from o'node")
    })

    it('is found running by another engine of ours, which then ends it', async () => {
      const want = await up()
      const request = service('echo up; exec sleep 1000')
      await harness.location.run(refOf(want), request, { signal })
      const successor = harness.reopen()
      expect((await observed(want, successor))?.runs).toMatchObject([
        { token: request.token, state: 'running' },
      ])
      expect(await successor.run(refOf(want), request, { signal })).toMatchObject({ kind: 'found' })
      expect(await successor.endRun(refOf(want), request.token, { signal, grace: 3000 })).toEqual({
        kind: 'done',
      })
      expect((await observed(want))?.runs?.[0]?.state).toBe('exited')
      expect(await harness.location.output(refOf(want), request.token, { signal, limit: 100 })).toMatchObject(
        {
          stdout: 'up\n',
        },
      )
    })

    it('gets TERM and its grace when its machine is stopped', async () => {
      const volume = harness.want('left', { kind: 'volume' })
      await harness.location.ensure([volume], { signal })
      const volumes = [{ token: volume.token, brought: false, path: '/left' }]
      const want = await up({ volumes })
      const script = `trap 'sleep 1; echo good > /left/bye; exit 0' TERM; echo up > /left/up; while :; do sleep 0.1; done`
      await harness.location.run(refOf(want), service(script), { signal })
      const left = async (file: string) =>
        (
          await harness.location.exec(refOf(want), ['cat', `/left/${file}`], {
            signal,
            timeout: 5000,
            limit: 100,
          })
        ).stdout
      await expect.poll(() => left('up'), { timeout: 5000 }).toBe('up\n')
      expect(await harness.location.stop([refOf(want)], { signal, grace: 10_000 })).toEqual([
        { kind: 'done' },
      ])
      expect(await observed(want)).toMatchObject({ state: 'stopped', exitCode: 0 })
      await harness.location.start([refOf(want)], { signal })
      expect(await left('bye')).toBe('good\n')
      await harness.location.destroy([refOf(want)], { signal })
      expect(await harness.location.destroy([refOf(volume)], { signal })).toEqual([{ kind: 'done' }])
    })

    it('stops quickly when nothing runs', async () => {
      const want = await up()
      const before = Date.now()
      expect(await harness.location.stop([refOf(want)], { signal, grace: 60_000 })).toEqual([
        { kind: 'done' },
      ])
      expect(Date.now() - before).toBeLessThan(10_000)
    })

    it('is refused on a machine that runs a command of its own', async () => {
      const want = harness.want('own', harness.machine())
      await harness.location.ensure([want], { signal })
      await harness.location.start([refOf(want)], { signal })
      expect(await harness.location.run(refOf(want), service('true'), { signal })).toMatchObject({
        kind: 'refused',
        failure: { cause: 'unsupported' },
      })
    })
  },
)
