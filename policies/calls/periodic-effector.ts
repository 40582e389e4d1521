import { type PolicyKind, type Problem, canonicalJson } from '../../engine/index.js'
import { type Values, contradiction } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { type Timetable, after, byCalendar, byPeriod, dailyPattern } from '../schedule/timetable.js'
import { CALL_FIELDS, callerKind } from './call.js'
import { timedCaller } from './timed.js'

const AT_ONCE = 'now'

const FIELDS = {
  ...CALL_FIELDS,
  period: { kind: 'duration', least: 1_000, fallback: 3_600_000, about: 'From one call to the next.' },
  time: {
    kind: 'text',
    fallback: AT_ONCE,
    about: 'When the first is: now, or the next time of a day such as 07:30.',
  },
  wait: { kind: 'duration', least: 0, fallback: 0, about: 'So long is waited before the first.' },
  zone: { kind: 'text', fallback: 'UTC', about: 'The time zone of that, such as Europe/Berlin.' },
  start: {
    kind: 'text',
    fallback: 'service.isUp',
    about: 'A sensor that must be true before the first; none: it is at once.',
  },
  enabled: { kind: 'text', fallback: NONE, about: 'A sensor that must be true at the time.' },
} as const

/** Calls an effector again and again. */
export const periodicEffector: PolicyKind = callerKind(
  {
    type: 'periodic-effector',
    description:
      'Calls an effector each so often, beginning when its entity is up first. While the call before goes on, one is left out.',
  },
  FIELDS,
  (subject, settings) => {
    const table = tableOf(settings)
    if (!('first' in table)) return [table]
    const { period, time, wait, zone, start } = settings
    const plan = canonicalJson([period, time, wait, zone, start])
    return timedCaller(subject, settings, { table, plan, lateBy: period })
  },
)

function tableOf({ period, time, wait, zone }: Values<typeof FIELDS>): Timetable | Problem {
  if (time === AT_ONCE || time === 'immediately') return byPeriod(period, after(wait))
  const pattern = dailyPattern(time)
  const tabled =
    pattern === undefined ? { fault: `"${time}" is no time of a day` } : byCalendar(pattern, zone)
  if ('table' in tabled) return byPeriod(period, tabled.table)
  return contradiction('periodic-effector', 'time', tabled.fault, 'Write 07:30, and a zone such as UTC.')
}
