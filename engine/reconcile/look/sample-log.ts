import type { SamplingSpec } from '../../spec/sampling-spec.js'
import type { Log } from '../../support/log.js'

/** How one sample went. */
export interface SampleNote {
  readonly id: string
  readonly path: string
  readonly sensor: string
  /** When it was first followed. */
  readonly since: number
  readonly now: number
  readonly missed: string | undefined
  readonly sampling: SamplingSpec
}

/** Warns of sensors that cannot be sampled: once for each time that they begin to fail, after what grace they have. */
export class SampleLog {
  readonly #log: Log
  readonly #good = new Map<string, number>()
  readonly #warned = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  note({ id, path, sensor, since, now, missed, sampling }: SampleNote): void {
    if (missed === undefined) {
      this.#good.set(id, now)
      this.#warned.delete(id)
      return
    }
    const { graceAtStart = 0, grace = 0 } = sampling
    const last = this.#good.get(id)
    const isEarly = now - since < graceAtStart || (last !== undefined && now - last < grace)
    if (isEarly || this.#warned.has(id)) return
    this.#warned.add(id)
    this.#log.warn('a sensor cannot be sampled', { entity: path, sensor, reason: missed })
  }

  forget(id: string): void {
    this.#good.delete(id)
    this.#warned.delete(id)
  }
}
