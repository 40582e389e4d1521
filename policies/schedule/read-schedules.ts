import type { Json } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { type At, type Part, type Readings, decodeMap, inside, readEach, wrongAt } from '../config/nested.js'
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
export function readSchedules(at: At, given: Json): Readings<BoundsSchedule> {
  return readEach(at, given, 'cron: …', (place, one) => {
    const decoded = decodeMap(place, FIELDS, one)
    return 'values' in decoded ? scheduleOf(place, decoded.values) : decoded
  })
}

function scheduleOf(at: At, values: Values<typeof FIELDS>): Part<BoundsSchedule> {
  const { name, cron, zone, for: lasts } = values
  // Not given, where they have no fallback.
  const { min, max } = values as { readonly min?: number; readonly max?: number }
  const tabled = byCalendar(cron, zone)
  if ('fault' in tabled)
    return {
      problems: [wrongAt(inside(at, 'cron'), tabled.fault, 'Write "0 8 * * 1-5", and a zone such as UTC.')],
    }
  if (min === undefined && max === undefined)
    return { problems: [wrongAt(at, 'it changes no bounds', 'Write "min" or "max".')] }
  if (min !== undefined && max !== undefined && min > max)
    return {
      problems: [wrongAt(inside(at, 'min'), `"min" ${min} is above "max" ${max}`, 'Exchange the two.')],
    }
  return {
    one: {
      ...{ name, table: tabled.table, lasts },
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    },
  }
}
