import { describe, expect, it } from 'vitest'
import type { RunAnswer, RunState } from '../../../engine/index.js'
import type { ContainerFacts } from '../../../locations/docker/docker-client.js'
import { DockerRunWatch } from '../../../locations/docker/docker-run-watch.js'
import { fakeDocker, socketError } from '../../support/fake-docker.js'

const call = { signal: new AbortController().signal }
const running = (token: string): RunState => ({ token, digest: 'd', state: 'running' })
const exited = (token: string): RunState => ({ token, digest: 'd', state: 'exited', exitCode: 0 })

describe('the watch over runs inside of containers', () => {
  it('goes there once for as long as all that ran still runs', async () => {
    const { watch, read, reads } = bench([running('a'), exited('b')])
    await read()
    expect(await read()).toEqual([running('a'), exited('b')])
    expect(await watch.runs(machine('i1'), call, neverAsked)).toEqual([running('a'), exited('b')])
    expect(reads()).toBe(1)
  })

  it('goes there again when the end of a run was waited for, and waits for no run twice', async () => {
    const { read, end, reads, waits } = bench([running('a')])
    await read()
    await read()
    end('a')
    expect(await read()).toEqual([running('a')])
    expect(await read()).toEqual([running('a')])
    expect(reads()).toBe(3)
    expect(waits).toEqual(['a'])
  })

  it('goes there each time where nothing can be waited for', async () => {
    const { read, reads, waits } = bench([running('a')], true)
    for (const time of [1, 2, 3]) expect([time, await read()]).toEqual([time, [running('a')]])
    expect(reads()).toBe(3)
    expect(waits).toEqual(['a'])
  })

  it('goes there again when the machine has come back as another instance', async () => {
    const { read, reads } = bench([running('a')])
    await read('i1')
    await read('i2')
    expect(reads()).toBe(2)
  })

  it('knows of a run that it has begun itself', async () => {
    const { watch, read, reads } = bench([exited('a')])
    await read()
    const started: RunAnswer = { kind: 'started', run: running('b') }
    expect(await watch.begin(machine('i1'), async () => started)).toBe(started)
    await settled()
    expect(await read()).toEqual([exited('a'), running('b')])
    expect(reads()).toBe(1)
  })

  it.each(['a refusal', 'an error'])('relies on nothing after %s to begin a run', async (what) => {
    const { watch, read, reads } = bench([exited('a')])
    await read()
    const refused: RunAnswer = { kind: 'not-ready', reason: 'busy' }
    const begin = watch.begin(machine('i1'), async () => {
      if (what === 'an error') throw socketError('ECONNRESET')
      return refused
    })
    expect((await Promise.allSettled([begin]))[0].status).toBe(what === 'an error' ? 'rejected' : 'fulfilled')
    await read()
    expect(reads()).toBe(2)
  })

  it('keeps nothing that was read while a command was under way', async () => {
    const { watch, read, reads } = bench([running('a')])
    await watch.change(machine('i1'), async () => {
      await read()
    })
    await read()
    expect(reads()).toBe(2)
    await read()
    expect(reads()).toBe(2)
  })
})

/** A watch whose waits run until they are ended by hand, or never begin. */
function bench(runs: readonly RunState[], broken = false) {
  const ended = new Set<string>()
  const waits: string[] = []
  let count = 0
  const watch = new DockerRunWatch(
    fakeDocker({
      execDetached: async (_id, command) => {
        const run = command.at(-1) ?? ''
        waits.push(run)
        if (broken) throw socketError('ECONNRESET')
        return run
      },
      isExecRunning: async (exec) => !ended.has(exec),
    }),
  )
  return {
    watch,
    waits,
    reads: () => count,
    end: (run: string) => void ended.add(run),
    read: async (instance = 'i1') => {
      const seen = await watch.runs(machine(instance), call, async () => {
        count += 1
        return runs
      })
      await settled()
      return seen
    },
  }
}

function machine(instance: string): ContainerFacts {
  return {
    Id: 'c1',
    Name: '/c1',
    Created: '',
    State: { Status: 'running', ExitCode: 0, OOMKilled: false, Error: '', StartedAt: instance },
    Config: { Image: '', Labels: { 'weir.token': 't1' } },
    HostConfig: { NetworkMode: '' },
    NetworkSettings: { Ports: null, Networks: null },
  }
}

function neverAsked(): never {
  throw new Error('nobody was to go there')
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
