import { silentLog, type Cancel, type Clock, type FailureRecord, type Log } from '../../engine/index.js'
import type { DockerClient, PullLine } from './docker-client.js'
import { faultOf } from './docker-failures.js'

/** How a pull stands. */
export type PullState =
  | { readonly kind: 'done' }
  | { readonly kind: 'pulling'; readonly progress: string }
  | { readonly kind: 'failed'; readonly failure: FailureRecord }

interface Pull {
  readonly settled: Promise<PullState>
  readonly progress: PullProgress
}

/** Milliseconds without a word after which a pull is given up: its engine may be gone. */
const SILENCE = 300_000

/**
 * Pulls images, each once at a time however many ask. A pull goes on when those who asked stop waiting; `close` ends it.
 */
export class ImagePuller {
  readonly #client: DockerClient
  readonly #clock: Clock
  readonly #log: Log
  readonly #pulls: Map<string, Pull>
  readonly #closed: AbortController

  constructor(client: DockerClient, clock: Clock, log: Log = silentLog) {
    this.#client = client
    this.#clock = clock
    this.#log = log
    this.#pulls = new Map()
    this.#closed = new AbortController()
  }

  /** Begins or joins the pull of an image and says how it stands when it has ended, or after `wait` ms, or at abort. */
  pull(image: string, wait: number, signal: AbortSignal): Promise<PullState> {
    const pull = this.#pulls.get(image) ?? this.#begin(image)
    return new Promise((resolve) => {
      const end = (state: PullState): void => {
        cancel()
        signal.removeEventListener('abort', leave)
        resolve(state)
      }
      const leave = (): void => end({ kind: 'pulling', progress: pull.progress.toString() })
      const cancel = this.#clock.schedule(wait, leave)
      signal.addEventListener('abort', leave, { once: true })
      void pull.settled.then(end)
    })
  }

  close(): void {
    this.#closed.abort()
  }

  #begin(image: string): Pull {
    const progress = new PullProgress()
    const pull = { progress, settled: this.#run(image, progress) }
    this.#pulls.set(image, pull)
    return pull
  }

  async #run(image: string, progress: PullProgress): Promise<PullState> {
    this.#log.info('pulling an image', { image })
    const silent = new AbortController()
    const listen = (): Cancel => this.#clock.schedule(SILENCE, () => silent.abort())
    let cancel = listen()
    const add = (line: PullLine): void => {
      cancel()
      cancel = listen()
      progress.add(line)
    }
    try {
      const signal = AbortSignal.any([this.#closed.signal, silent.signal])
      await this.#client.pullImage(image, add, { signal, timeout: 0 })
      this.#log.info('pulled an image', { image })
      return { kind: 'done' }
    } catch (error) {
      const { failure } = faultOf(error)
      const why = silent.signal.aborted ? `nothing was said for ${SILENCE / 1000} s` : failure.message
      this.#log.warn('an image cannot be pulled', { image, failure: why })
      return { kind: 'failed', failure: { ...failure, message: `image ${image} cannot be pulled: ${why}` } }
    } finally {
      cancel()
      this.#pulls.delete(image)
    }
  }
}

/** Progress of a pull, added up over its layers. */
export class PullProgress {
  readonly #layers: Map<string, { readonly done: boolean; readonly current: number; readonly total: number }>

  constructor() {
    this.#layers = new Map()
  }

  add(line: PullLine): void {
    const { id, status = '', progressDetail } = line
    if (id === undefined || status.startsWith('Pulling from')) return
    const before = this.#layers.get(id) ?? { done: false, current: 0, total: 0 }
    const counts = status === 'Downloading' ? { ...before, ...progressDetail } : before
    this.#layers.set(id, { ...counts, done: /^(Pull complete|Already exists)/.test(status) })
  }

  /** E.g. '2 of 5 layers, 40 of 100 MB'. */
  toString(): string {
    const layers = [...this.#layers.values()]
    const sum = (key: 'current' | 'total'): number =>
      Math.round(layers.reduce((all, layer) => all + layer[key], 0) / 1e6)
    const done = layers.filter((layer) => layer.done).length
    return `${done} of ${layers.length} layers, ${sum('current')} of ${sum('total')} MB`
  }
}
