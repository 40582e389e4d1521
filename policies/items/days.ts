import { type Json, type Problem, isJsonObject } from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import { boundsAt } from '../schedule/bounds.js'
import { type Timetable, byCalendar } from '../schedule/timetable.js'

const FIELDS = {
  place: { kind: 'text', about: 'The place.' },
  cron: { kind: 'text', about: 'When its day begins: minute, hour, day, month, weekday.' },
  zone: { kind: 'text', fallback: 'UTC', about: 'The time zone, such as Europe/Berlin.' },
  for: { kind: 'duration', least: 1_000, fallback: 36_000_000, about: 'How long it lasts.' },
} as const

/** The day of a place. */
export interface Day {
  readonly place: string
  readonly table: Timetable
  readonly lasts: number
}

/** Which places are awake, and when that changes. */
export interface Awake {
  /** Whether it is day there; a place without a day is awake always. */
  readonly isAwake: (place: string) => boolean
  readonly changesAt?: number
}

/** Which places are awake at a time. */
export function awakeAt(days: readonly Day[], now: number): Awake {
  const known = days.map(({ place, table, lasts }) => {
    const schedule = { name: place, table, lasts, min: 1 }
    return { place, ...boundsAt({ min: 0, max: 1 }, [schedule], now) }
  })
  const changes = known.flatMap(({ changesAt }) => (changesAt === undefined ? [] : [changesAt]))
  return {
    isAwake: (place) => {
      const here = known.filter((one) => one.place === place)
      return here.length === 0 || here.some(({ min }) => min === 1)
    },
    ...(changes.length === 0 ? {} : { changesAt: Math.min(...changes) }),
  }
}

type Read = { readonly days: readonly Day[] } | { readonly problems: readonly Problem[] }

/** Days as they are written, or all that is wrong with them. */
export function readDays(type: string, given: Json): Read {
  if (given === null) return { days: [] }
  if (!Array.isArray(given)) return { problems: [wrong(type, '', '"days" must be a list')] }
  const read = (given as readonly Json[]).map((one, at) => readDay(type, one, at))
  const problems = read.flatMap((one) => ('problems' in one ? one.problems : []))
  return problems.length > 0 ? { problems } : { days: read.flatMap((one) => ('days' in one ? one.days : [])) }
}

function readDay(type: string, given: Json, at: number): Read {
  if (!isJsonObject(given)) return { problems: [wrong(type, `/${at}`, 'it must be a map')] }
  const decoded = decodeConfig(type, FIELDS, given)
  if ('values' in decoded) return dayOf(type, decoded.values, at)
  return { problems: decoded.problems.map((one) => ({ ...one, pointer: `/days/${at}${one.pointer ?? ''}` })) }
}

function dayOf(type: string, { place, cron, zone, for: lasts }: Values<typeof FIELDS>, at: number): Read {
  const tabled = byCalendar(cron, zone)
  if ('fault' in tabled) return { problems: [wrong(type, `/${at}/cron`, tabled.fault)] }
  return { days: [{ place, table: tabled.table, lasts }] }
}

function wrong(type: string, pointer: string, message: string): Problem {
  const hint = 'Write "- { place: europe, cron: 0 8 * * *, zone: Europe/Berlin, for: 10h }".'
  return contradiction(type, `days${pointer}`, message, hint)
}
