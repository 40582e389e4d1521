import {
  type ConfigMap,
  type Expression,
  type Json,
  type JsonObject,
  type ParameterSpec,
  Pattern,
  literal,
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

function valueOf(parameter: ParameterSpec, given: JsonObject, config: ConfigMap): Expression | undefined {
  if (Object.hasOwn(given, parameter.name))
    return literal(typed(parameter.type, given[parameter.name] ?? null))
  return Object.hasOwn(config, parameter.name) ? config[parameter.name] : parameter.default
}

/** A number that was handed in as text, where a number is asked for. */
function typed(type: string, value: Json): Json {
  const isNumber = ['integer', 'float', 'port'].includes(type) && typeof value === 'string'
  return isNumber && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : value
}

function reportMissing(parameter: ParameterSpec, desk: TranslationDesk): void {
  const hint = `give it a default, or a value at deployment: ${parameter.name}=…`
  desk.reportAt('BP1701', `the parameter "${parameter.name}" has no value`, desk.origins.of(parameter), {
    hint,
  })
}

function checked(parameter: ParameterSpec, value: Expression, desk: TranslationDesk): Expression {
  if (value.kind !== 'literal') return value
  if (parameter.type === 'secret') return sealed(parameter, value.value, desk)
  const fault = typeFault(parameter.type, value.value) ?? constraintFault(parameter, value.value, desk)
  if (fault === undefined) return value
  const place = desk.origins.of(value) ?? desk.origins.of(parameter)
  desk.reportAt('BP1702', `the value of "${parameter.name}" ${fault}`, place, {
    hint: `it is ${shown(value.value)}`,
  })
  return value
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

const TYPES: {
  readonly [type: string]: { readonly fits: (value: Json) => boolean; readonly words: string }
} = {
  string: {
    fits: (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
    words: 'a text',
  },
  integer: { fits: (value) => Number.isInteger(value), words: 'a whole number' },
  float: { fits: (value) => typeof value === 'number', words: 'a number' },
  boolean: { fits: (value) => typeof value === 'boolean', words: 'true or false' },
  duration: { fits: (value) => durationOf(value) !== undefined, words: 'a duration such as 5s' },
  port: {
    fits: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535,
    words: 'a port from 1 to 65535',
  },
  map: {
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    words: 'a map',
  },
  list: { fits: (value) => Array.isArray(value), words: 'a list' },
}

function typeFault(type: string, value: Json): string | undefined {
  const rule = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  return rule === undefined || rule.fits(value) ? undefined : `must be ${rule.words}`
}

function constraintFault(parameter: ParameterSpec, value: Json, desk: TranslationDesk): string | undefined {
  for (const constraint of parameter.constraints) {
    const fault = faultOf(constraint, value, desk)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultOf(constraint: JsonObject, value: Json, desk: TranslationDesk): string | undefined {
  const { pattern, oneOf, min, max } = constraint as { [word: string]: Json | undefined }
  if (typeof pattern === 'string') return patternFault(pattern, constraint, value, desk)
  if (Array.isArray(oneOf) && !oneOf.some((one) => one === value))
    return `must be one of ${oneOf.map(shown).join(', ')}`
  if (typeof min === 'number' && !(typeof value === 'number' && value >= min))
    return `must be at least ${min}`
  if (typeof max === 'number' && !(typeof value === 'number' && value <= max)) return `must be at most ${max}`
  return undefined
}

function patternFault(
  text: string,
  constraint: JsonObject,
  value: Json,
  desk: TranslationDesk,
): string | undefined {
  const compiled = Pattern.compile(text)
  if ('error' in compiled) {
    desk.reportAt('BP1705', `the pattern cannot be used: ${compiled.error}`, desk.origins.of(constraint), {
      hint: 'look-around and back references do not exist',
    })
    return undefined
  }
  return compiled.pattern.matches(typeof value === 'string' ? value : JSON.stringify(value))
    ? undefined
    : `must fit ${text}`
}

function shown(value: Json): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : JSON.stringify(value).slice(0, 60)
}
