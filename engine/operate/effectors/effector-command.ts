import { text, type Value } from '../../expression/value.js'
import { mergedEnvironment } from '../../reconcile/calls/environment.js'
import { execCommand, type ExecCommand } from '../../reconcile/calls/exec-command.js'
import type { Evaluate } from '../../reconcile/calls/shape.js'
import type { EffectorSpec, ParameterSpec } from '../../spec/entity-spec.js'
import { isBlank, type OtherValues } from '../../expression/constraint.js'
import { absenceFault, parameterFault } from '../../expression/parameter-fault.js'
import { typedValue } from '../../expression/parameter-type.js'
import { Failure } from '../../support/failure.js'
import type { SlotState } from '../../reconcile/facts/landscape.js'
import type { Json, JsonObject } from '../../support/json.js'
import { Secret } from '../../support/secret.js'

/** What an effector is called with, by name. */
export interface Parameters {
  readonly [name: string]: Value
}

/** An effector's script with its parameters as environment; see execCommand for secret ones. */
export function effectorCommand(spec: EffectorSpec, script: string, given: Parameters): ExecCommand {
  const isSecret = (name: string): boolean =>
    spec.parameters.some((parameter) => parameter.name === name && parameter.type === 'secret')
  const environment = Object.entries(given).map(([name, value]) => {
    const shown = text(value)
    return [name, typeof shown === 'string' && isSecret(name) ? new Secret(name, shown) : shown] as const
  })
  return execCommand(script, Object.fromEntries(environment))
}

/**
 * The environment of an effector's command: that of the software and its own. Throws a Failure ('invalid', never) while a
 * part of it is not known.
 */
export function effectorEnvironment(
  { node }: Pick<SlotState, 'node'>,
  spec: EffectorSpec,
  evaluate: Evaluate,
): Parameters {
  const environment = node === undefined ? {} : mergedEnvironment(node.spec, spec.environment)
  const known = Object.entries(environment).map(([name, expression]) => {
    const value = evaluate(expression)
    if (value.kind === 'ready') return [name, value.value] as const
    const why = value.kind === 'failed' ? value.reason : `waits for ${value.on.join(', ')}`
    const message = `the environment ${name} of ${spec.name} is not known: ${why}`
    throw new Failure({ cause: 'invalid', retry: 'never', message })
  })
  return Object.fromEntries(known)
}

/** The parameters of a call with defaults filled in, or why they do not fit what the effector declares. */
export function effectorParameters(
  spec: Declared,
  given: JsonObject,
  evaluate: Evaluate,
): { readonly parameters: Parameters } | { readonly reason: string } {
  const unknown = Object.keys(given).find((name) => !spec.parameters.some((one) => one.name === name))
  if (unknown !== undefined) return { reason: `has no parameter ${unknown}` }
  const parameters: { [name: string]: Value } = {}
  const others = othersOf(spec, given)
  for (const parameter of spec.parameters) {
    const value = valueOf(parameter, given, { evaluate, others })
    if (value.kind === 'fault') return { reason: value.reason }
    if (value.kind === 'ready') parameters[parameter.name] = value.value
  }
  return { parameters }
}

type Declared = Pick<EffectorSpec, 'parameters'>

type Found =
  | { readonly kind: 'ready'; readonly value: Value }
  | { readonly kind: 'none' }
  | { readonly kind: 'fault'; readonly reason: string }

interface Standing {
  readonly evaluate: Evaluate
  readonly others: OtherValues
}

/** What the call says of the other parameters; a default counts as given. */
function othersOf(spec: Declared, given: JsonObject): OtherValues {
  const valueOf = (name: string): Json | undefined => {
    const declared = spec.parameters.find((parameter) => parameter.name === name)
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value !== undefined) return typedValue(declared?.type ?? 'any', value)
    return declared?.default?.kind === 'literal' ? declared.default.value : undefined
  }
  const isLater = (name: string): boolean =>
    spec.parameters.some(
      (one) => one.name === name && one.default !== undefined && one.default.kind !== 'literal',
    )
  return { valueOf, isGiven: (name) => !isBlank(valueOf(name)) || isLater(name) }
}

function valueOf(parameter: ParameterSpec, given: JsonObject, { evaluate, others }: Standing): Found {
  const { name, type } = parameter
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  if (value === undefined) {
    if (parameter.default !== undefined) return defaultOf(name, evaluate(parameter.default))
    if (parameter.required) return { kind: 'fault', reason: `needs the parameter ${name}` }
    return refused(name, absenceFault(parameter, others)) ?? { kind: 'none' }
  }
  const typed = typedValue(type, value)
  return refused(name, parameterFault(parameter, typed, others)) ?? { kind: 'ready', value }
}

function refused(name: string, fault: string | undefined): Found | undefined {
  return fault === undefined ? undefined : { kind: 'fault', reason: `has a parameter ${name} that ${fault}` }
}

function defaultOf(name: string, value: ReturnType<Evaluate>): Found {
  if (value.kind === 'ready') return value
  const why = value.kind === 'waiting' ? `it waits for ${value.on.join(', ')}` : value.reason
  return { kind: 'fault', reason: `needs the parameter ${name}, whose default is not known: ${why}` }
}
