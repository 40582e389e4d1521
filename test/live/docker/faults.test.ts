import type { Observable } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Hint, ResourceWant } from '../../../engine/index.js'
import type { DockerClient } from '../../../locations/docker/docker-client.js'
import { countOwned, openDocker, refOf, type DockerHarness } from '../../support/docker-harness.js'
import { overridden } from '../../support/docker-faults.js'
import { whyNoDocker } from '../../support/docker-images.js'

const reason = await whyNoDocker()
const signal = new AbortController().signal

describe.skipIf(reason !== undefined)(`faults of a real Docker engine ${reason ?? ''}`, () => {
  let harness: DockerHarness

  beforeEach(async () => {
    harness = await openDocker()
  })

  afterEach(async () => {
    await harness.dispose()
    expect(await countOwned(harness.docker, harness.engine)).toBe(0)
  })

  const up = async (name: string): Promise<ResourceWant> => {
    const want = harness.want(name, harness.machine())
    await harness.location.ensure([want], { signal })
    expect(await harness.location.start([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    return want
  }

  const observed = async (want: ResourceWant) =>
    (await harness.location.observe([refOf(want)], { signal }))[0]

  it.each([
    { effect: 'after', finds: 'found' },
    { effect: 'before', finds: 'created' },
  ])(
    'says unknown when the answer is lost $effect the effect, and then has exactly one: $finds',
    async (row) => {
      const lossy = harness.reopen({}, losing('createContainer', row.effect === 'after'))
      const want = harness.want('lost', harness.machine())
      expect(await lossy.ensure([want], { signal })).toMatchObject([
        { kind: 'unknown', failure: { cause: 'unreachable', retry: 'soon' } },
      ])
      expect(await lossy.ensure([want], { signal })).toMatchObject([{ kind: row.finds }])
      expect(await countOwned(harness.docker, harness.engine)).toBe(1)
    },
  )

  it.each(['startContainer', 'stopContainer', 'removeContainer'] as const)(
    'says unknown when the answer to %s is lost, and done when it is repeated',
    async (call) => {
      const want = harness.want('again', harness.machine())
      await harness.location.ensure([want], { signal })
      if (call === 'stopContainer') await harness.location.start([refOf(want)], { signal })
      const lossy = harness.reopen({}, losing(call, true))
      const command = () => {
        if (call === 'startContainer') return lossy.start([refOf(want)], { signal })
        if (call === 'stopContainer') return lossy.stop([refOf(want)], { signal, grace: 1000 })
        return lossy.destroy([refOf(want)], { signal })
      }
      expect(await command()).toMatchObject([{ kind: 'unknown' }])
      expect(await command()).toEqual([{ kind: 'done' }])
    },
  )

  it('makes one container when two engines of ours ask at once', async () => {
    const want = harness.want('both', harness.machine())
    const locations = [harness.location, harness.reopen(), harness.reopen()]
    const answers = await Promise.all(locations.map((location) => location.ensure([want], { signal })))
    const kinds = answers.flat().map((answer) => answer.kind)
    expect(kinds.filter((kind) => kind === 'created')).toHaveLength(1)
    expect(['created', 'found', 'not-ready']).toEqual(expect.arrayContaining(kinds))
    expect(await harness.location.ensure([want], { signal })).toMatchObject([{ kind: 'found' }])
    expect(await countOwned(harness.docker, harness.engine)).toBe(1)
  })

  it('hints within a second that a container was killed outside, and tells its exit code', async () => {
    const want = await up('killed')
    const watching = await watch(harness.location.watch())
    await harness.docker.getContainer(want.name).kill()
    await watching.saw({ token: want.token }, 1000)
    expect(await observed(want)).toMatchObject({ state: 'stopped', exitCode: 137 })
    watching.stop()
  })

  it('hints within a second that a container was removed outside, and is then certain that it is absent', async () => {
    const want = await up('vanished')
    const watching = await watch(harness.location.watch())
    await harness.docker.getContainer(want.name).remove({ force: true })
    await watching.saw({ token: want.token }, 1000)
    await expect.poll(async () => (await observed(want))?.state).toBe('absent')
    expect(await harness.location.start([refOf(want)], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'missing' } },
    ])
    watching.stop()
  })

  it('does not take its own commands inside of a container for news', async () => {
    const want = await up('quiet')
    const watching = await watch(harness.location.watch())
    await harness.location.exec(refOf(want), ['true'], { signal, timeout: 5000, limit: 100 })
    await harness.docker.getContainer(want.name).pause()
    await watching.saw({ token: want.token }, 1000)
    expect(watching.hints).toEqual([{}, { token: want.token }])
    watching.stop()
  })

  it.each(['KILL', 'TERM'])(
    'hints at once that a service inside of a container was ended by %s, without asking again and again',
    async (ending) => {
      const { command: _command, ...shape } = harness.machine({ hostsSoftware: true })
      const want = harness.want('crash', shape)
      await harness.location.ensure([want], { signal })
      await harness.location.start([refOf(want)], { signal })
      const script = 'echo $$ > pid; exec sleep 600'
      const service = { ...SERVICE, token: 'crash', digest: 'd1', script }
      expect(await harness.location.run(refOf(want), service, { signal })).toMatchObject({ kind: 'started' })
      await expect.poll(() => waiting(harness, want), { timeout: 5000, interval: 20 }).toBe(true)
      const watching = await watch(harness.location.watch())
      const options = { signal, timeout: 5000, limit: 100 }
      const kill = ['sh', '-c', `kill -${ending} $(cat /weir/run/pid)`]
      expect(await harness.location.exec(refOf(want), kill, options)).toMatchObject({ exitCode: 0 })
      await watching.saw({ token: want.token }, 1000)
      expect((await observed(want))?.runs).toMatchObject([{ token: 'crash', state: 'exited' }])
      expect(watching.hints).toEqual([{}, { token: want.token }])
      watching.stop()
    },
  )

  it('asks for a look at everything when the event stream broke, and misses nothing that happened meanwhile', async () => {
    const want = await up('gap')
    const broken = breaking()
    const watching = await watch(harness.reopen({}, broken.wrap).watch())
    broken.cut()
    await harness.docker.getContainer(want.name).kill()
    await expect
      .poll(() => watching.hints.filter((hint) => hint.token === undefined).length, { timeout: 5000 })
      .toBe(2)
    expect(await observed(want)).toMatchObject({ state: 'stopped' })
    watching.stop()
  })

  it('finds and removes a container that somebody has renamed', async () => {
    const want = await up('renamed')
    await harness.docker.getContainer(want.name).rename({ name: `${want.name}-elsewhere` })
    expect(await observed(want)).toMatchObject({ state: 'running', token: want.token })
    expect(await harness.reopen().destroy([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    expect(await observed(want)).toMatchObject({ state: 'absent' })
  })

  it('does not know what it cannot ask, and says that certainly nothing was done', async () => {
    const nowhere = harness.reopen({ socketPath: '/tmp/weir-test-no-such.sock' })
    const want = harness.want('nowhere', harness.machine())
    expect(await nowhere.observe([refOf(want)], { signal })).toEqual([undefined])
    expect(await nowhere.ensure([want], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'unreachable', retry: 'soon' } },
    ])
    await expect(nowhere.listOwned(harness.engine, { signal })).rejects.toMatchObject({
      record: { cause: 'unreachable' },
    })
    expect(await nowhere.test({ signal })).toMatchObject([{ ok: false }])
  })

  it('starts again in another network when its network was removed and made anew outside', async () => {
    const network = harness.want('net', { kind: 'network' })
    await harness.location.ensure([network], { signal })
    await harness.docker.getNetwork(network.name).remove()
    const networks = [{ token: network.token, brought: false }]
    const lost = harness.want('lost', harness.machine({ networks }))
    await harness.location.ensure([lost], { signal })
    expect(await harness.location.start([refOf(lost)], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'missing' } },
    ])
    await harness.location.destroy([refOf(lost)], { signal })
    await harness.location.ensure([network], { signal })
    const anew = harness.want('anew', harness.machine({ networks }))
    expect(await harness.location.ensure([anew], { signal })).toMatchObject([{ kind: 'created' }])
    expect(await harness.location.start([refOf(anew)], { signal })).toEqual([{ kind: 'done' }])
  })
})

