import {
  type ConfigMap,
  type Expression,
  type Json,
  type JsonObject,
  type ParameterSpec,
  literal,
  parameterFault,
  typedValue,
} from '../../engine/index.js'
import type { TranslationDesk } from '../dialect.js'
import { suggestionFor } from '../suggest.js'
import { durationOf } from './amounts.js'

/**
 * Config and parameters with their values: the one handed in, else what the document's config says, under the parameter's
 * name or an older one. Defaults stay with the parameters, since a value from above counts more. Values are turned into
 * what their type asks for, secrets are sealed here, and a value that does not fit is a problem.
 */
export function resolveParameters(
  parameters: readonly ParameterSpec[],
  given: JsonObject,
  config: ConfigMap,
  desk: TranslationDesk,
): { readonly config: ConfigMap; readonly parameters: readonly ParameterSpec[] } {
  const found: { [name: string]: Expression } = {}
  for (const parameter of parameters) {
    const value = valueOf(parameter, given, config)
    if (value !== undefined) found[parameter.name] = checked(parameter, value, desk)
  }
  return {
    config: { ...withoutOldNames(parameters, config, desk), ...found },
    parameters: parameters.map((parameter) => withCheckedDefault(parameter, desk)),
  }
}

/** Reports values that were handed in for parameters that nobody declares. */
export function reportUndeclared(
  parameters: readonly ParameterSpec[],
  given: JsonObject,
  desk: TranslationDesk,
): void {
  const names = parameters.flatMap(namesOf)
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const hint = suggestionFor(name, names) ?? 'the blueprint declares no parameters'
    desk.reportAt('BP1703', `the blueprint has no parameter "${name}"`, undefined, { hint })
  }
}

/** A parameter with its default checked as a value is, and sealed where it is a secret. */
export function withCheckedDefault(parameter: ParameterSpec, desk: TranslationDesk): ParameterSpec {
  if (parameter.default === undefined) return parameter
  const made = { ...parameter, default: checked(parameter, parameter.default, desk) }
  const place = desk.origins.of(parameter)
  return place === undefined ? made : desk.origins.mark(made, place)
}

function valueOf(parameter: ParameterSpec, given: JsonObject, config: ConfigMap): Expression | undefined {
  for (const name of namesOf(parameter)) {
    if (Object.hasOwn(given, name)) return literal(given[name] ?? null)
  }
  const name = namesOf(parameter).find((one) => Object.hasOwn(config, one))
  return name === undefined ? undefined : config[name]
}

function namesOf({ name, deprecatedNames = [] }: ParameterSpec): readonly string[] {
  return [name, ...deprecatedNames]
}

function withoutOldNames(
  parameters: readonly ParameterSpec[],
  config: ConfigMap,
  desk: TranslationDesk,
): ConfigMap {
  const old = new Map(
    parameters.flatMap(({ name, deprecatedNames = [] }) => deprecatedNames.map((one) => [one, name])),
  )
  const entries = Object.entries(config).filter(([key, value]) => {
    const name = old.get(key)
    if (name === undefined || parameters.some((parameter) => parameter.name === key)) return true
    const hint = `write "${name}"`
    desk.reportAt('BP1708', `"${key}" is an older name of "${name}"`, desk.origins.keyOf(value), {
      severity: 'warning',
      hint,
    })
    return false
  })
  return Object.fromEntries(entries)
}

function checked(parameter: ParameterSpec, value: Expression, desk: TranslationDesk): Expression {
  if (value.kind !== 'literal' || couldNotBeRead(value, desk)) return value
  const typed = typedValue(parameter.type, value.value)
  const place = desk.origins.of(value)
  const fault = faultOf(parameter, typed)
  if (fault !== undefined) {
    const hint = parameter.type === 'secret' ? 'its value is not shown' : `it is ${shown(value.value)}`
    const at = place ?? desk.origins.of(parameter)
    desk.reportAt('BP1702', `the value of "${parameter.name}" ${fault}`, at, { hint })
    return parameter.type === 'secret' ? literal(null) : value
  }
  if (parameter.type === 'secret') return sealed(parameter, typed, desk)
  if (typed === value.value) return value
  return place === undefined ? literal(typed) : desk.origins.mark(literal(typed), place)
}

/** What was written and could not be read stands as nothing; that was told already. */
function couldNotBeRead(value: Extract<Expression, { kind: 'literal' }>, desk: TranslationDesk): boolean {
  return value.value === null && desk.origins.of(value) !== undefined
}

function sealed(parameter: ParameterSpec, value: Json, desk: TranslationDesk): Expression {
  const { seal } = desk.input
  const clear = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof clear === 'string' && seal !== undefined) return seal.seal(parameter.name, clear)
  const place = desk.origins.of(parameter)
  if (typeof clear !== 'string') {
    desk.reportAt('BP1702', `the value of "${parameter.name}" must be a text`, place, { hint: 'quote it' })
  } else {
    desk.reportAt(
      'BP1704',
      `the secret "${parameter.name}" cannot be kept: there is no key to seal it with`,
      place,
      {
        hint: 'compile it where a key is, or make it a plain string',
      },
    )
  }
  return literal(null)
}

function faultOf(parameter: ParameterSpec, value: Json): string | undefined {
  if (parameter.type === 'duration' && durationOf(value) === undefined && !isEndless(value))
    return 'must be a duration such as 5s'
  return parameterFault(parameter, value)
}

function isEndless(value: Json): boolean {
  return typeof value === 'string' && /^(?:practically[ _]?)?forever$|^never$/i.test(value)
}

function shown(value: Json): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : JSON.stringify(value).slice(0, 60)
}
