import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret, type MachineShape, type ResourceWant } from '../../../engine/index.js'
import { countOwned, openDocker, refOf, type DockerHarness } from '../../support/docker-harness.js'
import { TEST_IMAGES, whyNoDocker } from '../../support/docker-images.js'

const reason = await whyNoDocker()
const signal = new AbortController().signal

describe.skipIf(reason !== undefined)(`containers on a real Docker engine ${reason ?? ''}`, () => {
  let harness: DockerHarness
  let number = 0

  beforeAll(async () => {
    harness = await openDocker({ endpointHost: '127.0.0.1' })
  })

  afterAll(async () => {
    await harness.dispose()
    expect(await countOwned(harness.docker, harness.engine)).toBe(0)
  })

  const next = (overrides: Partial<MachineShape> = {}): ResourceWant => {
    number += 1
    return harness.want(`m${number}`, harness.machine(overrides))
  }

  const up = async (overrides: Partial<MachineShape> = {}): Promise<ResourceWant> => {
    const want = next(overrides)
    expect(await harness.location.ensure([want], { signal })).toMatchObject([{ kind: 'created' }])
    expect(await harness.location.start([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    return want
  }

  const observed = async (want: ResourceWant) =>
    (await harness.location.observe([refOf(want)], { signal }))[0]

  const inspect = (want: ResourceWant) => harness.docker.getContainer(want.name).inspect()

  it('makes a container once, stopped, and adopts it when asked again', async () => {
    const want = next()
    expect(await harness.location.ensure([want], { signal })).toMatchObject([
      { kind: 'created', resource: { state: 'stopped', marks: want.marks } },
    ])
    expect(await harness.location.ensure([want], { signal })).toMatchObject([{ kind: 'found' }])
    expect(await harness.reopen().ensure([want], { signal })).toMatchObject([{ kind: 'found' }])
    expect(await observed(want)).toMatchObject({ state: 'stopped', token: want.token })
  })

  it('refuses an older generation than the one by which a container was made, even after a restart of ours', async () => {
    const want = { ...next(), generation: 5 }
    await harness.location.ensure([want], { signal })
    expect(await harness.reopen().ensure([{ ...want, generation: 4 }], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'stale' } },
    ])
    expect(await harness.location.destroy([refOf(want, 4)], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'stale' } },
    ])
  })

  it('starts, stops in good order, tells the exit code, starts as another instance, and removes', async () => {
    const want = await up({
      command: ['/bin/sh', '-c', 'trap "exit 7" TERM; while :; do sleep 1 & wait $!; done'],
    })
    const first = await observed(want)
    expect(first).toMatchObject({ state: 'running' })
    expect(await harness.location.start([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    expect(await harness.location.stop([refOf(want)], { signal, grace: 10_000 })).toEqual([{ kind: 'done' }])
    expect(await harness.location.stop([refOf(want)], { signal, grace: 10_000 })).toEqual([{ kind: 'done' }])
    expect(await observed(want)).toMatchObject({ state: 'stopped', exitCode: 7 })
    await harness.location.start([refOf(want)], { signal })
    expect((await observed(want))?.instance).not.toBe(first?.instance)
    expect(await harness.location.destroy([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    expect(await harness.location.destroy([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    expect(await observed(want)).toEqual({ token: want.token, kind: 'machine', state: 'absent' })
  })

  it('leaves a stranger with the same name alone', async () => {
    const want = next()
    const stranger = await harness.docker.createContainer({ name: want.name, Image: TEST_IMAGES.busybox })
    expect(await harness.location.ensure([want], { signal })).toMatchObject([
      { kind: 'conflict', holder: expect.stringContaining('not of this engine') as string },
    ])
    expect(await harness.location.start([refOf(want)], { signal })).toMatchObject([{ kind: 'refused' }])
    expect(await harness.location.destroy([refOf(want)], { signal })).toEqual([{ kind: 'done' }])
    expect(await observed(want)).toMatchObject({ state: 'absent' })
    expect((await stranger.inspect()).State.Status).toBe('created')
    await stranger.remove()
  })

  it('leaves a volume and a network of strangers with the same name alone', async () => {
    const volume = harness.want('v-stranger', { kind: 'volume' })
    const network = harness.want('n-stranger', { kind: 'network' })
    await harness.docker.createVolume({ Name: volume.name })
    const held = await harness.docker.createNetwork({ Name: network.name })
    const answers = await harness.location.ensure([volume, network], { signal })
    expect(answers.map((answer) => answer.kind)).toEqual(['conflict', 'conflict'])
    await harness.location.destroy([refOf(volume), refOf(network)], { signal })
    await held.remove()
    await harness.docker.getVolume(volume.name).remove()
  })

  it('makes a limit of cores, memory and processes hold', async () => {
    const want = await up({ cores: 0.5, memory: 64 * 1024 * 1024 })
    expect((await inspect(want)).HostConfig).toMatchObject({
      NanoCpus: 500_000_000,
      Memory: 67_108_864,
      PidsLimit: 4096,
    })
    expect(await observed(want)).toMatchObject({ cores: 0.5, memory: 67_108_864 })
  })

  it('hands environment over verbatim, and shows no secret where resources are listed', async () => {
    const text = `a "b" 'c' $(d) \\ \nsecond line`
    const want = await up({ environment: { TEXT: text, PASSWORD: new Secret('password', 'hunter22') } })
    const printed = await harness.location.exec(
      refOf(want),
      ['/bin/sh', '-c', 'printf %s "$TEXT/$PASSWORD"'],
      {
        signal,
        timeout: 10_000,
        limit: 1000,
      },
    )
    expect(printed).toEqual({ stdout: `${text}/hunter22`, stderr: '', exitCode: 0 })
    const owned = await harness.location.listOwned(harness.engine, { signal })
    expect(owned.find((one) => one.token === want.token)).toMatchObject({
      name: want.name,
      marks: want.marks,
    })
    expect(JSON.stringify([owned, await observed(want)])).not.toContain('hunter22')
  })

  it('lets two containers of one application find each other by alias, on a network that is theirs', async () => {
    const network = harness.want('net', { kind: 'network' })
    expect(await harness.location.ensure([network], { signal })).toMatchObject([{ kind: 'created' }])
    expect(await harness.location.ensure([network], { signal })).toMatchObject([{ kind: 'found' }])
    const networks = [{ token: network.token, brought: false }]
    const server = await up({
      networks,
      aliases: ['store'],
      command: ['/bin/sh', '-c', 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www'],
      ports: [{ name: 'http', number: 8080, protocol: 'tcp', published: true }],
    })
    const client = await up({ networks })
    const fetched = await eventuallyExec(client, ['wget', '-qO-', 'http://store:8080/'], 'hello')
    expect(fetched).toBe('hello')
    const state = await observed(server)
    expect(state?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    const { inside, outside, host } = state?.ports?.['http'] ?? {}
    expect({ inside, host }).toEqual({ inside: 8080, host: '127.0.0.1' })
    const answer = await fetch(`http://127.0.0.1:${outside}/`)
    expect((await answer.text()).trim()).toBe('hello')
    expect(await harness.location.destroy([refOf(network)], { signal })).toMatchObject([
      { kind: 'not-ready' },
    ])
    await harness.location.destroy([refOf(server), refOf(client)], { signal })
    expect(await harness.location.destroy([refOf(network)], { signal })).toEqual([{ kind: 'done' }])
    expect(await observed(network)).toMatchObject({ state: 'absent' })
  })

  it('joins a machine to all of its networks', async () => {
    const wants = ['net-a', 'net-b'].map((name) => harness.want(name, { kind: 'network' }))
    await harness.location.ensure(wants, { signal })
    const machine = await up({
      networks: wants.map(({ token }) => ({ token, brought: false })),
      aliases: ['both'],
    })
    const { Networks } = (await inspect(machine)).NetworkSettings
    expect(Object.keys(Networks).sort()).toEqual(wants.map((want) => want.name).sort())
    for (const endpoint of Object.values(Networks)) expect(endpoint.Aliases).toContain('both')
  })

  it('keeps what a volume holds when its machine is replaced', async () => {
    const volume = harness.want('data', { kind: 'volume' })
    expect(await harness.location.ensure([volume], { signal })).toMatchObject([{ kind: 'created' }])
    const volumes = [{ token: volume.token, brought: false, path: '/data' }]
    const first = await up({ volumes })
    await exec(first, ['/bin/sh', '-c', 'echo kept > /data/file'])
    await harness.location.destroy([refOf(first)], { signal })
    const second = await up({ volumes })
    expect((await exec(second, ['cat', '/data/file'])).stdout).toBe('kept\n')
    expect(await harness.location.destroy([refOf(volume)], { signal })).toMatchObject([{ kind: 'not-ready' }])
    await harness.location.destroy([refOf(second)], { signal })
    expect(await harness.location.destroy([refOf(volume)], { signal })).toEqual([{ kind: 'done' }])
  })

  it('refuses a machine whose volume or network is not there, and makes none by accident', async () => {
    const lost = next({ volumes: [{ token: 'no-such-volume', brought: false, path: '/data' }] })
    const alone = next({ networks: [{ token: 'no-such-network', brought: true }] })
    expect(await harness.location.ensure([lost, alone], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'missing' } },
      { kind: 'refused', failure: { cause: 'missing' } },
    ])
  })

  it('says that an image is not there, and pulls none where that is not wanted', async () => {
    const want = next({ image: 'weir-test/none-such' })
    expect(await harness.location.ensure([want], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'missing', retry: 'never' } },
    ])
  })

  it("refuses a start whose command the image does not have, and says so in the machine's state", async () => {
    const want = next({ command: ['/no/such/program'] })
    await harness.location.ensure([want], { signal })
    expect(await harness.location.start([refOf(want)], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'invalid', retry: 'never' } },
    ])
    expect(await observed(want)).toMatchObject({ state: 'stopped', exitCode: 127 })
  })

  it('tells both streams and the exit code of a command apart, feeds it, and ends it at its time', async () => {
    const want = await up()
    const both = await exec(want, ['/bin/sh', '-c', 'cat; echo wrong >&2; exit 3'], { stdin: 'fed' })
    expect(both).toEqual({ stdout: 'fed', stderr: 'wrong\n', exitCode: 3 })
    const late = await exec(want, ['/bin/sh', '-c', 'echo begun; sleep 61; echo never'], { timeout: 500 })
    expect(late.stdout).toBe('begun\n')
    expect(late.exitCode).toBeUndefined()
    expect((await exec(want, ['ps'])).stdout).not.toContain('sleep 61')
    const long = await exec(want, ['/bin/sh', '-c', 'seq 1 100000'], { limit: 1000 })
    expect(long.stdout).toMatch(/^1\n2\n[^…]*… \d+ bytes left out …[^…]*\n100000\n$/)
  })

  it('puts files in place with their mode, running or not, and refuses paths that lead elsewhere', async () => {
    const want = next()
    await harness.location.ensure([want], { signal })
    const files = [{ path: 'etc/app.conf', content: 'one', mode: 0o640 }]
    expect(await harness.location.copy(refOf(want), files, { signal })).toEqual({ kind: 'done' })
    await harness.location.start([refOf(want)], { signal })
    expect((await exec(want, ['cat', '/weir/run/etc/app.conf'])).stdout).toBe('one')
    const newer = [{ path: 'etc/app.conf', content: new Secret('conf', 'two'), mode: 0o600 }]
    expect(await harness.location.copy(refOf(want), newer, { signal })).toEqual({ kind: 'done' })
    const { stdout } = await exec(want, [
      '/bin/sh',
      '-c',
      'cd /weir/run/etc; cat app.conf; stat -c " %a" app.conf; ls -A',
    ])
    expect(stdout).toBe('two 600\napp.conf\n')
    for (const path of ['../escape', '/etc/passwd', 'a/../../b', '']) {
      const answer = await harness.location.copy(refOf(want), [{ path, content: '', mode: 0o644 }], {
        signal,
      })
      expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'denied' } })
    }
  })

  it('shows the last lines that a machine has printed', async () => {
    const want = await up({ command: ['/bin/sh', '-c', 'seq 1 50; echo wrong >&2; exec sleep 100'] })
    // The engine keeps the two streams apart until it stores them: either may come first, so all of both is waited for.
    await expect
      .poll(
        async () => {
          const all = await harness.location.logs(refOf(want), { signal, lines: 60 })
          return all.trimEnd().split('\n').toSorted()
        },
        { timeout: 15_000 },
      )
      .toEqual([...Array.from({ length: 50 }, (_, at) => String(at + 1)), 'wrong'].toSorted())
    const last = await harness.location.logs(refOf(want), { signal, lines: 4 })
    expect(last.split('\n').filter((line) => line !== 'wrong')).toEqual(expect.arrayContaining(['49', '50']))
    expect(last.trimEnd().split('\n')).toHaveLength(4)
  })

  it('measures memory at once and cores from the second time on', async () => {
    const want = await up({ command: ['/bin/sh', '-c', 'while :; do :; done'], cores: 0.5 })
    const names = async () => {
      const samples = await harness.location.metrics([refOf(want)], { signal })
      return Object.fromEntries(samples.map((sample) => [sample.metric, sample.value]))
    }
    const first = await names()
    expect(Object.keys(first)).toEqual(['memory'])
    expect(first['memory']).toBeGreaterThan(10_000)
    await expect
      .poll(async () => (await names())['cpu'] ?? 0, { timeout: 10_000, interval: 500 })
      .toBeGreaterThan(0.1)
  })

  it('says what it found where it is tested, and how much fits', async () => {
    const lines = await harness.location.test({ signal })
    expect(lines.every((line) => line.ok)).toBe(true)
    expect(lines.map((line) => line.what)).toContain(`find image ${TEST_IMAGES.busybox}`)
    const big = harness.machine({ memory: 2 ** 50 })
    expect(await harness.location.capacity([harness.machine(), big], { signal })).toMatchObject({ fits: 1 })
  })

  async function exec(
    want: ResourceWant,
    command: readonly string[],
    more: { readonly stdin?: string; readonly timeout?: number; readonly limit?: number } = {},
  ) {
    return harness.location.exec(refOf(want), command, { signal, timeout: 10_000, limit: 10_000, ...more })
  }

  async function eventuallyExec(
    want: ResourceWant,
    command: readonly string[],
    text: string,
  ): Promise<string> {
    await expect.poll(async () => (await exec(want, command)).stdout, { timeout: 5000 }).toContain(text)
    return (await exec(want, command)).stdout.trim()
  }
})
