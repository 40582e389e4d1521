import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  Secret,
  type Hint,
  type MachineShape,
  type ResourceRef,
  type ResourceState,
} from '../../../engine/index.js'
import { filesIn, workplaceOf } from '../../../engine/reconcile/calls/workplace.js'
import { eventually } from '../../support/eventually.js'
import { filesBelow, openLocal, type LocalHarness } from '../../support/local-harness.js'
import { LocationSubject, refOf } from '../../contract/location-harness.js'

describe('a local location', () => {
  let harness: LocalHarness
  let s: LocationSubject

  beforeEach(() => {
    harness = openLocal()
    s = new LocationSubject(harness)
  })
  afterEach(async () => {
    await harness.dispose()
    expect(await harness.processes()).toEqual([])
    expect(existsSync(harness.root)).toBe(false)
  })

  const directoryOf = (ref: ResourceRef): string => join(harness.root, 'machines', ref.name)
  const service = (script: string) => s.request(script, { mode: 'service', label: 'launch' })
  const textIn = (path: string): Promise<string> =>
    eventually(path, () =>
      existsSync(path) && statSync(path).size > 0 ? readFileSync(path, 'utf8') : undefined,
    )

  it('tells runs nothing of our own environment', async () => {
    process.env['WEIR_TEST_LEAK'] = 'leaked'
    const shape = harness.machine({
      environment: { GIVEN: 'by the machine', PASSWORD: new Secret('password', `it's "me"`) },
      ports: [{ name: 'web-ui', protocol: 'tcp', published: true }],
    })
    const want = s.want(shape)
    const machine = await s.running(want)
    const request = s.request('env', { environment: { MINE: 'by the run' } })
    await s.ran(machine, request)
    delete process.env['WEIR_TEST_LEAK']

    const lines = (await s.stdout(machine, request.token)).trim().split('\n')
    const { OLDPWD: _before, ...environment } = Object.fromEntries(
      lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    ) as { readonly [name: string]: string }
    const port = (await s.state(machine)).ports?.['web-ui']?.inside
    expect(environment).toEqual({
      PATH: '/usr/local/bin:/usr/bin:/bin',
      PWD: join(directoryOf(machine), 'run'),
      HOME: join(directoryOf(machine), 'run'),
      RUN_DIR: join(directoryOf(machine), 'run'),
      INSTALL_DIR: join(directoryOf(machine), 'install'),
      ADDRESS: '127.0.0.1',
      WEIR_TOKEN: want.token,
      WEIR_RUN: `${directoryOf(machine)}/supervisor/runs/${request.token}/`,
      PORT_WEB_UI: String(port),
      GIVEN: 'by the machine',
      PASSWORD: `it's "me"`,
      MINE: 'by the run',
    })
  })

  it('gives machines with addresses of their own the very ports that they ask for, side by side', async () => {
    const port = { name: 'http', number: 8080, protocol: 'tcp', published: true } as const
    for (let count = 0; count < 2; count += 1) {
      const address = s.want({ kind: 'address' })
      const made = await s.made(address)
      const addresses = [{ token: address.token, brought: false }]
      const machine = await s.running(s.want(harness.machine({ ports: [port], addresses })))
      const request = s.request('echo "$ADDRESS:$PORT_HTTP"')
      await s.ran(machine, request)
      expect(await s.stdout(machine, request.token)).toBe(`${made.address ?? ''}:8080\n`)
      expect(await s.state(machine)).toMatchObject({
        hostName: made.address,
        ports: { http: { inside: 8080, outside: 8080, host: made.address } },
      })
    }
    const plain = await s.running(s.want(harness.machine({ ports: [port] })))
    expect((await s.state(plain)).ports?.['http']?.inside).not.toBe(8080)
  })

  it('works in the install and run directories that an author names', async () => {
    const machine = await s.running(s.want(harness.machine()))
    const root = join(directoryOf(machine), 'run')
    const named = { installDirectory: 'opt/it', runDirectory: 'its app' }
    const told = async (phase: 'install' | 'launch'): Promise<string> => {
      const { lines, directory } = workplaceOf(named, phase)
      const files = filesIn(directory, [{ path: 'conf/a', content: phase, mode: 0o644 }])
      const script = [...lines, 'pwd', 'cat conf/a', 'echo', 'printenv INSTALL_DIR RUN_DIR'].join('\n')
      const request = s.request(script, { files })
      await s.ran(machine, request)
      return s.stdout(machine, request.token)
    }
    const places = `${root}/opt/it\n${root}/its app\n`
    expect(await told('install')).toBe(`${root}/opt/it\ninstall\n${places}`)
    expect(await told('launch')).toBe(`${root}/its app\nlaunch\n${places}`)
  })

  it.each<[string, Partial<MachineShape>, string]>([
    ['a command of its own', { command: ['sleep', '1'] }, 'launch phase'],
    ['user data', { userData: '#cloud-config' }, 'install phase'],
    [
      'a volume at an absolute path',
      { volumes: [{ token: 'v', brought: false, path: '/data' }] },
      'relative',
    ],
    ['a volume outside of it', { volumes: [{ token: 'v', brought: false, path: '../v' }] }, 'relative'],
  ])('refuses a machine with %s and says the way out', async (_what, overrides, way) => {
    const answer = await s.ensureOne(s.want(harness.machine(overrides)))

    expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'unsupported', retry: 'never' } })
    expect(JSON.stringify(answer)).toContain(way)
  })

  it.each(['../escape', 'a/b', 'a b', '$(id)', '', '.hidden', 'x;y'])(
    'makes nothing of the name %j',
    async (name) => {
      for (const shape of [harness.machine(), { kind: 'network' }, { kind: 'volume' }] as const) {
        const want = { ...s.want(shape), name }
        expect(await s.ensureOne(want)).toMatchObject({ kind: 'refused', failure: { cause: 'invalid' } })
        expect((await s.state(refOf(want))).state).toBe('absent')
        await s.destroyed(refOf(want))
      }
      expect(filesBelow(harness.root)).toEqual([])
    },
  )

  it('leaves nothing behind, not even what has left its session', async () => {
    const volume = s.want({ kind: 'volume' })
    const network = s.want({ kind: 'network' })
    for (const want of [volume, network]) await s.made(want)
    const machine = await s.running(
      s.want(
        harness.machine({
          volumes: [{ token: volume.token, brought: false, path: 'data' }],
          networks: [{ token: network.token, brought: false }],
          environment: { PASSWORD: new Secret('password', 'x') },
        }),
      ),
    )
    await s.begun(machine, service('setsid sleep 600 & sleep 600 & echo up > up; wait'))
    await s.location.exec(machine, ['sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 &'], {
      ...s.options,
      timeout: 5000,
      limit: 1,
    })
    await textIn(join(directoryOf(machine), 'run/up'))
    expect((await harness.processes()).length).toBeGreaterThanOrEqual(5)

    await s.destroyed(machine)
    expect(await harness.processes()).toEqual([])
    for (const want of [volume, network]) await s.destroyed(refOf(want))
    expect(filesBelow(harness.root)).toEqual([])
  })

  it('finishes a removal that was killed in its middle', async () => {
    const machine = await s.running()
    const gone = join(harness.root, 'machines', `.gone-${machine.token}`)
    await s.destroyed(machine)
    mkdirSync(gone)
    writeFileSync(join(gone, 'left'), 'over')

    await s.destroyed(machine)
    expect(existsSync(gone)).toBe(false)
  })

  it('makes a machine anew over what a killed making has left', async () => {
    const want = s.want()
    const fresh = join(harness.root, 'machines', `.new-${want.token}`)
    mkdirSync(fresh, { recursive: true })
    writeFileSync(join(fresh, 'machine.json'), '{"half')

    expect((await s.ensureOne(want)).kind).toBe('created')
    expect(existsSync(fresh)).toBe(false)
  })

  it('finds machines and runs again after a restart of ours', async () => {
    const want = s.want(harness.machine({ ports: [{ name: 'web', protocol: 'tcp', published: true }] }))
    const machine = await s.running(want)
    const request = service('echo run >> count; exec sleep 600')
    const run = await s.begun(machine, request)
    const before = await s.state(machine)
    const after = harness.reopen()

    const [found] = await after.ensure([want], s.options)
    expect(found).toEqual({ kind: 'found', resource: before })
    expect(await after.run(machine, request, s.options)).toEqual({ kind: 'found', run })
    expect(await textIn(join(directoryOf(machine), 'run/count'))).toBe('run\n')
  })

  it('is not taken for done when the directory was made anew', async () => {
    const want = s.want()
    const machine = await s.running(want)
    const request = s.request('true')
    await s.ran(machine, request)
    const { instance } = await s.state(machine)
    await harness.vanish(machine)

    await s.running(want)
    const state = await s.state(machine)
    expect(state.instance).not.toBe(instance)
    expect(state.runs).toEqual([])
    expect((await s.location.run(machine, request, s.options)).kind).toBe('started')
  })

  it('shows a machine as off after the host was booted, and its receipts as lost when it is on again', async () => {
    const machine = await s.running()
    const request = s.request('true')
    await s.ran(machine, request)
    await harness.breakInstance(machine)

    await s.reached(machine, 'stopped')
    expect((await s.location.run(machine, s.request('true'), s.options)).kind).toBe('not-ready')
    await s.started(machine)
    expect((await s.run(machine, request.token))?.state).toBe('lost')
  })

  it('hints within moments that a service was killed', async () => {
    const machine = await s.running()
    const request = service('exec sleep 600')
    const { pid = 0 } = await s.begun(machine, request)
    const hints: Hint[] = []
    const watching = harness.location.watch().subscribe((hint) => hints.push(hint))
    process.kill(pid, 'SIGKILL')

    await eventually('a hint', () => hints.some(({ token }) => token === machine.token), 2000)
    watching.unsubscribe()
    expect(await s.run(machine, request.token)).toMatchObject({ state: 'exited', exitCode: 137 })
  })

  it('hints that machines come and go', async () => {
    const hints: Hint[] = []
    const watching = harness.location.watch().subscribe((hint) => hints.push(hint))
    const machine = await s.running()
    await eventually('a hint of its coming', () =>
      hints.splice(0).some(({ token }) => token === machine.token),
    )
    await harness.vanish(machine)
    await eventually('a hint of its going', () => hints.some(({ token }) => token === machine.token))
    watching.unsubscribe()
    expect((await s.state(machine)).state).toBe('absent')
  })

  it('measures the cores and the memory of what runs', async () => {
    const machine = await s.running()
    await s.begun(machine, service('while :; do :; done'))
    await harness.location.metrics([machine], s.options)

    const [cpu, memory] = await eventually('a machine at work', async () => {
      const taken = await harness.location.metrics([machine], s.options)
      return taken[0]?.metric === 'cpu' && taken[0].value > 0.05 ? taken : undefined
    })
    expect(cpu).toMatchObject({ token: machine.token, metric: 'cpu' })
    expect(cpu?.value).toBeLessThan(2)
    expect(memory).toMatchObject({ metric: 'memory' })
    expect(memory?.value).toBeGreaterThan(100_000)
  })

  it('keeps what is secret for its owner alone', async () => {
    const machine = await s.running()

    const mode = (path: string): string =>
      (statSync(join(directoryOf(machine), path)).mode & 0o777).toString(8)
    expect([
      mode('.'),
      mode('machine.json'),
      mode('supervisor/secret'),
      mode('supervisor/environment'),
    ]).toEqual(['700', '600', '600', '600'])
  })

  it('puts no file through a link that leads outside', async () => {
    const machine = await s.running()
    symlinkSync(harness.root, join(directoryOf(machine), 'run/outside'))

    const answer = await s.location.copy(
      machine,
      [{ path: 'outside/x', content: 'x', mode: 0o600 }],
      s.options,
    )
    expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'invalid' } })
    expect(existsSync(join(harness.root, 'x'))).toBe(false)
  })

  it('takes no directory whose record is not its own', async () => {
    const machine = await s.running()
    const file = join(directoryOf(machine), 'machine.json')
    for (const text of ['{"kind":"machine"', '[]', '{"kind":"machine","token":"other","name":"other"}']) {
      writeFileSync(file, text)
      expect((await s.state(machine)).state).toBe('absent')
      await s.destroyed(machine)
      expect(existsSync(file)).toBe(true)
    }
    rmSync(directoryOf(machine), { recursive: true })
  })

  it('keeps a volume that a machine still has', async () => {
    const volume = s.want({ kind: 'volume' })
    await s.made(volume)
    const machine = await s.running(
      s.want(harness.machine({ volumes: [{ token: volume.token, brought: false, path: 'data' }] })),
    )

    const [answer] = await s.location.destroy([refOf(volume)], s.options)
    expect(answer?.kind).toBe('not-ready')
    await s.destroyed(machine)
    await s.destroyed(refOf(volume))
  })

  it('gives a brought volume to a machine and leaves it there', async () => {
    const brought = join(harness.root, 'volumes/theirs')
    mkdirSync(brought, { recursive: true })
    writeFileSync(join(brought, 'note'), 'theirs')
    const machine = await s.running(
      s.want(harness.machine({ volumes: [{ token: 'theirs', brought: true, path: 'data' }] })),
    )

    await s.ran(machine, s.request('cat data/note > copy'))
    expect(await textIn(join(directoryOf(machine), 'run/copy'))).toBe('theirs')
    await s.destroyed(machine)
    await s.destroyed({ token: 'theirs', name: 'theirs', kind: 'volume', generation: 1 })
    expect(readFileSync(join(brought, 'note'), 'utf8')).toBe('theirs')
  })

  it('has room for as many machines as it may', async () => {
    const small = harness.reopen({ machines: 1 })
    await small.ensure([s.want()], s.options)

    expect(await small.capacity([harness.machine()], s.options)).toMatchObject({ fits: 0 })
    const [answer] = await small.ensure([s.want()], s.options)
    expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'capacity' } })
  })
})

