import type { JsonObject } from '../../../engine/index.js'
import { flag, shortOr, text } from './camp-forms.js'

/** Types that a parameter can have. */
export const PARAMETER_TYPES = [
  'string',
  'integer',
  'float',
  'boolean',
  'duration',
  'port',
  'secret',
  'map',
  'list',
] as const

/** Other products' names of them. */
export const PARAMETER_TYPE_ALIASES: { readonly [name: string]: (typeof PARAMETER_TYPES)[number] } = {
  number: 'float',
  double: 'float',
  long: 'integer',
  int: 'integer',
  password: 'secret',
}

/** The form of a parameter: its name alone, or a map. */
export const parameterForm: JsonObject = shortOr(text, {
  name: text,
  type: { enum: [...PARAMETER_TYPES, ...Object.keys(PARAMETER_TYPE_ALIASES)] },
  label: text,
  description: text,
  required: flag,
  default: true,
  pinned: flag,
  reconfigurable: flag,
  constraints: { type: 'array', items: { type: ['string', 'object'] } },
})
