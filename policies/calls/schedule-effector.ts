import { type PolicyKind, type Problem, canonicalJson } from '../../engine/index.js'
import { type Values, contradiction } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { type Timetable, after, byCalendar, byDate, dailyPattern } from '../schedule/timetable.js'
import { CALL_FIELDS, callerKind } from './call.js'
import { timedCaller } from './timed.js'

const NEVER = 'never'

const FIELDS = {
  ...CALL_FIELDS,
  cron: {
    kind: 'text',
    fallback: NEVER,
    about: 'When, by the calendar: minute, hour, day, month, weekday, such as "30 7 * * 1-5".',
  },
  at: {
    kind: 'text',
    fallback: NEVER,
    about: 'Or once: a date and time such as 2030-01-31T07:30:00Z, or the next 07:30.',
  },
  wait: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'Or once, so long after the start; 0: not so.',
  },
  zone: { kind: 'text', fallback: 'UTC', about: 'The time zone of it, such as Europe/Berlin.' },
  lateBy: {
    kind: 'duration',
    least: 0,
    fallback: 60_000,
    about: 'A time that was missed is made up for within this; later it is left out.',
  },
  start: {
    kind: 'text',
    fallback: NONE,
    about: 'A sensor that must be true before times count at all; none: they do from the beginning.',
  },
  enabled: { kind: 'text', fallback: NONE, about: 'A sensor that must be true at the time.' },
} as const

type Settings = Values<typeof FIELDS>

/** Calls an effector at times of the calendar, or once. */
export const scheduleEffector: PolicyKind = callerKind(
  {
    type: 'schedule-effector',
    description:
      'Calls an effector at times of the calendar of a time zone, or once at a date. A time at which the engine was not there is ' +
      'made up for if it is not long ago; while the call before goes on, one is left out.',
  },
  FIELDS,
  (subject, settings) => {
    const table = tableOf(settings)
    if (!('first' in table)) return [table]
    const { cron, at, wait, zone, start, lateBy } = settings
    return timedCaller(subject, settings, {
      table,
      plan: canonicalJson([cron, at, wait, zone, start]),
      lateBy,
    })
  },
)

function tableOf(settings: Settings): Timetable | Problem {
  const { cron, at, wait } = settings
  const waits = wait > 0 || at === 'now'
  const ways = [cron !== NEVER, at !== NEVER && !waits, waits]
  if (ways.filter((isMeant) => isMeant).length !== 1)
    return wrong('cron', 'it says nothing of "cron", "at" and "wait", or several', 'Write one of the three.')
  if (waits) return after(wait)
  return at === NEVER ? calendarOf(cron, settings) : onceAt(at, settings)
}

function onceAt(at: string, settings: Settings): Timetable | Problem {
  const date = at.includes('-') ? Date.parse(at) : NaN
  if (Number.isFinite(date)) return byDate(date)
  const daily = dailyPattern(at)
  if (daily === undefined) return wrong('at', `"${at}" is no time`, 'Write 07:30, or 2030-01-31T07:30:00Z.')
  const table = calendarOf(daily, settings)
  return 'first' in table ? { first: (now) => table.first(now), next: () => undefined } : table
}

function calendarOf(pattern: string, { zone }: Settings): Timetable | Problem {
  const tabled = byCalendar(pattern, zone)
  if ('table' in tabled) return tabled.table
  return wrong('cron', tabled.fault, 'Write "30 7 * * 1-5", and a zone such as UTC.')
}

function wrong(key: string, message: string, hint: string): Problem {
  return contradiction('schedule-effector', key, message, hint)
}