describe('ports of a local location', () => {
  let harness: LocalHarness
  let s: LocationSubject
  let held: Server | undefined

  beforeEach(() => {
    harness = openLocal({ ports: { from: 24_100, to: 24_103 } })
    s = new LocationSubject(harness)
  })
  afterEach(async () => {
    held?.close()
    held = undefined
    await harness.dispose()
  })

  const port = (name: string, number?: number): MachineShape['ports'][number] => ({
    name,
    protocol: 'tcp',
    published: true,
    ...(number === undefined ? {} : { number }),
  })
  const make = async (...ports: MachineShape['ports']): Promise<ResourceState> =>
    s.made(s.want(harness.machine({ ports })))
  const inside = (state: ResourceState): readonly number[] =>
    Object.values(state.ports ?? {}).map((one) => one.inside)
  const hold = (number: number): Promise<void> =>
    new Promise((resolve) => {
      held = createServer().listen(number, '127.0.0.1', resolve)
    })

  it('are never given to two machines', async () => {
    const numbers = [...inside(await make(port('a'), port('b'))), ...inside(await make(port('a'), port('b')))]

    expect([...numbers].sort()).toEqual([24_100, 24_101, 24_102, 24_103])
    const answer = await s.ensureOne(s.want(harness.machine({ ports: [port('a')] })))
    expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'capacity' } })
    expect(await s.location.capacity([harness.machine({ ports: [port('a')] })], s.options)).toMatchObject({
      fits: 0,
    })
  })

  it('are those asked for when they are free and in the range', async () => {
    expect(inside(await make(port('a', 24_102)))).toEqual([24_102])
    expect(inside(await make(port('a', 24_102)))).not.toEqual([24_102])
    expect(inside(await make(port('a', 80)))[0]).toBeGreaterThanOrEqual(24_100)
  })

  it('are not those that somebody else listens at', async () => {
    await hold(24_102)

    expect(inside(await make(port('a', 24_102)))).not.toEqual([24_102])
  })

  it('are the same again for the same wish', async () => {
    const want = s.want(harness.machine({ ports: [port('a'), port('b')] }))
    const first = inside(await s.made(want))
    await s.destroyed(refOf(want))

    expect(inside(await s.made(want))).toEqual(first)
  })

  it('are free again when their machine has gone', async () => {
    const want = s.want(harness.machine({ ports: [port('a', 24_102)] }))
    await s.made(want)
    await s.destroyed(refOf(want))

    expect(inside(await make(port('a', 24_102)))).toEqual([24_102])
  })
})
