import { firstValueFrom, timeout } from 'rxjs'
import { expect, it } from 'vitest'
import { Secret, type CommandOutput, type MetricSample } from '../../engine/index.js'
import { refOf, type LocationSubject } from './location-harness.js'

const KEPT_SECRET = 'kept-from-eyes-93b1'

/** What every machine tells of itself, and what it keeps to itself. */
export function machineContract(subject: () => LocationSubject): void {
  it('says of a machine that is on which instance it is', async () => {
    const s = subject()
    const ref = await s.running()
    const state = await s.state(ref)
    expect(state).toMatchObject({ kind: 'machine', state: 'running' })
    expect(state.instance ?? '').not.toBe('')
  })

  it('keeps secrets of a machine out of everything that it tells', async () => {
    const s = subject()
    const environment = { PASSWORD: new Secret('password', KEPT_SECRET) }
    const ref = await s.running(s.want(s.harness.machine({ environment })))
    const told = [await s.state(ref), await s.location.listOwned(s.engine, s.options)]
    expect(JSON.stringify(told)).not.toContain(KEPT_SECRET)
  })
}

/** What holds for machines that can more: on and off, boots, own commands, ports, exec, files, logs, measures, hints. */
export function abilityContract(subject: () => LocationSubject): void {
  it('turns a machine on and off, and calls what is so already done', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.stoppable, 'this place cannot stop machines')
    const ref = await s.running()
    await s.started(ref)
    await s.stopped(ref)
    await s.stopped(ref)
    expect((await s.state(ref)).marks).toMatchObject({ engine: s.engine })
    await s.started(ref)
  })

  it('fences a machine for good, once or twice, and what is not there', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.fences, 'this place cannot fence machines')
    const ref = await s.running()
    const fenced = [ref, refOf(s.want())].map((one) => ({ ...one, generation: one.generation + 1 }))
    for (let time = 0; time < 2; time += 1) {
      const answers = await s.location.fence?.(fenced, s.options)
      expect(answers?.map(({ kind }) => kind)).toEqual(['done', 'done'])
    }
    await s.reached(ref, 'stopped')
    const [destroyed] = await s.location.destroy([{ ...ref, generation: ref.generation + 2 }], s.options)
    expect(destroyed?.kind).toBe('done')
  })

  it('gives every boot another instance, and the same boot the same one', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.stoppable, 'this place cannot stop machines')
    const ref = await s.running()
    const before = (await s.state(ref)).instance
    await s.started(ref)
    expect((await s.state(ref)).instance).toBe(before)
    await s.stopped(ref)
    const after = await s.started(ref)
    expect(after.instance ?? '').not.toBe('')
    expect(after.instance).not.toBe(before)
  })

  it('calls it done to stop a machine that is not there, and refuses to start it', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.stoppable, 'this place cannot stop machines')
    const ref = refOf(s.want())
    const [stopped] = await s.location.stop([ref], { ...s.options, grace: 0 })
    expect(stopped?.kind).toBe('done')
    const [started] = await s.location.start([ref], s.options)
    expect(started?.kind).toBe('refused')
  })

  it('says with which code a command of its own has ended', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.ownCommand, 'machines have no command of their own here')
    const shape = s.harness.machine({ command: ['/bin/sh', '-c', 'echo bye; exit 3'], hostsSoftware: false })
    const want = s.want(shape)
    const made = await s.made(want)
    if (made.state === 'stopped' && made.exitCode === undefined) {
      await s.done(() => s.location.start([refOf(want)], s.options))
    }
    const ended = await s.reached(refOf(want), 'stopped')
    expect(ended.exitCode).toBe(3)
    expect(await s.location.logs(refOf(want), { ...s.options, lines: 10 })).toContain('bye')
  })

  it('runs a machine to the end of its command once, and tells both of its streams', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.containers, 'this place runs nothing to its end')
    const script = 'printenv WORD\ncat /weir/not-there\nexit 3'
    const shape = s.harness.machine({
      ...{ script, finite: true, hostsSoftware: false, workingDirectory: '/tmp' },
      environment: { WORD: 'two  words' },
    })
    const want = s.want(shape)
    expect(await s.made(want)).toMatchObject({ state: 'stopped' })
    await s.done(() => s.location.start([refOf(want)], s.options))
    const ended = await s.reached(refOf(want), 'stopped')
    expect(ended.exitCode).not.toBe(0)
    expect(await s.made(want)).toMatchObject({ state: 'stopped', exitCode: ended.exitCode })
    const printed = await s.location.printed?.(refOf(want), { ...s.options, limit: 10_000 })
    expect(printed?.stdout).toBe('two  words\n')
    expect(printed?.stderr).toContain('not-there')
    const cut = await s.location.printed?.(refOf(want), { ...s.options, limit: 4 })
    expect(cut?.stdout).toMatch(/^tw\n.*\ns\n$/s)
  })

  it('tells an entrypoint what it is told, and nothing of a machine that is not there', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.containers, 'this place runs nothing to its end')
    const words = { entrypoint: ['echo', 'hello'], command: ['again'] }
    const want = s.want(s.harness.machine({ ...words, finite: true, hostsSoftware: false }))
    await s.made(want)
    const asked = s.location.printed?.(refOf(s.want()), { ...s.options, limit: 100 })
    await expect(asked).rejects.toMatchObject({ record: { cause: 'missing' } })
    await s.done(() => s.location.start([refOf(want)], s.options))
    expect((await s.reached(refOf(want), 'stopped')).exitCode).toBe(0)
    expect(await s.location.printed?.(refOf(want), { ...s.options, limit: 100 })).toMatchObject({
      ...{ stdout: 'hello again\n', stderr: '' },
    })
  })

  it('gives every named port a number inside, and one outside where it is published', async ({ skip }) => {
    const s = subject()
    skip(s.harness.ports === false, 'this place gives no ports')
    const ports = [
      { name: 'web', number: 8080, protocol: 'tcp', published: true },
      { name: 'admin', protocol: 'tcp', published: false },
    ] as const
    const ref = await s.running(s.want(s.harness.machine({ ports })))
    const seen = (await s.state(ref)).ports ?? {}
    expect(Object.keys(seen).sort()).toEqual(['admin', 'web'])
    expect(seen['web']?.outside ?? seen['web']?.inside).toBeGreaterThan(0)
    expect(seen['admin']?.inside).toBeGreaterThan(0)
    expect(seen['admin']?.inside).not.toBe(seen['web']?.inside)
  })

  it('gives published ports of two machines different endpoints', async ({ skip }) => {
    const s = subject()
    skip(s.harness.ports === false, 'this place gives no ports')
    const ports = [{ name: 'web', number: 8080, protocol: 'tcp', published: true }] as const
    const endpoints: string[] = []
    for (const want of [s.want(s.harness.machine({ ports })), s.want(s.harness.machine({ ports }))]) {
      const state = await s.state(await s.running(want))
      const port = state.ports?.['web']
      endpoints.push(`${port?.host ?? state.address ?? ''}:${port?.outside ?? port?.inside ?? 0}`)
    }
    expect(new Set(endpoints).size).toBe(2)
  })

  it('executes a command now and tells both streams and the exit code', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.software, 'this place runs no software')
    const ref = await s.running()
    const options = { ...s.options, timeout: 10_000, limit: 65_536 }
    expect(await s.location.exec(ref, ['echo', 'two  words'], options)).toMatchObject({
      stdout: 'two  words\n',
      exitCode: 0,
    })
    expect((await s.location.exec(ref, ['sh', '-c', 'echo no; exit 4'], options)).exitCode).toBe(4)
    expect((await s.location.exec(ref, ['cat'], { ...options, stdin: 'handed in' })).stdout).toBe('handed in')
  })

  it('ends a command that takes longer than it may, and gives it no good exit code', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.software, 'this place runs no software')
    const ref = await s.running()
    const call = s.location.exec(ref, ['sleep', '600'], { ...s.options, timeout: 300, limit: 1024 })
    const result = await s.within('a command is ended', call)
    expect(isGood(result)).toBe(false)
  })

  it('stops waiting for a command when asked to', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.software, 'this place runs no software')
    const ref = await s.running()
    const aborter = new AbortController()
    const call = s.location.exec(ref, ['sleep', '600'], {
      signal: aborter.signal,
      timeout: 600_000,
      limit: 1024,
    })
    aborter.abort()
    const result = await s.within('the wait ends', call)
    expect(isGood(result)).toBe(false)
  })

  it('refuses to execute on a machine that is not there', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.software, 'this place runs no software')
    const call = s.location.exec(refOf(s.want()), ['true'], { ...s.options, timeout: 1000, limit: 1024 })
    await expect(call).rejects.toMatchObject({ record: { cause: 'missing' } })
  })

  it('puts files on a machine, and replaces them', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.software, 'this place runs no software')
    const ref = await s.running()
    const root = (await s.state(ref)).runDirectory ?? ''
    const options = { ...s.options, timeout: 10_000, limit: 65_536 }
    for (const content of ['first\n', 'it\'s "second"\n$(id)\n']) {
      await s.done(() => s.location.copy(ref, [{ path: 'etc/app.conf', content, mode: 0o600 }], s.options))
      expect((await s.location.exec(ref, ['cat', `${root}/etc/app.conf`], options)).stdout).toBe(content)
    }
    expect((await s.location.exec(ref, ['stat', '-c', '%a', `${root}/etc/app.conf`], options)).stdout).toBe(
      '600\n',
    )
  })

  it.for(['../out', 'a/../../out', '/etc/weir-out', '/../out', ''])(
    'refuses to put a file at %j',
    async (path, { skip }) => {
      const s = subject()
      skip(!s.location.capabilities.software, 'this place runs no software')
      const ref = await s.running()
      const answer = await s.location.copy(ref, [{ path, content: 'x', mode: 0o600 }], s.options)
      expect(answer).toMatchObject({ kind: 'refused', failure: { retry: 'never' } })
    },
  )

  it('measures machines that are on, and leaves out those that are not there', async ({ skip }) => {
    const s = subject()
    skip(s.harness.measures === false, 'this place measures nothing')
    const ref = await s.running()
    const absent = refOf(s.want())
    const samples = await s.eventually('there is a measure', async () => {
      const taken: readonly MetricSample[] = await s.location.metrics([ref, absent], s.options)
      return taken.length > 0 ? taken : undefined
    })
    for (const sample of samples) {
      expect(sample.token).toBe(ref.token)
      expect(sample.metric).not.toBe('')
      expect(Number.isFinite(sample.value)).toBe(true)
    }
  })

  it('hints when something changes', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.hints, 'this place gives no hints')
    const hint = firstValueFrom(s.location.watch().pipe(timeout({ first: 30_000 })))
    await s.running()
    const result = await s.within('a hint comes', hint)
    expect(result.status).toBe('fulfilled')
  })
}

/** Whether a command seems to have come to its good end. */
function isGood(result: PromiseSettledResult<CommandOutput>): boolean {
  return result.status === 'fulfilled' && result.value.exitCode === 0
}
