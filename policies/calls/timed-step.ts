import {
  type CallIntent,
  type Intent,
  type Json,
  type JsonObject,
  type Reading,
  type Turn,
  isTruthy,
} from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { NONE } from '../config/field.js'
import { wakeAmong } from '../operators/window.js'
import type { Timetable } from '../schedule/timetable.js'
import { LAYOUT, callOf } from './call.js'

/** How a policy that calls at times is set. */
export interface TimedSettings {
  readonly call: Omit<CallIntent, 'kind' | 'key' | 'reason'>
  readonly table: Timetable
  /** What the table was made from; with another plan it is looked at anew. */
  readonly plan: string
  /** Milliseconds for which a time that was missed is made up for. */
  readonly lateBy: number
  /** Path of its own entity, and the sensors of it that must be truthy: for the first time, and each time. */
  readonly path: string
  readonly start: string
  readonly enabled: string
}

/** What it remembers. */
export interface TimedMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  /** The plan whose first time was looked up; null before that. */
  readonly plan: string | null
  /** When it is due; null where it never is (again). */
  readonly next: number | null
  /** The sensors that it goes by, as they were told. */
  readonly known: { readonly [sensor: string]: Json }
}

/** Nothing has begun. */
export const IDLE: TimedMemory = { layout: LAYOUT, plan: null, next: null, known: {} }

/** Calls when a time has come. One that was missed, or at which it may not, is left out. */
export function stepTimed(
  settings: TimedSettings,
  memory: TimedMemory,
  reading: Reading,
  now: number,
): Turn<TimedMemory> {
  const begun = begin(settings, noted(settings, memory, reading), now)
  const { next } = begun
  if (next === null || next > now) return { memory: begun, intents: [], ...wakeAmong([next], now) }
  const after = { ...begun, next: settings.table.next(next, now) ?? null }
  return { memory: after, intents: [due(settings, begun, next, now)], ...wakeAmong([after.next], now) }
}

function noted({ path, start, enabled }: TimedSettings, memory: TimedMemory, reading: Reading): TimedMemory {
  const { kind, entity, sensor, value } = reading
  if (kind !== 'sensor' || entity !== path || (sensor !== start && sensor !== enabled)) return memory
  return { ...memory, known: { ...memory.known, [sensor]: isTruthy(value) } }
}

/** A time of another plan is due no more. */
function begin({ table, plan, start }: TimedSettings, memory: TimedMemory, now: number): TimedMemory {
  if (memory.plan === plan) return memory
  if (!holds(memory, start)) return { ...memory, plan: null, next: null }
  return { ...memory, plan, next: table.first(now) ?? null }
}

function holds({ known }: TimedMemory, sensor: string): boolean {
  return sensor === NONE || (Object.hasOwn(known, sensor) && known[sensor] === true)
}

function due(settings: TimedSettings, memory: TimedMemory, at: number, now: number): Intent {
  const { call, enabled, lateBy } = settings
  const late = now - at
  const time = new Date(at).toISOString()
  if (late > lateBy) {
    const reason = `${call.effector} was due at ${time}, ${formatDuration(late)} ago`
    return { kind: 'hold', rule: 'missed', reason }
  }
  if (!holds(memory, enabled))
    return {
      kind: 'hold',
      rule: 'not-enabled',
      reason: `${enabled} is not true; ${call.effector} was due at ${time}`,
    }
  return callOf({ ...call, key: String(at), reason: `due at ${time}` })
}
