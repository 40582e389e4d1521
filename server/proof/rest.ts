import { type ApplicationSpec, type Json, indexSpec, isJsonObject } from '../../engine/index.js'

/** Milliseconds without a change after which an application counts as settled, at least and at most. */
const LEAST = 90_000
const MOST = 600_000
/** What is longer is no window, but a time of the calendar. */
const WINDOW = 1_800_000

/** How long nothing may have changed for an application to have settled: longer than its policies wait for anything. */
export function restOf(application: ApplicationSpec): number {
  const waits = indexSpec(application).nodes.flatMap(({ spec }) =>
    spec.policies.flatMap(({ config }) =>
      Object.values(config).flatMap((one) => (one.kind === 'literal' ? durationsIn(one.value) : [])),
    ),
  )
  return Math.min(MOST, Math.max(LEAST, ...waits.filter((wait) => wait <= WINDOW).map((wait) => 1.5 * wait)))
}

const UNITS: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
}

/** Durations that are written as such. */
function durationsIn(value: Json | undefined): readonly number[] {
  if (typeof value === 'string') {
    const found = /^\s*(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h)\s*$/.exec(value)
    return found === null ? [] : [Number(found[1]) * (UNITS[found[2] ?? ''] ?? 0)]
  }
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(durationsIn)
  return isJsonObject(value) ? Object.values(value).flatMap(durationsIn) : []
}
