import type { Clock, MetricSample, ResourceRef } from '../../engine/index.js'
import { allProcesses, readText, type ProcessFacts } from '../supervisor/index.js'
import type { LocalObserver } from './local-observer.js'
import { isOn, type LocalStore } from './local-store.js'

/** Clock ticks in a second of processor time: Linux tells every program 100. */
const TICKS = 100

/** Milliseconds that a measure is over at least: in less than that a tick more or less is a core more or less. */
const LEAST = 200

/** Machines that are remembered: more of them are of the past. */
const MOST = 10_000

/** Processor time of one machine's processes when it was last measured. */
interface Measured {
  readonly at: number
  readonly ticks: ReadonlyMap<string, number>
  /** What was measured then; absent the first time. */
  readonly cores?: number
}

/** Measures machines by the sessions of their runs: cores used since the last measure, and memory. */
export class LocalMetrics {
  readonly #store: LocalStore
  readonly #observer: LocalObserver
  readonly #clock: Clock
  readonly #last = new Map<string, Measured>()

  constructor(store: LocalStore, observer: LocalObserver, clock: Clock) {
    this.#store = store
    this.#observer = observer
    this.#clock = clock
  }

  /** Nothing for machines that are gone or off; no 'cpu' at the first measure, which has nothing to compare with. */
  async read(refs: readonly ResourceRef[]): Promise<readonly MetricSample[]> {
    if (this.#last.size > MOST) this.#last.clear()
    const processes = await allProcesses()
    return (await Promise.all(refs.map((ref) => this.#readOne(ref, processes)))).flat()
  }

  async #readOne(ref: ResourceRef, processes: readonly ProcessFacts[]): Promise<readonly MetricSample[]> {
    const [record, boot] = await Promise.all([this.#store.machine(ref), this.#store.boot()])
    if (record === undefined || !isOn(record, boot)) {
      this.#last.delete(ref.token)
      return []
    }
    const runs = await this.#observer.runs(record)
    const leaders = new Set(
      runs.flatMap((run) => (run.state === 'running' && run.pid !== undefined ? [run.pid] : [])),
    )
    const own = processes.filter(({ session }) => leaders.has(session))
    const at = this.#clock.now()
    const sizes = await Promise.all(own.map(({ pid }) => residentBytes(pid)))
    const memory = {
      token: ref.token,
      metric: 'memory',
      value: sizes.reduce((sum, size) => sum + size, 0),
      at,
    }
    const cores = this.#cores(ref.token, own, at)
    return cores === undefined ? [memory] : [{ token: ref.token, metric: 'cpu', value: cores, at }, memory]
  }

  /** A process that is new since the last measure counts with all that it has used. */
  #cores(token: string, own: readonly ProcessFacts[], at: number): number | undefined {
    const last = this.#last.get(token)
    if (last !== undefined && at - last.at < LEAST) return last.cores
    const ticks = new Map(own.map((one) => [`${one.pid} ${one.began}`, one.ticks]))
    if (last === undefined) {
      this.#last.set(token, { at, ticks })
      return undefined
    }
    const used = [...ticks].reduce((sum, [key, value]) => sum + value - (last.ticks.get(key) ?? 0), 0)
    const cores = used / TICKS / ((at - last.at) / 1000)
    this.#last.set(token, { at, ticks, cores })
    return cores
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readText(`/proc/${pid}/status`)
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1] ?? 0) * 1024
}
