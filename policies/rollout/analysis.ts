import type { Json, JsonObject } from '../../engine/index.js'
import { type Samples, sharedValue } from '../rules/readings.js'
import { type Analysis, BEFORE, type Check } from './analysis-settings.js'

/** What a check has found since it was last begun anew. */
export interface Tally extends JsonObject {
  readonly passed: number
  readonly failed: number
  /** Looks in a row that told nothing. */
  readonly unknown: number
  /** Why it last did not hold, or told nothing. */
  readonly reason: string
}

/** Whom an analysis is about. */
export interface Analysed {
  readonly samples: { readonly [name: string]: Samples }
  /** Paths of those that are up, of the new version and of what was before. */
  readonly updated: readonly string[]
  readonly others: readonly string[]
}

/** The tallies with one more look at every check. One that compares with what was before rests where nobody has that any more. */
export function look(
  { checks, readings }: Analysis,
  tallies: { readonly [name: string]: Tally },
  about: Analysed,
  now: number,
): { readonly [name: string]: Tally } {
  const looked = checks.map((check) => {
    const tally = tallies[check.name] ?? UNTOLD
    const isMoot = about.others.length === 0 && [...check.holds.names].some((name) => name.endsWith(BEFORE))
    if (isMoot) return [check.name, { ...tally, passed: tally.passed + 1 }] as const
    return [check.name, withFound(tally, check, valuesFor(check, readings, about, now))] as const
  })
  return Object.fromEntries(looked)
}

function withFound(tally: Tally, { holds }: Check, known: Known): Tally {
  const found = 'missing' in known ? { fault: known.missing } : holds.evaluate(known.values)
  if ('fault' in found) return { ...tally, unknown: tally.unknown + 1, reason: found.fault }
  if (found.value === true) return { ...tally, passed: tally.passed + 1, unknown: 0 }
  return {
    ...tally,
    failed: tally.failed + 1,
    unknown: 0,
    reason: `${holds.text} does not hold${shown(known)}`,
  }
}

/** Which check has failed too often, or told nothing for too long, and why; undefined while none has. */
export function verdictOf(
  { checks, failures, inconclusive }: Analysis,
  tallies: { readonly [name: string]: Tally },
): { readonly kind: 'failed' | 'inconclusive'; readonly reason: string } | undefined {
  const known = checks.map(({ name }) => ({ name, ...(tallies[name] ?? UNTOLD) }))
  const failed = known.find((tally) => tally.failed >= failures)
  if (failed !== undefined) return { kind: 'failed', reason: `${failed.name}: ${failed.reason}` }
  const unknown = known.find((tally) => tally.unknown >= inconclusive)
  if (unknown === undefined) return undefined
  return {
    kind: 'inconclusive',
    reason: `${unknown.name}: ${unknown.unknown} looks tell nothing: ${unknown.reason}`,
  }
}

/** Checks that have not held yet since members were last admitted. */
export function openChecks(
  { checks }: Analysis,
  tallies: { readonly [name: string]: Tally },
): readonly string[] {
  return checks.map(({ name }) => name).filter((name) => (tallies[name]?.passed ?? 0) === 0)
}

const UNTOLD: Tally = { passed: 0, failed: 0, unknown: 0, reason: '' }

type Known = { readonly values: JsonObject } | { readonly missing: string }

function valuesFor(
  { holds }: Check,
  readings: Analysis['readings'],
  { samples, updated, others }: Analysed,
  now: number,
): Known {
  const values: { [name: string]: Json } = {
    updated: updated.length,
    members: updated.length + others.length,
  }
  for (const name of holds.names) {
    const isBefore = name.endsWith(BEFORE)
    const reading = isBefore ? name.slice(0, -BEFORE.length) : name
    const spec = readings[reading]
    if (spec === undefined) continue
    const expected = isBefore ? others : updated
    const known = sharedValue(among(samples[reading] ?? {}, expected), spec, { expected, now })
    if ('missing' in known) return { missing: `${name}: ${known.missing}` }
    values[name] = known.value
  }
  return { values }
}

function among(samples: Samples, paths: readonly string[]): Samples {
  return Object.fromEntries(
    paths.flatMap((path) => (samples[path] === undefined ? [] : [[path, samples[path]]])),
  )
}

function shown(known: Known): string {
  if ('missing' in known) return ''
  const told = Object.entries(known.values).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return ` (${told.join(', ')})`
}
