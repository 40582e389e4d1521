import { execCommand, type ExecCommand } from '../reconcile/exec-command.js'
import type { EffectorSpec } from '../spec/entity-spec.js'
import type { JsonObject } from '../support/json.js'
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
  const parameters = { ...Object.fromEntries(defaults), ...given }
  const missing = spec.parameters.find(({ name, required }) => required && !Object.hasOwn(parameters, name))
  return missing === undefined ? { parameters } : { reason: `needs the parameter ${missing.name}` }
}
