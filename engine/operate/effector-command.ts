import type { EffectorSpec } from '../spec/entity-spec.js'
import { Failure } from '../support/failure.js'
import type { Json, JsonObject } from '../support/json.js'

/** A command line and what is written into its standard input. */
export interface EffectorCommand {
  readonly command: readonly string[]
  readonly stdin?: string
}

/**
 * An effector's script with its parameters as environment. Secret ones go through standard input, because command lines
 * can be seen by everybody on a machine; the script's own input is empty. Throws a Failure ('invalid', never) for a
 * secret that no shell can carry.
 */
export function effectorCommand(spec: EffectorSpec, script: string, given: JsonObject): EffectorCommand {
  const isSecret = ([name]: readonly [string, Json]): boolean =>
    spec.parameters.some((parameter) => parameter.name === name && parameter.type === 'secret')
  const entries = Object.entries(given)
  const secrets = entries.filter(isSecret)
  const open = entries.filter((entry) => !isSecret(entry)).map(([name, value]) => `${name}=${textOf(value)}`)
  if (secrets.length === 0) return { command: ['/usr/bin/env', ...open, '/bin/sh', '-c', script] }
  return {
    command: ['/usr/bin/env', ...open, '/bin/sh', '-c', READ_FIRST, 'sh', script],
    stdin: secrets.map(exported).join(''),
  }
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

/** Reads variables from standard input before it becomes the script. */
const READ_FIRST = 'eval "$(cat)"; exec /bin/sh -c "$1" </dev/null'

function exported([name, value]: readonly [string, Json]): string {
  const text = textOf(value)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || text.includes('\0')) {
    const message = `the secret parameter ${name} cannot be given by environment`
    throw new Failure({ cause: 'invalid', retry: 'never', message })
  }
  return `export ${name}='${text.replaceAll("'", `'\\''`)}'\n`
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
