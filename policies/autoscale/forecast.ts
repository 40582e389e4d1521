import type { JsonObject } from '../../engine/index.js'
import type { ForecastSettings } from './settings.js'

/** What is remembered of seasons: how many members were needed in each of their parts, on average. */
export interface ForecastMemory extends JsonObject {
  /** By part of the season, in members. */
  readonly means: readonly number[]
  /** Over how many seasons each is the mean; 0: nothing is known of it. */
  readonly seen: readonly number[]
  readonly open: OpenPart | null
  /** Forecasts that have been compared with what came, and by how much they were off, and of what, on average. */
  readonly judged: number
  readonly error: number
  readonly actual: number
}

/** The part of the season that it is now, as far as it is known. Times in milliseconds since the epoch. */
interface OpenPart extends JsonObject {
  readonly began: number
  /** For how long the need was known, and the need times that. */
  readonly known: number
  readonly sum: number
  /** The need at last, and since when; null while it is not known. */
  readonly need: number | null
  readonly since: number
}

/** Forecasts of which the error is the mean, and without which it is not known. */
const JUDGED = 24
const LEAST_JUDGED = 8

/** Nothing is known of a season of so many parts. */
function blank({ season, bucket }: ForecastSettings): ForecastMemory {
  const parts = Math.round(season / bucket)
  const zeros = Array.from({ length: parts }, () => 0)
  return { means: zeros, seen: zeros, open: null, judged: 0, error: 0, actual: 0 }
}

/** Takes in how many members are needed now; undefined: that is not known. Another season begins from nothing. */
export function noteNeed(
  settings: ForecastSettings,
  known: ForecastMemory | undefined,
  need: number | undefined,
  now: number,
): ForecastMemory {
  const parts = Math.round(settings.season / settings.bucket)
  let memory = known?.means.length === parts ? known : blank(settings)
  const { bucket } = settings
  const began = Math.floor(now / bucket) * bucket
  const isNew = memory.open === null || memory.open.since > now
  let open = isNew || memory.open === null ? newPart(began, now) : memory.open
  for (let skipped = 0; open.began < began && skipped <= parts; skipped += 1) {
    const end = open.began + bucket
    memory = withPart(settings, memory, passed(open, end))
    open = { ...newPart(end, end), need: open.need }
  }
  if (open.began < began) open = newPart(began, now)
  return { ...memory, open: { ...passed(open, now), need: need === undefined ? null : rounded(need) } }
}

function newPart(began: number, since: number): OpenPart {
  return { began, known: 0, sum: 0, need: null, since }
}

function passed(open: OpenPart, until: number): OpenPart {
  if (open.need === null) return { ...open, since: until }
  const time = until - open.since
  return { ...open, known: open.known + time, sum: open.sum + open.need * time, since: until }
}

/** A part of which less than half is known teaches nothing. */
function withPart(
  settings: ForecastSettings,
  memory: ForecastMemory,
  { began, known, sum }: OpenPart,
): ForecastMemory {
  if (known * 2 < settings.bucket) return memory
  const at = partAt(settings, began)
  const [mean = 0, seen = 0] = [memory.means[at], memory.seen[at]]
  const actual = sum / known
  const times = Math.min(seen + 1, settings.over)
  return {
    ...(seen === 0 ? memory : judged(memory, mean, actual)),
    means: memory.means.with(at, rounded(mean + (actual - mean) / times)),
    seen: memory.seen.with(at, times),
  }
}

function judged(memory: ForecastMemory, forecast: number, actual: number): ForecastMemory {
  const times = Math.min(memory.judged + 1, JUDGED)
  const towards = (mean: number, one: number): number => rounded(mean + (one - mean) / times)
  return {
    ...memory,
    judged: times,
    error: towards(memory.error, Math.abs(forecast - actual)),
    actual: towards(memory.actual, actual),
  }
}

function partAt({ season, bucket }: ForecastSettings, time: number): number {
  return Math.floor((((time % season) + season) % season) / bucket)
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

/** What is known ahead. */
export interface Forecast {
  /** Members that are needed from now on until so far ahead; undefined where no season is known yet. */
  readonly count?: number
  /** The share of the need by which forecasts were off lately; undefined while too few were compared. */
  readonly error?: number
  /** When it may be another one. */
  readonly changesAt: number
}

/** The forecast at a time. */
export function forecastAt(settings: ForecastSettings, memory: ForecastMemory, now: number): Forecast {
  const { bucket, lead, season } = settings
  const ahead: number[] = []
  const last = Math.min(now + lead, now + season)
  for (let time = Math.floor(now / bucket) * bucket; time <= last; time += bucket) {
    const at = partAt(settings, time)
    if ((memory.seen[at] ?? 0) > 0) ahead.push(memory.means[at] ?? 0)
  }
  const { judged: times, error, actual } = memory
  const isKnown = times >= LEAST_JUDGED && actual > 0
  return {
    ...(ahead.length === 0 ? {} : { count: Math.ceil(Math.max(...ahead) - 0.001) }),
    ...(isKnown ? { error: Math.round((error / actual) * 1_000) / 1_000 } : {}),
    changesAt: Math.min(nextPart(now, bucket), nextPart(now + lead, bucket) - lead),
  }
}

function nextPart(time: number, bucket: number): number {
  return (Math.floor(time / bucket) + 1) * bucket
}
