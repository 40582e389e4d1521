import { type EntitySpec, type Json, type JsonObject, isJsonObject } from '../../../engine/index.js'
import type { CatalogKey } from '../../api/index.js'

/** What an entity can be given: its parameters, and those of the entities below that have none of their own above. */
export function keysOf({ parameters }: EntitySpec): readonly CatalogKey[] {
  return parameters.map(({ name, type, description, required, default: fallback, constraints }) => ({
    name,
    type,
    required: required && fallback === undefined,
    ...(description === undefined ? {} : { description }),
    ...(fallback?.kind === 'literal' ? { default: fallback.value } : {}),
    ...choicesOf(constraints.find(({ oneOf }) => Array.isArray(oneOf))?.['oneOf']),
  }))
}

/** The keys that a JSON Schema of a configuration declares. */
export function keysOfSchema(schema: JsonObject): readonly CatalogKey[] {
  const { properties, required } = schema
  if (!isObject(properties)) return []
  const needed = Array.isArray(required) ? required : []
  return Object.entries(properties).map(([name, property]) => {
    const { type, description, default: fallback, enum: choices } = isObject(property) ? property : {}
    return {
      name,
      type: typeof type === 'string' ? type : Array.isArray(type) ? type.join(' or ') : 'any',
      required: needed.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      ...(fallback === undefined ? {} : { default: fallback }),
      ...choicesOf(choices),
    }
  })
}

function choicesOf(choices: Json | undefined): Pick<CatalogKey, 'choices'> {
  return Array.isArray(choices) ? { choices } : {}
}

const JSON_TYPES: { readonly [type: string]: string } = {
  string: 'string',
  integer: 'integer',
  float: 'number',
  number: 'number',
  boolean: 'boolean',
  map: 'object',
  list: 'array',
}

/** The JSON Schema of what an entity can be given. */
export function jsonSchemaOf(entity: EntitySpec): JsonObject {
  const keys = keysOf(entity)
  const properties = keys.map(({ name, type, description, default: fallback }) => {
    const known = JSON_TYPES[type]
    const property: JsonObject = {
      ...(known === undefined ? {} : { type: known }),
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined ? {} : { default: fallback }),
    }
    return [name, property] as const
  })
  const required = keys.filter((key) => key.required).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  }
}

/** Whether an entity, or one below it, is known by its shape alone. */
export function shapesIn({ shape, children, members }: EntitySpec): boolean {
  return shape !== undefined || children.some(shapesIn) || (members !== undefined && shapesIn(members.spec))
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value)
}
