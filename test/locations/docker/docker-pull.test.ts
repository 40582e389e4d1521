import { describe, expect, it } from 'vitest'
import type { DockerClient, PullLine } from '../../../locations/docker/docker-client.js'
import { WaitEnded } from '../../../locations/docker/docker-failures.js'
import { ImagePuller, PullProgress } from '../../../locations/docker/docker-pull.js'
import { fakeDocker, httpError } from '../../support/fake-docker.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const signal = new AbortController().signal

describe('the pull of an image', () => {
  it('is begun once, however many wait for it', async () => {
    const engine = pulling()
    const puller = new ImagePuller(engine.client, new VirtualClock())
    const waits = [puller.pull('nginx', 1000, signal), puller.pull('nginx', 1000, signal)]
    engine.end()
    expect(await Promise.all(waits)).toEqual([{ kind: 'done' }, { kind: 'done' }])
    expect(engine.begun()).toBe(1)
  })

  it('goes on when it takes longer than its wait, and says how far it is', async () => {
    const clock = new VirtualClock()
    const engine = pulling()
    const puller = new ImagePuller(engine.client, clock)
    const first = puller.pull('nginx', 1000, signal)
    engine.say({ id: 'a', status: 'Downloading', progressDetail: { current: 3e6, total: 8e6 } })
    engine.say({ id: 'b', status: 'Already exists' })
    clock.advance(1000)
    expect(await first).toEqual({ kind: 'pulling', progress: '1 of 2 layers, 3 of 8 MB' })
    const second = puller.pull('nginx', 1000, signal)
    engine.end()
    expect(await second).toEqual({ kind: 'done' })
    expect(engine.begun()).toBe(1)
  })

  it('goes on when one who waits gives up', async () => {
    const engine = pulling()
    const puller = new ImagePuller(engine.client, new VirtualClock())
    const aborter = new AbortController()
    const wait = puller.pull('nginx', 1000, aborter.signal)
    aborter.abort()
    expect(await wait).toMatchObject({ kind: 'pulling' })
    expect(engine.signal()?.aborted).toBe(false)
    puller.close()
    expect(engine.signal()?.aborted).toBe(true)
  })

  it('says why it failed, and is begun anew by the next who asks', async () => {
    const engine = pulling()
    const puller = new ImagePuller(engine.client, new VirtualClock())
    const wait = puller.pull('nginx', 1000, signal)
    engine.end(httpError(500, 'manifest unknown'))
    expect(await wait).toEqual({
      kind: 'failed',
      failure: {
        cause: 'missing',
        retry: 'never',
        message: 'image nginx cannot be pulled: manifest unknown',
      },
    })
    void puller.pull('nginx', 1000, signal)
    expect(engine.begun()).toBe(2)
  })

  it('is given up when nothing is said of it for five minutes, and only then', async () => {
    const clock = new VirtualClock()
    const engine = pulling()
    const puller = new ImagePuller(engine.client, clock)
    const stand = puller.pull('nginx', 3_600_000, signal)
    await clock.settle(299_000)
    engine.say({ id: 'a', status: 'Downloading' })
    await clock.settle(299_000)
    expect(engine.signal()?.aborted).toBe(false)
    await clock.settle(2_000)
    expect(engine.signal()?.aborted).toBe(true)
    engine.end(new WaitEnded('aborted', 'aborted'))
    expect(await stand).toMatchObject({
      kind: 'failed',
      failure: { cause: 'timeout', message: 'image nginx cannot be pulled: nothing was said for 300 s' },
    })
    expect(clock.pending).toBe(0)
  })
})

describe('the progress of a pull', () => {
  it('adds up its layers', () => {
    const progress = new PullProgress()
    const lines: readonly PullLine[] = [
      { id: 'latest', status: 'Pulling from library/nginx' },
      { id: 'a', status: 'Pulling fs layer' },
      { id: 'a', status: 'Downloading', progressDetail: { current: 1e6, total: 4e6 } },
      { id: 'b', status: 'Downloading', progressDetail: { current: 2e6, total: 2e6 } },
      { id: 'b', status: 'Extracting', progressDetail: { current: 1, total: 9e9 } },
      { id: 'b', status: 'Pull complete' },
      { status: 'Digest: sha256:0' },
    ]
    for (const line of lines) progress.add(line)
    expect(progress.toString()).toBe('1 of 2 layers, 3 of 6 MB')
  })
})

function pulling() {
  let end: (error?: Error) => void = () => undefined
  let say: (line: PullLine) => void = () => undefined
  let signalOfPull: AbortSignal | undefined
  let begun = 0
  const pullImage: DockerClient['pullImage'] = (_name, progress, call) => {
    begun += 1
    say = progress
    signalOfPull = call.signal
    return new Promise((resolve, reject) => {
      end = (error) => (error === undefined ? resolve() : reject(error))
    })
  }
  return {
    client: fakeDocker({ pullImage }),
    say: (line: PullLine) => say(line),
    end: (error?: Error) => end(error),
    begun: () => begun,
    signal: () => signalOfPull,
  }
}
