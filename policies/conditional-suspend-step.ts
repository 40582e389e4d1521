import {
  type Intent,
  type Json,
  type JsonObject,
  type Reading,
  type Turn,
  canonicalJson,
  isTruthy,
} from '../engine/index.js'
import { LAYOUT } from './members.js'
import type { StepAtOnce } from './operators/fold.js'
import type { RuleExpression } from './rules/expression.js'

/** When which policies rest. */
export interface SuspendSettings {
  /** Path of the entity whose sensors it goes by. */
  readonly path: string
  readonly sensor: string
  /** The sensor that ends it; undefined: it lasts while the first is true. */
  readonly until: string | undefined
  /** About "value"; undefined: the value must be truthy. */
  readonly condition: RuleExpression | undefined
  /** Path of the entity whose policies they are. */
  readonly entity: string
  readonly policies: readonly string[]
}

/** What it remembers. */
export interface SuspendMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  /** Whether they are to rest; null while nobody has said. */
  readonly on: boolean | null
  /** What was asked for last. */
  readonly asked: boolean | null
  readonly reason: string
  /** What the sensors told last, so that the same told again is no event. */
  readonly told: JsonObject
}

/** Nothing is known. */
export const SUSPENDS_NOTHING: SuspendMemory = {
  layout: LAYOUT,
  on: null,
  asked: null,
  reason: '',
  told: {},
}

/** Takes all in that is told at once, and asks where that changes whether they are to rest. */
export function stepsOf(settings: SuspendSettings): StepAtOnce<SuspendMemory> {
  return {
    note: (memory, readings) => notedAll(settings, memory, readings),
    decide: (memory) => {
      const { on, asked, reason } = memory
      if (on === null || on === asked) return { memory, intents: [] }
      const { entity, policies } = settings
      const asks = policies.map((policy): Intent => ({ kind: 'suspend', entity, policy, on, reason }))
      return { memory: { ...memory, asked: on }, intents: asks }
    },
  }
}

function notedAll(
  settings: SuspendSettings,
  memory: SuspendMemory,
  readings: readonly Reading[],
): Turn<SuspendMemory> {
  let last = memory
  const intents: Intent[] = []
  for (const reading of readings) {
    const turn = noted(settings, last, reading)
    last = turn.memory
    intents.push(...turn.intents)
  }
  return { memory: last, intents }
}

function noted(settings: SuspendSettings, memory: SuspendMemory, reading: Reading): Turn<SuspendMemory> {
  const { sensor, value } = reading
  if (!isNews(settings, memory, reading)) return { memory, intents: [] }
  const next = { ...memory, told: { ...memory.told, [sensor]: value } }
  const reason = `${sensor} of ${shown(settings.path)} is ${canonicalJson(value).slice(0, 80)}`
  if (sensor !== settings.until) return judged(settings, next, { value, reason })
  return { memory: value === null ? next : { ...next, on: false, reason }, intents: [] }
}

/** Whether one of its sensors tells what it has not told last. */
function isNews(
  { path, sensor, until }: SuspendSettings,
  { told }: SuspendMemory,
  reading: Reading,
): boolean {
  if (reading.kind !== 'sensor' || reading.entity !== path) return false
  if (reading.sensor !== sensor && reading.sensor !== until) return false
  const known = Object.hasOwn(told, reading.sensor) ? told[reading.sensor] : undefined
  return known === undefined || canonicalJson(known) !== canonicalJson(reading.value)
}

function shown(path: string): string {
  return path === '' ? 'the application' : path
}

/** What the sensor says of itself. An event begins it and does not end it. */
function judged(
  { condition, until }: SuspendSettings,
  memory: SuspendMemory,
  { value, reason }: { readonly value: Json; readonly reason: string },
): Turn<SuspendMemory> {
  const verdict =
    value === null || condition === undefined ? { value: isTruthy(value) } : condition.evaluate({ value })
  if ('fault' in verdict)
    return { memory, intents: [{ kind: 'hold', rule: 'when', reason: `when: ${verdict.fault}; ${reason}` }] }
  if (verdict.value === true) return { memory: { ...memory, on: true, reason }, intents: [] }
  return { memory: until === undefined ? { ...memory, on: false, reason } : memory, intents: [] }
}
