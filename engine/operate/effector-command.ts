import { text, type Value } from '../expression/value.js'
import { execCommand, type ExecCommand } from '../reconcile/exec-command.js'
import type { Evaluate } from '../reconcile/shape.js'
import type { EffectorSpec, ParameterSpec } from '../spec/entity-spec.js'
import { parameterFault, typedValue } from '../spec/parameter-fault.js'
import type { JsonObject } from '../support/json.js'
import { Secret } from '../support/secret.js'

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

/** The parameters of a call with defaults filled in, or why they do not fit what the effector declares. */
export function effectorParameters(
  spec: EffectorSpec,
  given: JsonObject,
  evaluate: Evaluate,
): { readonly parameters: Parameters } | { readonly reason: string } {
  const unknown = Object.keys(given).find((name) => !spec.parameters.some((one) => one.name === name))
  if (unknown !== undefined) return { reason: `has no parameter ${unknown}` }
  const parameters: { [name: string]: Value } = {}
  for (const parameter of spec.parameters) {
    const value = valueOf(parameter, given, evaluate)
    if (value.kind === 'fault') return { reason: value.reason }
    if (value.kind === 'ready') parameters[parameter.name] = value.value
  }
  return { parameters }
}

type Found =
  | { readonly kind: 'ready'; readonly value: Value }
  | { readonly kind: 'none' }
  | { readonly kind: 'fault'; readonly reason: string }

function valueOf(parameter: ParameterSpec, given: JsonObject, evaluate: Evaluate): Found {
  const { name, type, required } = parameter
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  if (value === undefined) {
    if (parameter.default !== undefined) return defaultOf(name, evaluate(parameter.default))
    return required ? { kind: 'fault', reason: `needs the parameter ${name}` } : { kind: 'none' }
  }
  const fault = parameterFault(parameter, typedValue(type, value))
  return fault === undefined
    ? { kind: 'ready', value }
    : { kind: 'fault', reason: `has a parameter ${name} that ${fault}` }
}

function defaultOf(name: string, value: ReturnType<Evaluate>): Found {
  if (value.kind === 'ready') return value
  const why = value.kind === 'waiting' ? `it waits for ${value.on.join(', ')}` : value.reason
  return { kind: 'fault', reason: `needs the parameter ${name}, whose default is not known: ${why}` }
}
