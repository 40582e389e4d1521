import type { Json, JsonObject, PolicySubject, Problem } from '../../engine/index.js'
import { type Values, decodeConfig } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { type At, type Part, inside, wrongAt } from '../config/nested.js'
import { readSchedules } from '../schedule/read-schedules.js'
import { FIELDS } from './fields.js'
import { readActivity } from './read-activity.js'
import { readForecast } from './read-forecast.js'
import { mustHaveBand, readMetrics } from './read-metrics.js'
import { readRates } from './read-rates.js'
import type { AutoscaleSettings, Rates } from './settings.js'

const HERE: At = { type: 'autoscale', pointer: '' }

/** The settings of an autoscaler at a role, or all that is wrong with them. */
export function readSettings(
  subject: PolicySubject,
  bounds: { readonly min: number; readonly max: number },
  config: JsonObject,
): { readonly settings: AutoscaleSettings } | { readonly problems: readonly Problem[] } {
  const decoded = decodeConfig('autoscale', fieldsFor(bounds, config), config)
  if ('problems' in decoded) return decoded
  const { values } = decoded
  const { metrics, readings, problems } = readMetrics(HERE, config, values)
  const schedules = readSchedules(inside(HERE, 'schedules'), values.schedules)
  const ratesOut = readRates(inside(HERE, 'ratesOut'), values.ratesOut)
  const ratesIn = readRates(inside(HERE, 'ratesIn'), values.ratesIn)
  const activity = optional('activity', values.activity, readActivity)
  const forecast = optional('forecast', values.forecast, readForecast)
  const parts = [schedules, ratesOut, ratesIn, activity, forecast]
  const all = [
    ...parts.flatMap((part) => ('problems' in part ? part.problems : [])),
    ...problems,
    ...contradictions(values, bounds),
  ]
  if (all.length > 0) return { problems: all }
  const settings: AutoscaleSettings = {
    ...plain(values),
    role: subject.path,
    initial: subject.initial ?? bounds.min,
    ...{ metrics, readings, schedules: schedules.read },
    ratesOut: { policies: ratesOut.read, select: values.selectOut as Rates['select'] },
    ratesIn: { policies: ratesIn.read, select: values.selectIn as Rates['select'] },
    ...('one' in activity && activity.one !== undefined ? { activity: activity.one } : {}),
    ...('one' in forecast && forecast.one !== undefined ? { forecast: forecast.one } : {}),
  }
  return { settings }
}

function fieldsFor(
  { min, max }: { readonly min: number; readonly max: number },
  config: JsonObject,
): typeof FIELDS {
  const band = mustHaveBand(config) ? { inherited: false } : { fallback: 0 }
  // Fallbacks that are the role's own are of no type of theirs.
  return {
    ...FIELDS,
    lower: { ...FIELDS.lower, ...band },
    upper: { ...FIELDS.upper, ...band },
    min: { ...FIELDS.min, fallback: min },
    max: { ...FIELDS.max, fallback: max },
    highWaterMark: { ...FIELDS.highWaterMark, fallback: max },
    mostOut: { ...FIELDS.mostOut, fallback: Number.MAX_SAFE_INTEGER },
    mostIn: { ...FIELDS.mostIn, fallback: Number.MAX_SAFE_INTEGER },
  } as typeof FIELDS
}

/** What stands under a key that may be left out. */
function optional<One>(
  key: string,
  given: Json,
  read: (at: At, given: Json) => Part<One>,
): Part<One | undefined> {
  return given === null ? { one: undefined } : read(inside(HERE, key), given)
}

type PlainSettings = Pick<
  AutoscaleSettings,
  | (
      | 'min'
      | 'max'
      | 'scaleOutAfter'
      | 'scaleInAfter'
      | 'stepOut'
      | 'stepIn'
      | 'mostOut'
      | 'mostIn'
      | 'cooldown'
    )
  | ('warmUp' | 'pause' | 'missing' | 'fallback' | 'fallbackAfter' | 'noRoomAfter' | 'noRoomRest' | 'excess')
  | 'excessAfter'
>

function plain(values: Values<typeof FIELDS>): PlainSettings {
  const { min, max, scaleOutAfter, scaleInAfter, stepOut, stepIn, mostOut, mostIn, cooldown } = values
  const { warmUp, pause, missing, fallback, fallbackAfter, noRoomAfter, noRoomRest } = values
  const { excess, excessAfter, highWaterMark } = values
  return {
    ...{
      min,
      max: Math.max(min, Math.min(max, highWaterMark)),
      scaleOutAfter,
      scaleInAfter,
      stepOut,
      stepIn,
      mostOut,
      mostIn,
      cooldown,
    },
    ...{ warmUp, pause: pause as PlainSettings['pause'], missing, fallback, fallbackAfter },
    ...{ noRoomAfter, noRoomRest, excessAfter, ...(excess === NONE ? {} : { excess }) },
  }
}

function contradictions(
  { min, max, activity }: Values<typeof FIELDS>,
  role: { readonly min: number; readonly max: number },
): readonly Problem[] {
  const say = (wrong: boolean, key: string, message: string, hint: string): readonly Problem[] =>
    wrong ? [wrongAt(inside(HERE, key), message, hint)] : []
  return [
    ...say(min > max, 'min', `"min" ${min} is above "max" ${max}`, 'Exchange the two.'),
    ...say(
      min < role.min,
      'min',
      `"min" ${min} is below the role's own ${role.min}`,
      `Write at least ${role.min}, or leave it out.`,
    ),
    ...say(
      max > role.max,
      'max',
      `"max" ${max} is above the role's own ${role.max}`,
      `Write at most ${role.max}, or leave it out.`,
    ),
    ...say(
      activity !== null && role.min > 0,
      'activity',
      `nobody may be left of a role that has at least ${role.min}`,
      'Give the role a least number of 0.',
    ),
  ]
}
