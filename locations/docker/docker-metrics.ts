import type { MetricSample } from '../../engine/index.js'
import type { StatsFacts } from './docker-client.js'

interface CpuReading {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Nanoseconds of processor time. */
  readonly used: number
}

/** Milliseconds after which a reading is too old to count from, and is forgotten. */
const LATEST = 600_000

/**
 * Turns the engine's counters into samples. The share of a processor needs two readings, and the engine would take a
 * second to make both itself; so the first reading of a container gives its memory only.
 */
export class StatsReader {
  readonly #last: Map<string, CpuReading>

  constructor() {
    this.#last = new Map()
  }

  /** Samples of one container; none for one that does not run. */
  read(token: string, id: string, stats: StatsFacts): readonly MetricSample[] {
    const at = Date.parse(stats.read)
    const memory = memoryOf(stats)
    if (Number.isNaN(at) || at <= 0 || memory === undefined) return []
    const now = { at, used: stats.cpu_stats.cpu_usage.total_usage }
    const before = this.#last.get(id)
    this.#last.set(id, now)
    const cores = before === undefined ? undefined : coresBetween(before, now)
    const used: MetricSample = { token, metric: 'memory', value: memory, at }
    return cores === undefined ? [used] : [{ token, metric: 'cpu', value: cores, at }, used]
  }

  /** Forgets containers that nobody has asked about for long. */
  prune(now: number): void {
    for (const [id, reading] of this.#last) if (reading.at < now - LATEST) this.#last.delete(id)
  }
}

/** Bytes in use without the file cache that the kernel would give back: 'total_…' is cgroup v1, plain is v2. */
export function memoryOf(stats: StatsFacts): number | undefined {
  const { usage, stats: counters = {} } = stats.memory_stats
  if (usage === undefined) return undefined
  const inactive = counters['total_inactive_file'] ?? counters['inactive_file'] ?? 0
  return inactive < usage ? usage - inactive : usage
}

function coresBetween(before: CpuReading, now: CpuReading): number | undefined {
  const elapsed = (now.at - before.at) * 1e6
  if (elapsed <= 0 || elapsed > LATEST * 1e6 || now.used < before.used) return undefined
  return (now.used - before.used) / elapsed
}
