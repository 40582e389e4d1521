import { type Json, type JsonObject, type Reading, required } from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { CLOCK_SKEW, type MemberBook, MemberDraft, conditionIn } from '../members.js'

/** What is known of one member: it counts as soon as it is there, and is asked for its load while it is up. */
interface Seen extends JsonObject {
  readonly incarnation: number
  readonly up: boolean
  /** Its last trusted reading; null before the first of this incarnation. */
  readonly value: number | null
  /** When that was true. */
  readonly at: number
}

/** The members of a role with their last readings, by path. */
export type Pool = MemberBook<Seen>

/**
 * What another entity says that the average is. It is so much for each of those that were up then: one that comes later does
 * not bring as much load with it.
 */
export interface Average extends JsonObject {
  readonly value: number
  readonly members: number
  /** When that was true. */
  readonly at: number
}

/** No members known. */
export const emptyPool: Pool = {}

/** Why nothing can be decided. */
export interface Doubt {
  readonly rule: string
  readonly reason: string
}

/** What is known of loads. */
export interface Loads {
  readonly pool: Pool
  readonly average?: Average
}

/** The pool after readings; one that is not to be believed changes nothing and is said. */
export interface Noted {
  readonly pool: Pool
  readonly doubts: readonly Doubt[]
}

/** The pool at one time. */
export interface Survey {
  /** Members that are there, up or not; those on their way out do not count. */
  readonly present: number
  readonly ready: number
  /** Sum of the readings of ready members, or the average that was told times those that were. */
  readonly total: number
  readonly average: number
  /** When the oldest reading that counts was true; undefined when nothing is ready. */
  readonly oldest?: number
  /** Why the total is not to be trusted. */
  readonly doubt?: Doubt
}

/** Beyond this a load is a broken sensor. */
const LARGEST_LOAD = 1e12

/** Takes readings in of which some tell the average itself, the others of members. */
export function noteTold(loads: Loads, readings: readonly Reading[], now: number): Loads & Noted {
  let noted: Loads & Noted = { ...loads, doubts: [] }
  for (const reading of readings) {
    const { doubt, ...told } = noteAverage(noted, reading, now) ?? {
      pool: noteReadings(noted.pool, [reading], now).pool,
    }
    noted = { ...noted, ...told, doubts: doubt === undefined ? noted.doubts : [...noted.doubts, doubt] }
  }
  return noted
}

/**
 * Takes a reading of the average itself in; undefined for one that tells nothing of it. Where nobody is up it is of nobody.
 */
function noteAverage(
  { pool, average }: Loads,
  { kind, value, at, sensor, entity }: Reading,
  now: number,
): { readonly average?: Average; readonly doubt?: Doubt } | undefined {
  if (kind !== 'sensor' || value === null) return undefined
  const wrong = distrust(value, at, now)
  if (wrong !== undefined) return { doubt: untrusted(sensor, entity, wrong) }
  const members = readyIn(pool)
  if (members === 0 || (average !== undefined && at < average.at)) return {}
  return { average: { value: value as number, members, at: Math.min(at, now) } }
}

function readyIn(pool: Pool): number {
  return Object.values(pool).filter((seen) => seen.up).length
}

function untrusted(sensor: string, entity: string, wrong: string): Doubt {
  return { rule: 'untrusted-reading', reason: `${sensor} of ${entity} is not to be believed: ${wrong}` }
}

/** Takes readings into the pool. */
export function noteReadings(pool: Pool, readings: readonly Reading[], now: number): Noted {
  const draft = new MemberDraft(pool)
  const doubts = readings.flatMap((reading) => noteReading(draft, reading, now) ?? [])
  return { pool: draft.book, doubts }
}

function noteReading(pool: MemberDraft<Seen>, reading: Reading, now: number): Doubt | undefined {
  const { kind, value, at, entity } = reading
  if (kind === 'member') noteCondition(pool, reading)
  const known = kind === 'sensor' ? pool.get(entity) : undefined
  if (known === undefined) return undefined
  const wrong = distrust(value, at, now)
  if (wrong !== undefined) return untrusted(reading.sensor, entity, wrong)
  if (known.value !== null && at < known.at) return undefined
  const { incarnation, up } = known
  pool.put(entity, { incarnation, up, value: value as number, at: Math.min(at, now) })
  return undefined
}

