import type { FunctionName } from '../spec/expression.js'
import { Pattern } from '../support/pattern.js'
import { Secret } from '../support/secret.js'
import { EntityValue, type Value, clearText, madeOf } from './value.js'

/** What a function gives, or in words why it gives nothing. */
export type Applied = { readonly value: Value } | { readonly error: string }

/** What a function gives for values. */
export function applied(name: FunctionName, values: readonly Value[]): Applied {
  return FUNCTIONS[name](values)
}

const FUNCTIONS: { readonly [name in FunctionName]: (values: readonly Value[]) => Applied } = {
  'url-encode': urlEncoded,
  replace: replaced,
  member: ([value = null, key = null]) => memberOf(value, typeof key === 'number' ? key : clearText(key)),
}

/** A member of a map by its key, or of a list by its position; null where there is none. */
export function memberOf(value: Value, key: string | number): Applied {
  if (value instanceof Secret) return { error: `a secret has no member ${key}` }
  if (value instanceof EntityValue) return { error: `an entity has no member ${key}` }
  if (Array.isArray(value)) return { value: (value as readonly Value[])[Number(key)] ?? null }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, key))
    return { value: (value as { readonly [name: string]: Value })[key] ?? null }
  return { value: null }
}

/** A text as a part of an address, in the form of x-www-form-urlencoded. */
function urlEncoded(values: readonly Value[]): Applied {
  const [value = null] = values
  if (value === null) return { value: null }
  const encoded = new URLSearchParams({ x: clearText(value) }).toString().slice('x='.length)
  return { value: madeOf(values, 'encoded text', encoded) }
}

/** A text with all that fits a pattern replaced. */
function replaced(values: readonly Value[]): Applied {
  const [source = '', pattern = '', replacement = ''] = values.map(clearText)
  const compiled = Pattern.compile(pattern)
  if ('error' in compiled) return { error: `the pattern cannot be used: ${compiled.error}` }
  const made = compiled.pattern.replace(source, replacement)
  return 'error' in made ? made : { value: madeOf(values, 'replaced text', made.text) }
}
