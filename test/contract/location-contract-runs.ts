import { expect, it, type TestContext } from 'vitest'
import { Secret, type RunRequest } from '../../engine/index.js'
import { refOf, type LocationSubject } from './location-harness.js'

/** Text that every shell would like to take apart. */
const AWKWARD = 'a "b" \'c\' $(id) `id` $HOME \\n * ;\nsecond line\t&& exit 9'
const SECRET = 'never-shown-4711'

/** What holds for work under the supervisor: once per token, detached, with receipts that tell the truth. */
export function runContract(subject: () => LocationSubject): void {
  const able = (skip: TestContext['skip']): LocationSubject => {
    const s = subject()
    skip(!s.location.capabilities.software, 'this place runs no software')
    return s
  }

  it('runs a task to its end and keeps what it printed', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('echo one\necho two')
    const begun = await s.location.run(machine, request, s.options)
    expect(begun.kind).toBe('started')
    const ended = await s.ended(machine, request.token)
    expect(ended).toMatchObject({ digest: request.digest, state: 'exited', exitCode: 0 })
    expect(await s.stdout(machine, request.token)).toBe('one\ntwo\n')
  })

  it('tells the exit code of a task that failed', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    expect(await s.ran(machine, s.request('exit 7'))).toMatchObject({ state: 'exited', exitCode: 7 })
  })

  it('ends a task at the first command that fails', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('echo before\nfalse\necho after')
    expect(await s.ran(machine, request)).toMatchObject({ state: 'exited', exitCode: 1 })
    expect(await s.stdout(machine, request.token)).toBe('before\n')
  })

  it('never runs one token twice, neither while it runs nor afterwards', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('echo once\nsleep 1')
    const first = await s.begun(machine, request)
    const meanwhile = await s.location.run(machine, request, s.options)
    expect(meanwhile).toMatchObject({ kind: 'found', run: { token: request.token } })
    await s.ended(machine, request.token)
    const afterwards = await s.location.run(machine, request, s.options)
    expect(afterwards).toMatchObject({ kind: 'found', run: { state: 'exited', exitCode: 0 } })
    expect('run' in afterwards ? afterwards.run.startedAt : undefined).toBe(first.startedAt)
    expect(await s.stdout(machine, request.token)).toBe('once\n')
  })

  it('runs one token once when two calls race', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('echo raced')
    const answers = await Promise.all([
      s.location.run(machine, request, s.options),
      s.location.run(machine, request, s.options),
    ])
    expect(answers.filter((answer) => answer.kind === 'started').length).toBeLessThanOrEqual(1)
    await s.begun(machine, request)
    await s.ended(machine, request.token)
    expect(await s.stdout(machine, request.token)).toBe('raced\n')
  })

  it('leaves the traces of one run when a token is asked for again and again', async ({ skip }) => {
    const s = able(skip)
    skip(s.harness.shell === false, 'scripts meet no real shell here')
    const machine = await s.running()
    const { installDirectory = '.' } = await s.state(machine)
    const request = s.request(`echo ran >> "${installDirectory}/count"`)
    for (let times = 0; times < 3; times += 1) await s.ran(machine, request)
    const options = { ...s.options, timeout: 10_000, limit: 1024 }
    expect((await s.location.exec(machine, ['cat', `${installDirectory}/count`], options)).stdout).toBe(
      'ran\n',
    )
  })

  it('ends a run that takes longer than its timeout', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const ended = await s.ran(machine, s.request('sleep 600', { timeout: 300 }))
    expect(ended.state).toBe('timed-out')
  })

  it('keeps a service running until it is ended, and ending it again is done', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('echo up\nsleep 600', { mode: 'service', label: 'launch' })
    await s.begun(machine, request)
    await s.harness.settle()
    expect((await s.run(machine, request.token))?.state).toBe('running')
    await s.done(() => s.location.endRun(machine, request.token, { ...s.options, grace: 2000 }))
    expect((await s.run(machine, request.token))?.state ?? 'gone').not.toBe('running')
    await s.done(() => s.location.endRun(machine, request.token, { ...s.options, grace: 2000 }))
  })

  it('calls it done to end a run that never was', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const { token } = s.request('true')
    await s.done(() => s.location.endRun(machine, token, { ...s.options, grace: 0 }))
    const nowhere = refOf(s.want())
    await s.done(() => s.location.endRun(nowhere, token, { ...s.options, grace: 0 }))
    expect(await s.run(machine, token)).toBeUndefined()
  })

  it('tells when a service ends by itself', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const ended = await s.ran(machine, s.request('sleep 1\nexit 5', { mode: 'service', label: 'launch' }))
    expect(ended).toMatchObject({ state: 'exited', exitCode: 5 })
  })

  it('puts files in place, with their modes, before the script starts', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const files = [
      { path: 'conf/app.conf', content: AWKWARD, mode: 0o640 },
      { path: 'key', content: new Secret('key', SECRET), mode: 0o400 },
    ]
    const request = s.request('cat conf/app.conf\ncat key\nstat -c %a conf/app.conf\nstat -c %a key', {
      files,
    })
    await s.ran(machine, request)
    expect(await s.stdout(machine, request.token)).toBe(`${AWKWARD}${SECRET}640\n400\n`)
  })

  it('passes every value of the environment as it is', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const environment = { AWKWARD, EMPTY: '', PASSWORD: new Secret('password', SECRET) }
    const request = s.request('printenv AWKWARD\nprintenv EMPTY\nprintenv PASSWORD', { environment })
    await s.ran(machine, request)
    expect(await s.stdout(machine, request.token)).toBe(`${AWKWARD}\n\n${SECRET}\n`)
  })

  it('tells no secret of a run by itself', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('sleep 600', {
      mode: 'service',
      label: 'launch',
      environment: { PASSWORD: new Secret('password', SECRET) },
      files: [{ path: 'key', content: new Secret('key', SECRET), mode: 0o400 }],
    })
    const answer = await s.begun(machine, request)
    const told = [answer, await s.state(machine), await s.location.listOwned(s.engine, s.options)]
    expect(JSON.stringify(told)).not.toContain(SECRET)
  })

  it('keeps runs of one machine apart', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const requests: readonly RunRequest[] = [s.request('echo a'), s.request('echo b\nexit 2')]
    for (const request of requests) await s.begun(machine, request)
    const [a, b] = await Promise.all(requests.map((request) => s.ended(machine, request.token)))
    expect([a?.exitCode, b?.exitCode]).toEqual([0, 2])
    expect(await Promise.all(requests.map(({ token }) => s.stdout(machine, token)))).toEqual(['a\n', 'b\n'])
  })

  it('refuses a run on a machine that is not there', async ({ skip }) => {
    const s = able(skip)
    expect((await s.location.run(refOf(s.want()), s.request('true'), s.options)).kind).toBe('refused')
  })

  it('begins no run on a machine that is off', async ({ skip }) => {
    const s = able(skip)
    skip(!s.location.capabilities.stoppable, 'this place cannot stop machines')
    const machine = await s.running()
    await s.stopped(machine)
    const answer = await s.location.run(machine, s.request('true'), s.options)
    expect(['not-ready', 'refused']).toContain(answer.kind)
  })

  it('runs nothing any more on a machine that was stopped', async ({ skip }) => {
    const s = able(skip)
    skip(!s.location.capabilities.stoppable, 'this place cannot stop machines')
    const machine = await s.running()
    const request = s.request('sleep 600', { mode: 'service', label: 'launch' })
    await s.begun(machine, request)
    await s.stopped(machine, 500)
    await s.started(machine)
    expect((await s.run(machine, request.token))?.state ?? 'gone').not.toBe('running')
  })

  it('says that a run is lost when its machine came back as another instance', async ({ skip }) => {
    const s = able(skip)
    const { breakInstance } = s.harness
    skip(breakInstance === undefined, 'this place cannot break a machine')
    const machine = await s.running()
    const request = s.request('sleep 600', { mode: 'service', label: 'launch' })
    await s.begun(machine, request)
    await breakInstance?.call(s.harness, machine)
    await s.started(machine)
    expect((await s.run(machine, request.token))?.state).toBe('lost')
    const again = await s.location.run(machine, request, s.options)
    expect(again).toMatchObject({ kind: 'found', run: { state: 'lost' } })
  })

  it('keeps the receipt of a task that ended before its machine was stopped', async ({ skip }) => {
    const s = able(skip)
    skip(!s.location.capabilities.stoppable, 'this place cannot stop machines')
    const machine = await s.running()
    const request = s.request('exit 6')
    await s.ran(machine, request)
    await s.stopped(machine)
    await s.started(machine)
    const run = await s.run(machine, request.token)
    const receipt = run?.state === 'exited' ? run.exitCode : (run?.state ?? 'gone')
    expect([6, 'lost', 'gone']).toContain(receipt)
  })

  it('refuses a run that is older than what it has seen for its token', async ({ skip }) => {
    const s = able(skip)
    skip(s.harness.fencing === false, 'this place keeps no generations')
    const machine = await s.running()
    const request = s.request('true', { generation: 5 })
    await s.ran(machine, request)
    const older = await s.location.run(machine, { ...request, generation: 4 }, s.options)
    expect(older).toMatchObject({ kind: 'refused', failure: { cause: 'stale' } })
  })

  it('gives no more output than asked for', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const lines = Array.from({ length: 60 }, (_, line) => `echo line-${line}-${'x'.repeat(40)}`)
    const request = s.request(lines.join('\n'))
    await s.ran(machine, request)
    const { stdout } = await s.location.output(machine, request.token, { ...s.options, limit: 1000 })
    expect(stdout.length).toBeLessThan(1200)
    expect(stdout).toContain('line-0-')
    expect(stdout).toContain('line-59-')
  })

  it('shows the newest lines of its services', async ({ skip }) => {
    const s = able(skip)
    const machine = await s.running()
    const request = s.request('echo early\necho late\nsleep 600', { mode: 'service', label: 'launch' })
    await s.begun(machine, request)
    const logs = await s.eventually('the log has its line', async () => {
      const text = await s.location.logs(machine, { ...s.options, lines: 1 })
      return text.includes('late') ? text : undefined
    })
    expect(logs).not.toContain('early')
  })
}
