import {
  type Json,
  type MemberCondition,
  type Reading,
  canonicalJson,
  isJsonObject,
  isTruthy,
} from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { conditionIn } from '../members.js'
import type { RuleExpression } from '../rules/expression.js'

/** By what it is seen whether an entity fails. Times in milliseconds. */
export interface ObservedSettings {
  /** Path of the entity. */
  readonly path: string
  /** The sensor that says so; undefined: how the entity itself stands does. */
  readonly sensor: string | undefined
  /** About the "value" of the sensor; undefined: what was reached, or is truthy, is well. */
  readonly condition: RuleExpression | undefined
  /** It fails when the sensor is not told within so long; 0: it may be silent. */
  readonly within: number
}

/** What is seen of an entity. */
export interface Observed {
  readonly bearing: 'well' | 'failing' | 'neither'
  /** Since when without a break, and why. */
  readonly since: number
  readonly reason: string
  /** Whether it is not expected to do its work: it begins, ends or rests. */
  readonly rests: boolean
  /** When the sensor was told last; null before that, and where it does not count. */
  readonly heardAt: number | null
}

/** Nothing was seen. */
export const UNOBSERVED: Observed = { bearing: 'neither', since: 0, reason: '', rests: false, heardAt: null }

/** What is seen with a reading more, or as time passes. */
export function observe(
  settings: ObservedSettings,
  known: Observed,
  reading: Reading,
  now: number,
): Observed {
  const condition = conditionIn(reading)
  if (settings.sensor === undefined)
    return condition === undefined ? known : byCondition(known, condition, reading.at)
  if (condition !== undefined) return reading.entity === settings.path ? rested(known, condition, now) : known
  const heard = isHeard(settings, reading) ? byValue(settings, known, reading, now) : known
  return silent(settings, heard, now)
}

/** When silence begins to be a failure; undefined where it never does, or has begun. */
export function silenceAt({ within }: ObservedSettings, { heardAt, rests }: Observed): number | undefined {
  return within === 0 || heardAt === null || rests ? undefined : heardAt + within
}

function byCondition(known: Observed, { state, up, reason }: MemberCondition, at: number): Observed {
  const bearing = state === 'failed' ? 'failing' : state !== 'running' ? 'neither' : up ? 'well' : 'failing'
  return turned(known, bearing, reason, at)
}

/** Nothing is made of what a sensor says while its entity is not expected to do its work. */
function rested(known: Observed, { state }: MemberCondition, now: number): Observed {
  const rests = state !== 'running' && state !== 'failed'
  if (rests === known.rests) return known
  if (rests) return { ...turned(known, 'neither', '', now), rests }
  return { ...known, rests, heardAt: known.heardAt === null ? null : now }
}

function isHeard({ path, sensor }: ObservedSettings, reading: Reading): boolean {
  return reading.kind === 'sensor' && reading.entity === path && reading.sensor === sensor
}

function byValue(settings: ObservedSettings, known: Observed, { value, at }: Reading, now: number): Observed {
  const heard = { ...known, heardAt: settings.within === 0 ? null : now }
  if (known.rests) return heard
  if (value === null) return turned(heard, 'neither', '', at)
  const { bearing, reason } = judged(settings, value)
  return turned(heard, bearing, reason, at)
}

function judged(
  { condition, sensor = '' }: ObservedSettings,
  value: Json,
): Pick<Observed, 'bearing' | 'reason'> {
  const verdict = condition === undefined ? { value: wasReached(value) } : condition.evaluate({ value })
  if ('fault' in verdict) return { bearing: 'neither', reason: verdict.fault }
  if (verdict.value === true) return { bearing: 'well', reason: '' }
  return { bearing: 'failing', reason: whyOf(sensor, value) }
}

function silent(settings: ObservedSettings, known: Observed, now: number): Observed {
  const at = silenceAt(settings, known)
  if (at === undefined || at > now) return known
  const reason = `nothing was told of ${settings.sensor ?? ''} for ${formatDuration(settings.within)}`
  return { ...turned(known, 'failing', reason, at), heardAt: null }
}

/** A reason that is not told leaves the one that is known. */
function turned(known: Observed, bearing: Observed['bearing'], reason: string, at: number): Observed {
  const isSame = bearing === known.bearing
  return {
    ...known,
    bearing,
    since: isSame ? known.since : at,
    reason: isSame && reason === '' ? known.reason : reason,
  }
}

function wasReached(value: Json): boolean {
  return isJsonObject(value) && Object.hasOwn(value, 'reached') ? value['reached'] === true : isTruthy(value)
}

function whyOf(sensor: string, value: Json): string {
  const said = isJsonObject(value) && Object.hasOwn(value, 'reason') ? value['reason'] : undefined
  return typeof said === 'string' ? said : `${sensor} is ${canonicalJson(value).slice(0, 80)}`
}
