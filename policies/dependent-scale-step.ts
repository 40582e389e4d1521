import type { Intent, JsonObject, Reading, Turn } from '../engine/index.js'
import { numberIn } from './enrichers/enricher.js'
import { LAYOUT, type MemberBook, conditionIn, withMember, withoutMember } from './members.js'
import type { StepAtOnce } from './operators/fold.js'
import {
  EMPTY_WINDOW,
  type SlidingMinimum,
  leastInWindow,
  nextChangeOfWindow,
  noteInWindow,
  wakeAmong,
} from './operators/window.js'

/** How a number follows another. Times in milliseconds. */
export interface FollowSettings {
  /** Path of the role that follows. */
  readonly path: string
  /** Path of the entity that leads, and the sensor of it that is the number. */
  readonly leader: string
  readonly sensor: string
  readonly ratio: number
  readonly offset: number
  readonly unit: number
  readonly round: string
  readonly scaleOutAfter: number
  readonly scaleInAfter: number
  readonly min: number
  readonly max: number
}

/** What it remembers. */
export interface FollowMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  /** The number that leads; null while it is not known. */
  readonly led: number | null
  /** The members that there are, by path. */
  readonly own: MemberBook<JsonObject>
  /** What was due lately, and the negative of that: the least of the one is asked for outwards, of the other inwards. */
  readonly out: SlidingMinimum
  readonly in: SlidingMinimum
  /** The number that was asked for last and is not there yet, and when. */
  readonly asked: { readonly count: number; readonly at: number } | null
}

/** Nothing is known. */
export const UNLED: FollowMemory = {
  layout: LAYOUT,
  led: null,
  own: {},
  out: EMPTY_WINDOW,
  in: EMPTY_WINDOW,
  asked: null,
}

/** What is asked for and not there is asked for again after this many milliseconds. */
const ASK_AGAIN = 30_000

/** How many there should be for a number that leads, whatever there is. */
export function dueCount(settings: FollowSettings, led: number): number {
  const { ratio, offset, unit, round, min, max } = settings
  // What floating point adds beyond the ninth digit is no part of a unit.
  const units = Number(((led * ratio) / unit).toFixed(9))
  const whole = ROUNDS[round]?.(units) ?? Math.ceil(units)
  return Math.max(min, Math.min(max, whole * unit + offset))
}

const ROUNDS: { readonly [round: string]: (units: number) => number } = {
  up: Math.ceil,
  down: Math.floor,
  nearest: Math.round,
}

/** Takes all in that is told at once, and asks for another number where one has been due for long enough. */
export function followSteps(settings: FollowSettings): StepAtOnce<FollowMemory> {
  return {
    note: (memory, readings) => ({
      memory: readings.reduce((known, reading) => noted(settings, known, reading), memory),
      intents: [],
    }),
    decide: (memory, now) => decided(settings, memory, now),
  }
}

function noted({ leader, sensor }: FollowSettings, memory: FollowMemory, reading: Reading): FollowMemory {
  const { entity, kind, value } = reading
  if (kind === 'sensor')
    return entity === leader && reading.sensor === sensor ? { ...memory, led: amountIn(value) } : memory
  const condition = conditionIn(reading)
  if (condition === undefined) return memory
  const isThere = condition.state !== 'gone' && condition.state !== 'stopping'
  return { ...memory, own: isThere ? withMember(memory.own, entity, {}) : withoutMember(memory.own, entity) }
}

const LARGEST = 1e9

/** A number of something: what is negative, or beyond all measure, is none. */
function amountIn(value: Reading['value']): number | null {
  const number = numberIn(value)
  return number === undefined || number < 0 || number > LARGEST ? null : number
}

function decided(settings: FollowSettings, memory: FollowMemory, now: number): Turn<FollowMemory> {
  const { led } = memory
  if (led === null) {
    const reason = `${settings.sensor} of ${shown(settings.leader)} is not known`
    const hold: Intent = { kind: 'hold', rule: 'unknown', reason }
    return { memory: { ...memory, out: EMPTY_WINDOW, in: EMPTY_WINDOW, asked: null }, intents: [hold] }
  }
  const own = Object.keys(memory.own).length
  const due = dueCount(settings, led)
  const { scaleOutAfter, scaleInAfter } = settings
  const windows = {
    out: noteInWindow(memory.out, due, now, scaleOutAfter),
    in: noteInWindow(memory.in, 0 - due, now, scaleInAfter),
  }
  const noticed = { ...memory, ...windows }
  const count = wanted(settings, noticed, own, now)
  const changes = [
    nextChangeOfWindow(windows.out, now, scaleOutAfter),
    nextChangeOfWindow(windows.in, now, scaleInAfter),
  ]
  if (count === own) {
    const waits = due === own ? [] : changes
    return { memory: { ...noticed, asked: null }, intents: [], ...wakeAmong(waits, now) }
  }
  return asked(settings, noticed, { count, led, now, changes })
}

/** The number that has been due for long enough; its own while none has. */
function wanted(
  { scaleOutAfter, scaleInAfter }: FollowSettings,
  { out, in: inwards }: FollowMemory,
  own: number,
  now: number,
): number {
  const least = leastInWindow(out, now, scaleOutAfter)
  if (least !== undefined && least > own) return least
  const most = leastInWindow(inwards, now, scaleInAfter)
  return most !== undefined && 0 - most < own ? 0 - most : own
}

function asked(
  { path, leader, sensor, ratio }: FollowSettings,
  memory: FollowMemory,
  {
    count,
    led,
    now,
    changes,
  }: {
    readonly count: number
    readonly led: number
    readonly now: number
    readonly changes: readonly (number | undefined)[]
  },
): Turn<FollowMemory> {
  const before = memory.asked
  if (before?.count === count && now < before.at + ASK_AGAIN)
    return { memory, intents: [], ...wakeAmong([before.at + ASK_AGAIN, ...changes], now) }
  const reason = `${sensor} of ${shown(leader)} is ${led}, and there are ${ratio} for each`
  const intent: Intent = { kind: 'scale', entity: path, count, reason }
  return {
    memory: { ...memory, asked: { count, at: now } },
    intents: [intent],
    ...wakeAmong([now + ASK_AGAIN, ...changes], now),
  }
}

function shown(path: string): string {
  return path === '' ? 'the application' : path
}
