import { type Json, type Problem, isJsonObject } from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import type { BoundsSchedule } from './bounds.js'
import { byCalendar } from './timetable.js'

const FIELDS = {
  name: { kind: 'text', fallback: 'of bounds', about: 'What it is called.' },
  cron: { kind: 'text', about: 'When it begins: minute, hour, day, month, weekday.' },
  zone: { kind: 'text', fallback: 'UTC', about: 'The time zone, such as Europe/Berlin.' },
  for: { kind: 'duration', least: 1_000, fallback: 3_600_000, about: 'How long it holds.' },
  min: { kind: 'integer', least: 1, inherited: true, about: 'The fewest members meanwhile.' },
  max: { kind: 'integer', least: 1, inherited: true, about: 'The most members meanwhile.' },
} as const

/** Schedules of bounds as they are written under `schedules`, and what is wrong with them. */
export function readSchedules(given: Json): {
  readonly schedules: readonly BoundsSchedule[]
  readonly problems: readonly Problem[]
} {
  if (given === null) return { schedules: [], problems: [] }
  if (!Array.isArray(given))
    return { schedules: [], problems: [wrong('', '"schedules" must be a list', 'Write "- cron: …".')] }
  const read = (given as readonly Json[]).map(readOne)
  return {
    schedules: read.flatMap((one) => ('schedule' in one ? [one.schedule] : [])),
    problems: read.flatMap((one) => ('problems' in one ? one.problems : [])),
  }
}

type Read = { readonly schedule: BoundsSchedule } | { readonly problems: readonly Problem[] }

function readOne(given: Json, at: number): Read {
  if (!isJsonObject(given))
    return { problems: [wrong(`/${at}`, 'it must be a map', `Keys are ${Object.keys(FIELDS).join(', ')}.`)] }
  const decoded = decodeConfig('autoscale', FIELDS, given)
  if ('values' in decoded) return scheduleOf(decoded.values, at)
  const under = (pointer = ''): string => `/schedules/${at}${pointer}`
  return { problems: decoded.problems.map((one) => ({ ...one, pointer: under(one.pointer) })) }
}

function scheduleOf(values: Values<typeof FIELDS>, at: number): Read {
  const { name, cron, zone, for: lasts } = values
  // Not given, where they have no fallback.
  const { min, max } = values as { readonly min?: number; readonly max?: number }
  const tabled = byCalendar(cron, zone)
  if ('fault' in tabled)
    return { problems: [wrong(`/${at}/cron`, tabled.fault, 'Write "0 8 * * 1-5", and a zone such as UTC.')] }
  if (min === undefined && max === undefined)
    return { problems: [wrong(`/${at}`, 'it changes no bounds', 'Write "min" or "max".')] }
  if (min !== undefined && max !== undefined && min > max)
    return { problems: [wrong(`/${at}/min`, `"min" ${min} is above "max" ${max}`, 'Exchange the two.')] }
  return {
    schedule: {
      ...{ name, table: tabled.table, lasts },
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    },
  }
}

function wrong(pointer: string, message: string, hint: string): Problem {
  return contradiction('autoscale', `schedules${pointer}`, message, hint)
}
