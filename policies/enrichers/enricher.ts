import {
  type AttachedPolicy,
  type Interest,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
  type Reading,
  type SensorYield,
  type Step,
  type Turn,
  isJsonObject,
} from '../../engine/index.js'
import { type Values, decodeConfig } from '../config/decode.js'
import { type Fields, schemaOf } from '../config/field.js'
import { stepwise } from '../operators/fold.js'

/** The layout of the memories of enrichers; a memory of another layout is not read. */
export const LAYOUT = 1

/** The pure heart of an enricher. */
export type Enrich<Memory extends JsonObject> = Step<Memory, SensorYield>

/** What an enricher gives in one turn. */
export type Enriched<Memory extends JsonObject> = Turn<Memory, SensorYield>

/** What an enricher is made of. */
export interface EnricherParts<Memory extends JsonObject> {
  readonly interest: Interest
  readonly initial: Memory
  /** See AttachedPolicy. @default false */
  readonly derived?: boolean
  readonly step: Enrich<Memory>
}

/** An enricher made ready: it decides nothing, and yields values. */
export function enricherOf<Memory extends JsonObject>(parts: EnricherParts<Memory>): AttachedPolicy {
  const { interest, initial, derived = false, step } = parts
  return {
    interest,
    decides: [],
    initial,
    derived,
    ...stepwise<Memory, SensorYield>(step),
  }
}

/** A kind of enricher whose settings need no more than to be read. */
export function enricherKind<Declared extends Fields>(
  named: Pick<PolicyKind, 'type' | 'description'>,
  fields: Declared,
  attached: (subject: PolicySubject, settings: Values<Declared>) => AttachedPolicy,
): PolicyKind {
  return {
    ...named,
    schema: schemaOf(fields),
    attach: (subject, config) => {
      const decoded = decodeConfig(named.type, fields, config)
      return 'problems' in decoded ? decoded : { policy: attached(subject, decoded.values) }
    },
  }
}

/** A value of a sensor. */
export function yieldOf(entity: string, sensor: string, value: Json): SensorYield {
  return { kind: 'yield', entity, sensor, value }
}

/** A reason by which an entity does ill; null takes it away. */
export function reasonOf(entity: string, sensor: string, name: string, reason: Json): SensorYield {
  return { kind: 'yield', entity, sensor, reason: name, value: reason }
}

/** Whether a sensor says how its entity does: a map of reasons, which many write. */
export function tellsReasons(sensor: string): boolean {
  return sensor === 'service.notUp.indicators' || sensor === 'service.problems'
}

/** A turn that gives nothing and changes nothing. */
export function unchanged<Memory extends JsonObject>(memory: Memory): Enriched<Memory> {
  return { memory, intents: [] }
}

/** Whether a reading says that an entity is no more. */
export function isGone(reading: Reading): boolean {
  return reading.kind === 'member' && isJsonObject(reading.value) && reading.value['state'] === 'gone'
}

/** A number, also where it is written as text; undefined for anything else. */
export function numberIn(value: Json): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The value under a name of the author's; inherited names are none. */
export function ownOf<Value>(map: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}
