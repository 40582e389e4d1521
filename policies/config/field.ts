import type { JsonObject } from '../../engine/index.js'

interface FieldBase {
  /** One sentence for editors and the catalog. */
  readonly about: string
}

/** A number within bounds; without a fallback it must be given. */
export interface NumberField extends FieldBase {
  readonly kind: 'number' | 'integer'
  readonly least: number
  readonly fallback?: number
  /** The fallback is the entity's own and filled in when a policy is attached. @default false */
  readonly inherited?: boolean
}

/** A time: milliseconds, or text such as '500ms', '5s', '2 min' or '1h 30m'. */
export interface DurationField extends FieldBase {
  readonly kind: 'duration'
  /** Milliseconds. */
  readonly least: number
  /** Milliseconds. */
  readonly fallback: number
}

/** What is written for no name where a setting has none. */
export const NONE = 'none'

/** A name, or one of `oneOf`; without a fallback it must be given. */
export interface TextField extends FieldBase {
  readonly kind: 'text'
  readonly fallback?: string
  readonly oneOf?: readonly string[]
}

/** Yes or no. */
export interface FlagField extends FieldBase {
  readonly kind: 'flag'
  readonly fallback: boolean
}

/** Names, and what each is called elsewhere: a name, a list of them, or a map. Without a fallback it must be given. */
export interface NamesField extends FieldBase {
  readonly kind: 'names'
  readonly fallback?: NameMap
}

/** Any value; null where it is not given. */
export interface JsonField extends FieldBase {
  readonly kind: 'json'
}

/** Names by name. */
export type NameMap = { readonly [name: string]: string }

/** Fields under one key. */
export interface GroupField extends FieldBase {
  readonly kind: 'group'
  readonly fields: { readonly [key: string]: NumberField | DurationField }
}

/** What one key of a configuration may hold. */
export type Field = ScalarField | GroupField

/** One with nothing under it. */
export type ScalarField = NumberField | DurationField | TextField | FlagField | NamesField | JsonField

/** All keys that a configuration may have. */
export type Fields = { readonly [key: string]: Field }

/** The JSON Schema (a closed object) of these fields. */
export function schemaOf(fields: Fields): JsonObject {
  const required = Object.keys(fields).filter((key) => isRequired(fields[key]))
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, schemaOfField(field)])),
    ...(required.length === 0 ? {} : { required }),
  }
}

function schemaOfText({ oneOf, fallback, about }: TextField): JsonObject {
  return {
    type: 'string',
    minLength: 1,
    ...(oneOf === undefined ? {} : { enum: oneOf }),
    ...(fallback === undefined ? {} : { default: fallback }),
    description: about,
  }
}

/** Whether a key must be given. */
export function isRequired(field: Field | undefined): boolean {
  if (field === undefined || field.kind === 'group' || field.kind === 'json') return false
  if (field.fallback !== undefined) return false
  return field.kind !== 'number' && field.kind !== 'integer' ? true : field.inherited !== true
}

function schemaOfField(field: Field): JsonObject {
  switch (field.kind) {
    case 'group':
      return { ...schemaOf(field.fields), description: field.about }
    case 'text':
      return schemaOfText(field)
    case 'flag':
      return { type: 'boolean', default: field.fallback, description: field.about }
    case 'names':
      return { type: ['string', 'array', 'object'], description: field.about }
    case 'json':
      return { description: field.about }
    case 'duration':
      return {
        type: ['number', 'string'],
        minimum: field.least,
        default: field.fallback,
        description: `${field.about} Milliseconds, or text such as 5s.`,
      }
    case 'number':
    case 'integer':
      return {
        type: field.kind,
        minimum: field.least,
        ...(field.fallback === undefined ? {} : { default: field.fallback }),
        description: field.about,
      }
  }
}
