import type { Json } from '../../engine/index.js'
import { durationOf } from './amounts.js'
import type { KeyType } from './type-lookup.js'

/** What is wrong with a plain value under a declared key; undefined when nothing is, or it is known only later. */
export function keyFault(type: KeyType, value: Json): string | undefined {
  if (value === null || isLater(value)) return undefined
  return FITS[type](value) ? undefined : `must be ${WORDS[type]}`
}

/** Expressions, and texts that another tool fills in, are not known yet. */
function isLater(value: Json): boolean {
  if (typeof value === 'string') return value.includes('$')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).some((key) => key.startsWith('$'))
}

const WORDS: { readonly [type in KeyType]: string } = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  duration: 'a duration such as 5s',
  port: 'a port, or ports to choose from such as 8080+ or 8080-8090',
  map: 'a map',
  list: 'a list',
  entity: 'an entity',
  any: 'anything',
}

/** Texts stand for what they spell. */
const FITS: { readonly [type in KeyType]: (value: Json) => boolean } = {
  string: (value) => scalarText(value) !== undefined,
  integer: spelled(/^-?[0-9]+$/),
  number: spelled(/^-?[0-9]+([.][0-9]+)?$/),
  boolean: spelled(/^(true|false|yes|no|on|off)$/i),
  duration: (value) => typeof value === 'number' || isDuration(value),
  port: spelled(/^[0-9]{1,5}([+]|-[0-9]{1,5})?(,[0-9]{1,5}([+]|-[0-9]{1,5})?)*$/),
  map: (value) => typeof value === 'object' && !Array.isArray(value),
  list: (value) => Array.isArray(value) || scalarText(value) !== undefined,
  entity: () => true,
  any: () => true,
}

function spelled(pattern: RegExp): (value: Json) => boolean {
  return (value) => pattern.test(scalarText(value) ?? '')
}

function scalarText(value: Json): string | undefined {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isScalar ? String(value) : undefined
}

function isDuration(value: Json): boolean {
  const text = scalarText(value) ?? ''
  return /^(-?[0-9]+|forever|never)$/i.test(text) || durationOf(value) !== undefined
}
