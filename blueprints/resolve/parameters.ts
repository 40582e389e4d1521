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
 * The config that parameters give: the value handed in, else what the document's config says, else the default. Secrets
 * are sealed here; what is required and has no value is a problem, and so is a value that does not fit.
 */
export function parameterConfig(
  parameters: readonly ParameterSpec[],
  given: JsonObject,
  config: ConfigMap,
  desk: TranslationDesk,
): ConfigMap {
  const found: { [name: string]: Expression } = {}
  for (const parameter of parameters) {
    const value = valueOf(parameter, given, config)
    if (value !== undefined) found[parameter.name] = checked(parameter, value, desk)
    else if (parameter.required) reportMissing(parameter, desk)
  }
  return { ...config, ...found }
}

/** Reports values that were handed in for parameters that nobody declares. */
export function reportUndeclared(
  parameters: readonly ParameterSpec[],
  given: JsonObject,
  desk: TranslationDesk,
): void {
  const names = parameters.map((parameter) => parameter.name)
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const hint = suggestionFor(name, names) ?? 'the blueprint declares no parameters'
    desk.reportAt('BP1703', `the blueprint has no parameter "${name}"`, undefined, { hint })
  }
}

/** A parameter of something that is called: its default is checked as a value is, and sealed where it is a secret. */
export function withCheckedDefault(parameter: ParameterSpec, desk: TranslationDesk): ParameterSpec {
  if (parameter.default === undefined) return parameter
  return { ...parameter, default: checked(parameter, parameter.default, desk) }
}

function valueOf(parameter: ParameterSpec, given: JsonObject, config: ConfigMap): Expression | undefined {
  if (Object.hasOwn(given, parameter.name))
    return literal(typedValue(parameter.type, given[parameter.name] ?? null))
  return Object.hasOwn(config, parameter.name) ? config[parameter.name] : parameter.default
}

function reportMissing(parameter: ParameterSpec, desk: TranslationDesk): void {
  const hint = `give it a default, or a value at deployment: ${parameter.name}=…`
  desk.reportAt('BP1701', `the parameter "${parameter.name}" has no value`, desk.origins.of(parameter), {
    hint,
  })
}

function checked(parameter: ParameterSpec, value: Expression, desk: TranslationDesk): Expression {
  if (value.kind !== 'literal' || couldNotBeRead(value, desk)) return value
  if (parameter.type === 'secret') return sealed(parameter, value.value, desk)
  const fault = faultOf(parameter, value.value)
  if (fault === undefined) return value
  const place = desk.origins.of(value) ?? desk.origins.of(parameter)
  desk.reportAt('BP1702', `the value of "${parameter.name}" ${fault}`, place, {
    hint: `it is ${shown(value.value)}`,
  })
  return value
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
  if (parameter.type === 'duration' && durationOf(value) === undefined) return 'must be a duration such as 5s'
  return parameterFault(parameter, value)
}

function shown(value: Json): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : JSON.stringify(value).slice(0, 60)
}