/** How much has to be known of a pool. */
export interface Trust {
  /** An older reading counts for nothing. Milliseconds. */
  readonly staleAfter: number
  /** The share of the ready members that must have told their load lately; the others are taken to be like those. @default 1 */
  readonly coverage?: number
}

/** Adds up what is known. Enough of the ready members must have told their load lately, or there is doubt. */
export function surveyOf(pool: Pool, now: number, { staleAfter, coverage = 1 }: Trust): Survey {
  const members = Object.entries(pool)
  const ready = members.filter(([, seen]) => seen.up)
  const known = ready.filter(([, seen]) => seen.value !== null && now - seen.at <= staleAfter)
  const sum = known.reduce((total, [, seen]) => total + (seen.value ?? 0), 0)
  const isEnough = known.length > 0 && known.length >= coverage * ready.length
  const total = isEnough ? (sum * ready.length) / known.length : sum
  const counted = { present: members.length, ready: ready.length, total, average: total / ready.length }
  if (isEnough) return { ...counted, oldest: oldestAmong(known, ready.length, coverage) }
  return { ...counted, doubt: doubtAbout(ready, now, staleAfter) }
}

/** When the reading was told with which enough is known: as soon as it is stale, there is doubt. */
function oldestAmong(known: readonly (readonly [string, Seen])[], ready: number, coverage: number): number {
  const times = known.map(([, { at }]) => at).sort((a, b) => b - a)
  return times[Math.max(1, Math.ceil(coverage * ready)) - 1] ?? Infinity
}

function doubtAbout(ready: readonly (readonly [string, Seen])[], now: number, staleAfter: number): Doubt {
  if (ready.length === 0)
    return { rule: 'no-ready-members', reason: 'no member is up, so there is no load to go by' }
  const missing = ready.find(([, seen]) => seen.value === null)
  if (missing !== undefined) return { rule: 'missing-reading', reason: `no reading of ${missing[0]} yet` }
  const [path, { at }] = required(
    ready.find(([, seen]) => now - seen.at > staleAfter),
    'a stale reading',
  )
  return { rule: 'stale-reading', reason: `the last reading of ${path} is ${formatDuration(now - at)} old` }
}

/** The pool by an average that was told; nothing is known by one that is stale. */
export function surveyByAverage(
  { pool, average }: Loads,
  now: number,
  { sensor, staleAfter }: { readonly sensor: string; readonly staleAfter: number },
): Survey {
  const counted = { present: Object.keys(pool).length, ready: readyIn(pool) }
  const unknown = { ...counted, total: 0, average: 0 }
  if (average === undefined)
    return { ...unknown, doubt: { rule: 'missing-reading', reason: `no reading of ${sensor} yet` } }
  const { value, members, at } = average
  if (now - at <= staleAfter) return { ...counted, total: value * members, average: value, oldest: at }
  const age = formatDuration(now - at)
  return {
    ...unknown,
    doubt: { rule: 'stale-reading', reason: `the last reading of ${sensor} is ${age} old` },
  }
}

function noteCondition(pool: MemberDraft<Seen>, reading: Reading): void {
  const condition = conditionIn(reading)
  if (condition === undefined) return
  if (condition.state === 'gone' || condition.state === 'stopping') {
    pool.remove(reading.entity)
    return
  }
  const known = pool.get(reading.entity)
  const { incarnation, up } = condition
  const same = known?.incarnation === incarnation
  pool.put(reading.entity, same ? { ...known, up } : { incarnation, up, value: null, at: reading.at })
}

/** Whether a number may be a load. */
export function isBelievable(value: number): boolean {
  return value >= 0 && value <= LARGEST_LOAD
}

function distrust(value: Json, at: number, now: number): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'it is not a number'
  if (value < 0) return `${value} is below 0`
  if (value > LARGEST_LOAD) return `${value} is beyond ${LARGEST_LOAD}`
  if (!Number.isFinite(at) || at > now + CLOCK_SKEW) return 'its time has not come yet'
  return undefined
}
