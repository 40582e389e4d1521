import type { Json, JsonObject } from '../../engine/index.js'
import { MOST_SAMPLES, type ReadingSpec } from './document.js'

/** A value with the time at which it was true. */
export type Sample = readonly [at: number, value: Json]

/** What was read of one name, by the path of whom. */
export interface Samples extends JsonObject {
  readonly [path: string]: readonly Sample[]
}

/** What a name means now: a value, or why there is none. */
export type Known = { readonly value: Json } | { readonly missing: string }

/** The samples of one with one more; of those that no window needs any more the last stays. */
export function withSample(
  before: readonly Sample[],
  [at, value]: Sample,
  { window }: Pick<ReadingSpec, 'window'>,
): readonly Sample[] {
  const newest = before.at(-1)
  if (newest !== undefined && newest[0] > at) return before
  if (window === 0) return [[at, value]]
  return [...before.filter(([time]) => time > at - window), [at, value] as const].slice(-MOST_SAMPLES)
}

/** What one entity's samples mean now. */
export function ownValue(samples: Samples, path: string, spec: ReadingSpec, now: number): Known {
  const all = Object.hasOwn(samples, path) ? (samples[path] ?? []) : []
  const newest = all.at(-1)
  if (newest === undefined) return { missing: 'nothing was read' }
  const age = now - newest[0]
  if (age > spec.staleAfter) return { missing: `the last value is ${Math.round(age / 1_000)} s old` }
  if (spec.as === 'any' || spec.window === 0) return { value: newest[1] }
  const numbers = all.flatMap(([at, value]) =>
    at > now - spec.window && typeof value === 'number' ? [value] : [],
  )
  return numbers.length === 0 ? { missing: 'nothing was read that is a number' } : { value: mean(numbers) }
}

/** What the samples of many mean together; `expected` are those that have to have one. */
export function sharedValue(
  samples: Samples,
  spec: ReadingSpec,
  { expected, now }: { readonly expected: readonly string[]; readonly now: number },
): Known {
  const known = new Map<string, Json>()
  for (const path of Object.keys(samples)) {
    const one = ownValue(samples, path, spec, now)
    if ('value' in one) known.set(path, one.value)
  }
  if (Object.keys(samples).length === 0 && spec.as !== 'count' && spec.as !== 'all')
    return { missing: 'nothing was read' }
  const lacking = expected.filter((path) => !known.has(path))
  const covered = expected.length === 0 ? 1 : (expected.length - lacking.length) / expected.length
  if (covered < spec.coverage)
    return { missing: `there is no fresh value of ${lacking.slice(0, 3).join(', ')}` }
  return together([...known.values()], spec.as)
}

/** What values mean together. */
export function together(values: readonly Json[], as: string): Known {
  if (as === 'any') return values[0] === undefined ? { missing: 'nothing was read' } : { value: values[0] }
  const numbers = values.filter((value) => typeof value === 'number')
  if (as === 'count') return { value: values.length }
  if (as === 'all') return { value: numbers }
  if (numbers.length === 0) return { missing: 'nothing was read that is a number' }
  switch (as) {
    case 'sum':
      return { value: numbers.reduce((a, b) => a + b, 0) }
    case 'least':
      return { value: numbers.reduce((a, b) => Math.min(a, b)) }
    case 'most':
      return { value: numbers.reduce((a, b) => Math.max(a, b)) }
    default:
      return { value: mean(numbers) }
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length
}
