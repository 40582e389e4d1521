import type { InheritanceMode, JsonObject } from '../../../../engine/index.js'
import { flag, listOf, shortOr, text } from '../forms.js'

/** Other products' names of the types that a parameter can have. */
export const PARAMETER_TYPE_ALIASES: { readonly [name: string]: string } = {
  number: 'float',
  double: 'float',
  long: 'integer',
  short: 'integer',
  byte: 'integer',
  int: 'integer',
  password: 'secret',
  text: 'string',
  str: 'string',
  char: 'string',
  uri: 'string',
  url: 'string',
  bool: 'boolean',
  date: 'timestamp',
  set: 'list',
  array: 'list',
  collection: 'list',
  iterable: 'list',
  object: 'any',
  'java.lang.String': 'string',
  'java.lang.Integer': 'integer',
  'java.lang.Long': 'integer',
  'java.lang.Short': 'integer',
  'java.lang.Byte': 'integer',
  'java.lang.Float': 'float',
  'java.lang.Double': 'float',
  'java.lang.Number': 'float',
  'java.lang.Boolean': 'boolean',
  'java.lang.Object': 'any',
  'java.lang.Iterable': 'list',
  'java.util.Map': 'map',
  'java.util.List': 'list',
  'java.util.Set': 'list',
  'java.util.Collection': 'list',
  'java.util.Date': 'timestamp',
  'java.time.Instant': 'timestamp',
  'java.net.URI': 'string',
  'java.net.URL': 'string',
  'org.apache.brooklyn.util.time.Duration': 'duration',
  'org.apache.brooklyn.util.time.Timestamp': 'timestamp',
}

/** Modes of inheritance by what their name is without its marks, which people set as they like. */
export const INHERITANCE_MODES: { readonly [name: string]: InheritanceMode } = {
  never: 'never',
  none: 'never',
  notreinherited: 'not-reinherited',
  notreinheritedelsedeepmerge: 'not-reinherited-else-deep-merge',
  overwrite: 'overwrite',
  always: 'overwrite',
  deepmerge: 'deep-merge',
}

/** The form of a parameter: its name alone, or a map. */
export const parameterForm: JsonObject = shortOr(text, {
  name: text,
  type: text,
  label: text,
  description: text,
  required: flag,
  default: true,
  pinned: flag,
  reconfigurable: flag,
  deprecatedNames: listOf(text),
  'inheritance.runtime': text,
  'inheritance.parent': text,
  'inheritance.type': text,
  constraints: { type: ['array', 'string', 'object'], items: { type: ['string', 'object', 'boolean'] } },
})
