import {
  type AttachedPolicy,
  type CallIntent,
  type Interest,
  type Json,
  type JsonObject,
  type Output,
  type PolicyCall,
  type PolicyKind,
  type PolicySubject,
  type Problem,
  type Step,
  isJsonObject,
} from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import { type Fields, NONE, type TextField, schemaOf } from '../config/field.js'
import { stepwise } from '../operators/fold.js'

/** The layout of the memories of policies that call effectors; a memory of another layout is not read. */
export const LAYOUT = 1

/** The fields that say what is called. */
export const CALL_FIELDS = {
  effector: { kind: 'text', about: 'The effector that is called.' },
  arguments: { kind: 'json', about: 'What it is called with, by name.' },
  of: { kind: 'text', fallback: 'self', about: 'Whose effector it is: self, or the path of an entity.' },
} as const

/** The field that says under what name a value is handed on. */
export const PASS_AS: TextField = {
  kind: 'text',
  fallback: NONE,
  about: 'The parameter that is given the value; none: it is not handed on.',
}

/** The path that a setting means; a dot is the root. */
export function pathMeant({ path }: Pick<PolicySubject, 'path'>, of: string): string {
  if (of === 'self') return path
  return of === '.' ? '' : of
}

/** Calls of one entity, each of the effector that is named under its setting; those of none are left out. */
export function callsUnder<Setting extends string>(
  entity: string,
  settings: { readonly [setting in Setting]: string },
  names: readonly Setting[],
): readonly PolicyCall[] {
  return names
    .filter((setting) => settings[setting] !== NONE)
    .map((setting) => ({ entity, effector: settings[setting], setting }))
}

/** What a call is asked for with. */
export function argumentsOf(given: Json, more: JsonObject = {}): JsonObject {
  return { ...(isJsonObject(given) ? given : {}), ...more }
}

/** A value as the argument of a name, where one is given. */
export function passedAs(name: string, value: Json): JsonObject {
  return name === NONE ? {} : { [name]: value }
}

/** A call. */
export function callOf(call: Omit<CallIntent, 'kind'>): CallIntent {
  return { kind: 'call', ...call }
}

/** What a policy that calls effectors is made of. */
export interface CallerParts<Memory extends JsonObject> {
  readonly interest: Interest
  readonly initial: Memory
  readonly decides?: AttachedPolicy['decides']
  readonly calls?: readonly PolicyCall[]
  readonly step: Step<Memory, Output>
}

/** A policy that calls effectors, and may tell of it by sensors. */
export function callerOf<Memory extends JsonObject>(parts: CallerParts<Memory>): AttachedPolicy {
  const { interest, initial, decides = [], calls = [], step } = parts
  return {
    interest,
    decides,
    calls,
    initial,
    primed: true,
    ...stepwise<Memory, Output>(step),
  }
}

/** A kind of policy that calls effectors. `attached` may say what does not go together. */
export function callerKind<Declared extends Fields>(
  named: Pick<PolicyKind, 'type' | 'description'>,
  fields: Declared,
  attached: (subject: PolicySubject, settings: Values<Declared>) => AttachedPolicy | readonly Problem[],
): PolicyKind {
  return {
    ...named,
    schema: schemaOf(fields),
    attach: (subject, config) => {
      const decoded = decodeConfig(named.type, fields, config)
      if ('problems' in decoded) return decoded
      const wrong = wrongArguments(named.type, decoded.values['arguments'])
      if (wrong !== undefined) return { problems: [wrong] }
      const policy = attached(subject, decoded.values)
      return 'interest' in policy ? { policy } : { problems: policy }
    },
  }
}

function wrongArguments(type: string, given: Json | undefined): Problem | undefined {
  if (given === undefined || given === null || isJsonObject(given)) return undefined
  return contradiction(type, 'arguments', '"arguments" must be a map by name', 'Write "name: value".')
}
