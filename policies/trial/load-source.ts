import { type LoadModel, type LoadSeries, SeededRandom } from '../../engine/index.js'

/** A load over time, asked for in the order of time. Times in milliseconds. */
export interface LoadSource {
  readonly from: number
  readonly to: number
  /** The load of all members together. */
  at(time: number): number
  /** When processes fail, each with a choice of 0 to 1 of whose. */
  readonly failures: readonly { readonly at: number; readonly choice: number }[]
}

/** A recorded load: each value holds until the next, and the last one for as long as the one before it. */
export function recordedLoad({ times, values }: LoadSeries): LoadSource {
  const from = times[0] ?? 0
  const last = times.at(-1) ?? from
  const to = last + Math.max(1_000, last - (times.at(-2) ?? last))
  let cursor = 0
  return {
    from,
    to,
    failures: [],
    at: (time) => {
      while (cursor + 1 < times.length && (times[cursor + 1] ?? Infinity) <= time) cursor += 1
      return values[cursor] ?? 0
    },
  }
}

/** A load that is made up; the same seed makes the same one. */
export function madeUpLoad(model: LoadModel, seed: number, from: number): LoadSource {
  const noise = new SeededRandom(seed)
  const chance = new SeededRandom(seed ^ 0x5eed)
  const spikes = model.kind === 'spikes' ? momentsIn(model.duration, model.period, chance) : []
  return {
    from,
    to: from + model.duration,
    failures: momentsIn(model.duration, HOUR / model.failures, chance).map((at) => ({
      at: from + at,
      choice: chance.next(),
    })),
    at: (time) => {
      const value = valueAt(model, time - from, spikes)
      return Math.max(0, value * (1 + model.noise * (2 * noise.next() - 1)))
    },
  }
}

const HOUR = 3_600_000
/** A spike lasts so long a part of the time between two. */
const SPIKE = 0.1

function valueAt(
  { kind, base, peak, period, duration }: LoadModel,
  elapsed: number,
  spikes: readonly number[],
): number {
  switch (kind) {
    case 'constant':
      return base
    case 'ramp':
      return base + (peak - base) * (elapsed / duration)
    case 'diurnal':
      return base + ((peak - base) * (1 - Math.cos((2 * Math.PI * elapsed) / period))) / 2
    case 'spikes':
      return spikes.some((at) => elapsed >= at && elapsed < at + period * SPIKE) ? peak : base
  }
}

/** Moments that come on average so far apart, independently of each other. */
function momentsIn(duration: number, apart: number, chance: SeededRandom): readonly number[] {
  const moments: number[] = []
  for (let at = wait(apart, chance); at < duration && moments.length < MOST; at += wait(apart, chance))
    moments.push(Math.round(at))
  return moments
}

function wait(apart: number, chance: SeededRandom): number {
  return Number.isFinite(apart) ? -Math.log(1 - chance.next()) * apart : Infinity
}

const MOST = 100_000
