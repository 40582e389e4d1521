import type { Json, JsonObject } from '../support/json.js'
import { Pattern } from '../support/pattern.js'
import type { ParameterSpec } from './entity-spec.js'

/** What is wrong with a value for a parameter, e.g. "must be a whole number"; undefined when it fits. */
export function parameterFault(
  { type, constraints }: Pick<ParameterSpec, 'type' | 'constraints'>,
  value: Json,
): string | undefined {
  const rule = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (rule !== undefined && !rule.fits(value)) return `must be ${rule.words}`
  for (const constraint of constraints) {
    const fault = constraintFault(constraint, value)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** A number or a flag that was handed in as text, where one is asked for. */
export function typedValue(type: string, value: Json): Json {
  if (typeof value !== 'string') return value
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  const isNumber = ['integer', 'float', 'port'].includes(type)
  return isNumber && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : value
}

const TYPES: {
  readonly [type: string]: { readonly fits: (value: Json) => boolean; readonly words: string }
} = {
  string: { fits: isPlain, words: 'a text' },
  secret: { fits: isPlain, words: 'a text' },
  integer: { fits: (value) => Number.isInteger(value), words: 'a whole number' },
  float: { fits: (value) => typeof value === 'number', words: 'a number' },
  boolean: { fits: (value) => typeof value === 'boolean', words: 'true or false' },
  duration: {
    fits: (value) =>
      typeof value === 'number' ? value >= 0 : typeof value === 'string' && /^[0-9PpTt]/.test(value),
    words: 'a duration such as 5s',
  },
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

function isPlain(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function constraintFault(constraint: JsonObject, value: Json): string | undefined {
  const { pattern, oneOf, min, max } = constraint as { [word: string]: Json | undefined }
  if (typeof pattern === 'string') return patternFault(pattern, value)
  if (Array.isArray(oneOf) && !oneOf.some((one) => one === value))
    return `must be one of ${oneOf.map(shown).join(', ')}`
  if (typeof min === 'number' && !(typeof value === 'number' && value >= min))
    return `must be at least ${min}`
  if (typeof max === 'number' && !(typeof value === 'number' && value <= max)) return `must be at most ${max}`
  return undefined
}

function patternFault(text: string, value: Json): string | undefined {
  const compiled = Pattern.compile(text)
  if ('error' in compiled) return `cannot be checked: its pattern cannot be used: ${compiled.error}`
  const fits = compiled.pattern.matches(typeof value === 'string' ? value : JSON.stringify(value))
  return fits ? undefined : `must fit ${text}`
}

function shown(value: Json): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : JSON.stringify(value).slice(0, 60)
}