const SERVICE = {
  mode: 'service',
  generation: 1,
  label: 'launch',
  environment: {},
  files: [],
  timeout: 0,
} as const

/** Whether the end of a run is waited for inside of a container. */
async function waiting({ docker }: DockerHarness, { name }: ResourceWant): Promise<boolean> {
  const { Processes } = (await docker.getContainer(name).top()) as { readonly Processes: readonly string[][] }
  return Processes.some((columns) => columns.join(' ').includes(' await '))
}

type Lossy = 'createContainer' | 'startContainer' | 'stopContainer' | 'removeContainer'

/** A client that loses one answer: after the effect, or with it. */
function losing(name: Lossy, after: boolean): (client: DockerClient) => DockerClient {
  let lost = false
  return (client) =>
    overridden(client, {
      [name]: async (...parameters: unknown[]) => {
        const call = () => (client[name] as (...all: unknown[]) => Promise<unknown>).apply(client, parameters)
        if (lost) return call()
        lost = true
        if (after) await call()
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
      },
    })
}

/** A client whose event stream can be cut. */
function breaking(): { readonly wrap: (client: DockerClient) => DockerClient; readonly cut: () => void } {
  let aborter = new AbortController()
  const events =
    (client: DockerClient): DockerClient['events'] =>
    (since, call) => {
      aborter = new AbortController()
      return client.events(since, { signal: AbortSignal.any([call.signal, aborter.signal]) })
    }
  return { wrap: (client) => overridden(client, { events: events(client) }), cut: () => aborter.abort() }
}

interface Watching {
  readonly hints: readonly Hint[]
  saw(hint: Hint, within: number): Promise<void>
  stop(): void
}

/** Watches from the first "look at all" on. */
async function watch(source: Observable<Hint>): Promise<Watching> {
  const hints: Hint[] = []
  const subscription = source.subscribe((hint) => hints.push(hint))
  await expect.poll(() => hints, { timeout: 5000, interval: 10 }).toEqual([{}])
  return {
    hints,
    saw: async (hint, within) => {
      await expect.poll(() => hints, { timeout: within, interval: 10 }).toContainEqual(hint)
    },
    stop: () => subscription.unsubscribe(),
  }
}
