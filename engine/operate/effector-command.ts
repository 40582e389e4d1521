import { execCommand, type ExecCommand } from '../reconcile/exec-command.js'
import type { EffectorSpec } from '../spec/entity-spec.js'
import type { JsonObject } from '../support/json.js'
import { parameterFault, typedValue } from '../spec/parameter-fault.js'
import { Secret } from '../support/secret.js'

/** An effector's script with its parameters as environment; see execCommand for secret ones. */
export function effectorCommand(spec: EffectorSpec, script: string, given: JsonObject): ExecCommand {
  const isSecret = (name: string): boolean =>
    spec.parameters.some((parameter) => parameter.name === name && parameter.type === 'secret')
  const environment = Object.entries(given).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [name, isSecret(name) ? new Secret(name, text) : text] as const
  })
  return execCommand(script, Object.fromEntries(environment))
}

/** The parameters of a call with defaults filled in, or why they do not fit what the effector declares. */
export function effectorParameters(
  spec: EffectorSpec,
  given: JsonObject,
): { readonly parameters: JsonObject } | { readonly reason: string } {
  const unknown = Object.keys(given).find((name) => !spec.parameters.some((one) => one.name === name))
  if (unknown !== undefined) return { reason: `has no parameter ${unknown}` }
  const defaults = spec.parameters.flatMap(({ name, default: value }) =>
    value?.kind === 'literal' ? [[name, value.value] as const] : [],
  )
  const parameters: JsonObject = { ...Object.fromEntries(defaults), ...given }
  const missing = spec.parameters.find(({ name, required }) => required && !Object.hasOwn(parameters, name))
  if (missing !== undefined) return { reason: `needs the parameter ${missing.name}` }
  for (const parameter of spec.parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined
    const fault =
      value === undefined ? undefined : parameterFault(parameter, typedValue(parameter.type, value))
    if (fault !== undefined) return { reason: `has a parameter ${parameter.name} that ${fault}` }
  }
  return { parameters }
}
