import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunState } from '../../../engine/index.js'
import { Secret } from '../../../engine/index.js'
import { awaitCommand, RUN_ENDED } from '../../../locations/supervisor/index.js'
import { eventually } from '../../support/eventually.js'
import { benchMachine, marked, quiet, request, SHELLS, waiters, type BenchMachine } from './bench-machine.js'

describe.for(SHELLS)('the supervisor under $title', ({ shell, path }) => {
  let machine: BenchMachine

  beforeEach(() => {
    machine = benchMachine(path)
  })
  afterEach(() => machine.dispose())

  const stateOf = async (token: string): Promise<RunState | undefined> =>
    (await machine.client.status(quiet)).find((run) => run.token === token)
  const ended = (token: string): Promise<RunState> =>
    eventually(`the end of ${token}`, async () => {
      const run = await stateOf(token)
      return run?.state === 'running' ? undefined : run
    })
  const pidIn = (file: string): Promise<number> =>
    eventually(`a process id in ${file}`, () => {
      const at = join(machine.root, 'run', file)
      const text = existsSync(at) ? readFileSync(at, 'utf8').trim() : ''
      return text === '' ? undefined : Number(text)
    })
  const isAlive = (pid: number): boolean => {
    try {
      return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    } catch {
      return false
    }
  }
  /** Nothing for a process that has gone by now. */
  const commandOf = (pid: number): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  }
  const supervisorOf = (token: string): number =>
    Number(readFileSync(join(machine.root, 'supervisor/runs', token, 'claim'), 'utf8').split(' ')[0])

  it('runs a task to its end and keeps its exit code', async () => {
    const answer = await machine.client.run(request('a', 'echo out; echo err >&2; exit 7'), quiet)

    expect(answer.kind).toBe('started')
    const run = await ended('a')
    expect(run).toMatchObject({ token: 'a', digest: 'digest-a', state: 'exited', exitCode: 7 })
    expect(run.finishedAt).toBeGreaterThanOrEqual(run.startedAt ?? Infinity)
    expect(await machine.client.output('a', 1000, quiet)).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      exitCode: 7,
    })
  })

  it('never runs the same token twice', async () => {
    const counted = request('a', 'echo run >> counter')
    const answers = [
      await machine.client.run(counted, quiet),
      await machine.client.run(counted, quiet),
      ...(await Promise.all([1, 2, 3].map(() => machine.client.run(counted, quiet)))),
    ]

    await ended('a')
    expect(answers.map(({ kind }) => kind)).toEqual(['started', 'found', 'found', 'found', 'found'])
    expect(readFileSync(join(machine.root, 'run/counter'), 'utf8')).toBe('run\n')
  })

  it('begins a run once when many starters come at once', async () => {
    const counted = request('a', 'echo run >> counter')
    const answers = await Promise.all([1, 2, 3, 4].map(() => machine.client.run(counted, quiet)))

    await ended('a')
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['found', 'found', 'found', 'started'])
    expect(readFileSync(join(machine.root, 'run/counter'), 'utf8')).toBe('run\n')
  })

  it('refuses other work under the same token', async () => {
    await machine.client.run(request('a', 'true'), quiet)

    const answer = await machine.client.run(request('a', 'true', { digest: 'other' }), quiet)
    expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'conflict' } })
  })

  it('passes environment and files verbatim and keeps neither', async () => {
    const value = `two\nlines 'quotes' "double" $(id) \`id\` \\ * ~ ü `
    const answer = await machine.client.run(
      request(
        'a',
        'printf "%s" "$GIVEN" > got; printf "%s" "$token" > secret; stat -c %a deep/down/file > mode',
        {
          environment: { GIVEN: value, token: new Secret('password', 'hunter2') },
          files: [{ path: 'deep/down/file', content: value, mode: 0o640 }],
        },
      ),
      quiet,
    )

    expect(answer.kind).toBe('started')
    await ended('a')
    expect(readFileSync(join(machine.root, 'run/got'), 'utf8')).toBe(value)
    expect(readFileSync(join(machine.root, 'run/secret'), 'utf8')).toBe('hunter2')
    expect(readFileSync(join(machine.root, 'run/deep/down/file'), 'utf8')).toBe(value)
    expect(readFileSync(join(machine.root, 'run/mode'), 'utf8')).toBe('640\n')
    expect(existsSync(join(machine.root, 'supervisor/runs/a/env'))).toBe(false)
  })

  it('shows no secret in any process list', async () => {
    await machine.client.run(
      request('a', 'cat /proc/[0-9]*/cmdline > list 2>/dev/null || true; sleep 60', {
        mode: 'service',
        environment: { PASSWORD: new Secret('password', 'hunter2-in-clear') },
        files: [{ path: 'key', content: new Secret('key', 'k3y-in-clear'), mode: 0o600 }],
      }),
      quiet,
    )

    await eventually('the list', () => existsSync(join(machine.root, 'run/list')))
    for (const pid of marked(machine.root)) {
      expect(commandOf(pid)).not.toMatch(/in-clear|s3cret/)
    }
    expect(readFileSync(join(machine.root, 'run/list'), 'utf8')).not.toMatch(/in-clear/)
    expect(statSync(join(machine.root, 'supervisor/secret')).mode & 0o777).toBe(0o600)
  })

  it('finds a run again after its starter was killed', async () => {
    const service = request('a', 'echo $$ > pid; exec sleep 60', { mode: 'service' })
    const starting = machine.client.run(service, quiet)
    const pid = await pidIn('pid')
    for (const starter of machine.starters) process.kill(-(starter.pid ?? 0), 'SIGKILL')
    await starting

    expect(isAlive(pid)).toBe(true)
    expect(await machine.client.run(service, quiet)).toMatchObject({
      kind: 'found',
      run: { state: 'running', pid },
    })
  })

  // A busybox that has its tools inside calls none of ours.
  it.each(Array.from({ length: shell === 'busybox' ? 0 : 14 }, (_, call) => call + 1))(
    'runs an install once although its starter is killed at its tool call %i and sent again',
    async (killAt) => {
      machine.dispose()
      machine = benchMachine(path, { killAt })
      await machine.client.status(quiet)
      machine.arm()
      const install = request('a', 'echo run >> counter', {
        files: [{ path: 'conf/x', content: 'x', mode: 0o600 }],
      })
      await machine.client.run(install, quiet)
      const again = await machine.client.run(install, quiet)

      expect(machine.calls()).toBeGreaterThanOrEqual(killAt)
      expect(['started', 'found']).toContain(again.kind)
      expect(await ended('a')).toMatchObject({ state: 'exited', exitCode: 0 })
      expect(readFileSync(join(machine.root, 'run/counter'), 'utf8')).toBe('run\n')
      expect(readFileSync(join(machine.root, 'run/conf/x'), 'utf8')).toBe('x')
    },
  )

  it('says lost when the supervisor was killed without a receipt', async () => {
    await machine.client.run(request('a', 'echo $$ > pid; sleep 60', { mode: 'service' }), quiet)
    const pid = await pidIn('pid')
    process.kill(supervisorOf('a'), 'SIGKILL')

    expect(await eventually('lost', async () => (await stateOf('a'))?.state === 'lost')).toBe(true)
    await machine.client.run(request('b', 'true', { generation: 2 }), quiet)
    expect(isAlive(pid)).toBe(false)
  })

  const waitFor = (token: string): Promise<number | undefined> =>
    machine
      .transport(awaitCommand(machine.root, token), '', { ...quiet, timeout: 30_000, limit: 1000 })
      .then(({ exitCode }) => exitCode)

  it.each([
    ['its main process was killed', () => pidIn('pid'), 'exited'],
    ['its supervisor was killed', async () => supervisorOf('a'), 'lost'],
  ])('lets who waits for a run know at once when %s', async (_how, victim, state) => {
    await machine.client.run(
      request('a', 'echo $$ > pid; exec sleep 600', { mode: 'service', label: 'launch' }),
      quiet,
    )
    await pidIn('pid')
    const waits = { count: 2 }
    const waiting = [waitFor('a'), waitFor('a')].map((wait) =>
      wait.then((code) => {
        waits.count -= 1
        return code
      }),
    )
    await eventually('both wait', () => waiters(machine.root) === 2)
    expect(waits.count).toBe(2)
    process.kill(await victim(), 'SIGKILL')
    expect(await Promise.all(waiting)).toEqual([RUN_ENDED, RUN_ENDED])
    expect((await stateOf('a'))?.state).toBe(state)
  })

  it('keeps nobody waiting for a run that has ended or never was', async () => {
    await machine.client.run(request('a', 'true'), quiet)
    await ended('a')
    expect(await Promise.all([waitFor('a'), waitFor('never')])).toEqual([RUN_ENDED, RUN_ENDED])
  })

  it('leaves the end of its pipe to nobody, so that what a run has left behind keeps nobody waiting', async () => {
    await machine.client.run(
      request('a', 'setsid sleep 600 & ls -l /proc/self/fd > open; echo $! > pid', { mode: 'task' }),
      quiet,
    )
    expect(await waitFor('a')).toBe(RUN_ENDED)
    expect(isAlive(await pidIn('pid'))).toBe(true)
    expect(readFileSync(join(machine.root, 'run/open'), 'utf8')).not.toContain('.alive')
  })

  it('calls runs of another instance lost, receipt or not', async () => {
    await machine.client.run(request('a', 'true'), quiet)
    await ended('a')

    const [run] = await machine.open({ instance: 'two' }).status(quiet)
    expect(run).toMatchObject({ token: 'a', state: 'lost' })
    expect(run?.exitCode).toBeUndefined()
  })

  it('ends a run with everything it has begun, even what has left its group', async () => {
    const script = 'setsid sleep 61 & sleep 62 & echo $! > pid; wait'
    await machine.client.run(request('a', script, { mode: 'service' }), quiet)
    await pidIn('pid')
    await eventually('the children', () => marked(machine.root).length >= 5)

    expect(await machine.client.endRun('a', 2000, quiet)).toEqual({ kind: 'done' })
    await eventually('nothing of it', () => marked(machine.root).length === 0)
    expect(await stateOf('a')).toMatchObject({ state: 'exited', exitCode: 143 })
    expect(await machine.client.endRun('a', 2000, quiet)).toEqual({ kind: 'done' })
  })

  it('kills what ignores TERM after the grace', async () => {
    await machine.client.run(
      request('a', `trap '' TERM; echo $$ > pid; while :; do sleep 1; done`, { mode: 'service' }),
      quiet,
    )
    const pid = await pidIn('pid')

    expect(await machine.client.endRun('a', 300, quiet)).toEqual({ kind: 'done' })
    expect(isAlive(pid)).toBe(false)
    expect(await stateOf('a')).toMatchObject({ state: 'exited', exitCode: 137 })
  })

  it('gives a service its grace to end in good order', async () => {
    const script = `sh -c 'trap "sleep 0.3; echo bye > farewell; exit 0" TERM; echo $$ > pid; while :; do sleep 0.05; done'; true`
    await machine.client.run(request('a', script, { mode: 'service' }), quiet)
    await pidIn('pid')

    expect(await machine.client.endRun('a', 5000, quiet)).toEqual({ kind: 'done' })
    expect(readFileSync(join(machine.root, 'run/farewell'), 'utf8')).toBe('bye\n')
  })

  it('leaves nothing of a service whose main process was killed', async () => {
    await machine.client.run(request('a', 'sleep 60 & echo $$ > pid; wait', { mode: 'service' }), quiet)
    process.kill(await pidIn('pid'), 'SIGKILL')

    expect(await ended('a')).toMatchObject({ state: 'exited', exitCode: 137 })
    await eventually('nothing of it', () => marked(machine.root).length === 0)
  })

  it('ends what takes longer than its limit and says so', async () => {
    await machine.client.run(request('a', 'sleep 60', { timeout: 300 }), quiet)

    expect(await ended('a')).toMatchObject({ state: 'timed-out' })
    await eventually('nothing of it', () => marked(machine.root).length === 0)
  })

  it('turns logs over at their limit and keeps the newest', async () => {
    machine.dispose()
    machine = benchMachine(path, { logs: { limit: 500, keep: 2, pace: 200 } })
    const script =
      'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); echo "line $i of a service that talks"; sleep 0.01; done'
    await machine.client.run(request('a', script, { mode: 'service' }), quiet)

    const at = (name: string): string => join(machine.root, 'supervisor/runs/a', name)
    await eventually('two older logs', () => existsSync(at('out.2')), 5000)
    expect(existsSync(at('out.3'))).toBe(false)
    const last = (await machine.client.logs(1, quiet)).trim()
    expect(last).toMatch(/^line \d+ of a service/)
    const { stdout } = await machine.client.output('a', 200, quiet)
    expect(stdout).toMatch(/bytes left out/)
    expect(stdout.length).toBeLessThan(300)
  })

  it('takes commands only from who knows the secret', async () => {
    await machine.client.run(request('a', 'echo $$ > pid; exec sleep 60', { mode: 'service' }), quiet)
    const stranger = machine.open({ secret: 'guessed' })

    const denied = { kind: 'refused', failure: { cause: 'denied', retry: 'never' } }
    expect(await stranger.run(request('b', 'touch here'), quiet)).toMatchObject(denied)
    expect(await stranger.endRun('a', 0, quiet)).toMatchObject(denied)
    await expect(stranger.output('a', 100, quiet)).rejects.toMatchObject({ record: { cause: 'denied' } })
    expect(isAlive(await pidIn('pid'))).toBe(true)
  })

  it('refuses commands that are older than one already seen', async () => {
    await machine.client.run(request('new', 'true', { generation: 5 }), quiet)

    const stale = { kind: 'refused', failure: { cause: 'stale' } }
    expect(await machine.client.run(request('old', 'touch here', { generation: 4 }), quiet)).toMatchObject(
      stale,
    )
    expect(await machine.client.endRun('new', 0, { ...quiet, generation: 4 })).toMatchObject(stale)
    expect(await machine.client.endRun('never-seen', 0, { ...quiet, generation: 6 })).toEqual({
      kind: 'done',
    })
    expect(
      await machine.client.run(request('never-seen', 'touch here', { generation: 5 }), quiet),
    ).toMatchObject(stale)
    expect(existsSync(join(machine.root, 'run/here'))).toBe(false)
  })

  it('takes a lock over from a holder that was killed', async () => {
    await machine.client.status(quiet)
    writeFileSync(join(machine.root, 'supervisor/lock'), '999999 12345\n')

    expect((await machine.client.run(request('a', 'true'), quiet)).kind).toBe('started')
    expect(existsSync(join(machine.root, 'supervisor/lock'))).toBe(false)
  })

  it.each(['../escape', 'a/../../escape', '/etc/weir-escape', 'link/escape', '', 'sub/', 'dir'])(
    'puts no file at %j',
    async (at) => {
      mkdirSync(join(machine.root, 'elsewhere'))
      mkdirSync(join(machine.root, 'run/dir'))
      symlinkSync(join(machine.root, 'elsewhere'), join(machine.root, 'run/link'))

      const answer = await machine.client.copy([{ path: at, content: 'x', mode: 0o644 }], quiet)
      expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'invalid' } })
      expect(existsSync(join(machine.root, 'elsewhere/escape'))).toBe(false)
      expect(existsSync(join(machine.root, 'escape'))).toBe(false)
      const run = await machine.client.run(
        request('a', 'touch began', { files: [{ path: at, content: 'x', mode: 0o644 }] }),
        quiet,
      )
      expect(run).toMatchObject({ kind: 'refused', failure: { cause: 'invalid' } })
      expect(existsSync(join(machine.root, 'run/began'))).toBe(false)
    },
  )

  it('leaves nothing of what it copies behind when it is killed in the middle', async () => {
    const content = 'hunter2-in-clear '.repeat(100_000)
    const copy = machine.client.copy([{ path: 'sub/file', content, mode: 0o600 }], quiet)
    const partial = (): boolean =>
      existsSync(join(machine.root, 'run/sub')) && readdirSync(join(machine.root, 'run/sub')).length > 0
    await eventually('it has begun', () => partial() || machine.starters.size === 0)
    for (const starter of machine.starters) process.kill(-(starter.pid ?? 0), 'SIGKILL')
    await copy

    expect(readdirSync(join(machine.root, 'supervisor')).filter((name) => name.includes('payload'))).toEqual(
      [],
    )
    const again = await machine.client.copy([{ path: 'sub/file', content, mode: 0o600 }], quiet)
    expect(again.kind).toBe('done')
    expect(readdirSync(join(machine.root, 'run/sub'))).toEqual(['file'])
    expect(readFileSync(join(machine.root, 'run/sub/file'), 'utf8')).toBe(content)
  })

  it('copies over what is there, through links that stay inside', async () => {
    mkdirSync(join(machine.root, 'volume'))
    symlinkSync(join(machine.root, 'volume'), join(machine.root, 'run/data'))
    const client = machine.open({ writable: [join(machine.root, 'run'), join(machine.root, 'volume')] })

    for (const content of ['one', 'two']) {
      expect(await client.copy([{ path: 'data/deep/file', content, mode: 0o600 }], quiet)).toEqual({
        kind: 'done',
      })
    }
    expect(readFileSync(join(machine.root, 'volume/deep/file'), 'utf8')).toBe('two')
  })

  it.each(['../a', '.hidden', 'a b', 'a;touch x', '$(touch x)', ''])(
    'refuses the token %j',
    async (token) => {
      expect(await machine.client.run(request(token, 'true'), quiet)).toMatchObject({
        kind: 'refused',
        failure: { cause: 'invalid' },
      })
    },
  )

  it('forgets a run that has ended, and no other', async () => {
    await machine.client.run(request('a', 'true'), quiet)
    await machine.client.run(request('b', 'sleep 60', { mode: 'service' }), quiet)
    await ended('a')

    expect(await machine.client.remove('a', quiet)).toEqual({ kind: 'done' })
    expect(await machine.client.remove('b', quiet)).toMatchObject({
      kind: 'refused',
      failure: { cause: 'conflict' },
    })
    expect((await machine.client.status(quiet)).map(({ token }) => token)).toEqual(['b'])
  })

  it('does without setsid', async () => {
    machine.dispose()
    machine = benchMachine(path, { hide: ['setsid'] })
    await machine.client.run(request('a', 'sleep 61 & echo $$ > pid; wait', { mode: 'service' }), quiet)
    const pid = await pidIn('pid')

    expect(await stateOf('a')).toMatchObject({ state: 'running', pid })
    expect(await machine.client.endRun('a', 1000, quiet)).toEqual({ kind: 'done' })
    expect(marked(machine.root)).toEqual([])
  })
})
