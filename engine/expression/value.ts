import type { Json } from '../support/json.js'
import { Secret } from '../support/secret.js'

/** An entity as a value. Wherever it is shown, stored or put into a text, it is its path. */
export class EntityValue {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  toString(): string {
    return this.path
  }

  toJSON(): string {
    return this.path
  }
}

/** A value that may hold secrets and entities inside; only `plain` and `revealed` take them out. */
export type Value = Json | Secret | EntityValue | readonly Value[] | { readonly [key: string]: Value }

/** The value with each secret as its name, and each entity as its path: for showing, comparing and storing. */
export function plain(value: Value): Json {
  return converted(value, (secret) => secret.toString())
}

/** Clear values, for what makes a Secret of them again. Danger: as for `Secret.reveal`. */
export function revealed(value: Value): Json {
  return converted(value, (secret) => secret.reveal())
}

/** As text, for environments and commands: strings as they are, other values as JSON; a Secret stays one. */
export function text(value: Value): string | Secret {
  if (value instanceof Secret || typeof value === 'string') return value
  const shown = plain(value)
  if (typeof shown === 'string') return shown
  return typeof shown === 'number' || typeof shown === 'boolean' ? String(shown) : JSON.stringify(shown)
}

/** As `text`, secrets in the clear. Danger: as for `Secret.reveal`. */
export function clearText(value: Value): string {
  const shown = text(value)
  return shown instanceof Secret ? shown.reveal() : shown
}

/** Whether a value counts as "ready": not null, false, 0, '' or empty. */
export function isTruthy(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Whether a value counts as ready: entities and secrets do, anything else where it is truthy. */
export function isReady(value: Value): boolean {
  return value instanceof Secret || value instanceof EntityValue || isTruthy(plain(value))
}

/** The first secret inside; undefined when there is none. */
export function secretIn(value: Value): Secret | undefined {
  if (value instanceof Secret) return value
  if (typeof value !== 'object' || value === null || value instanceof EntityValue) return undefined
  for (const part of Object.values(value)) {
    const found = secretIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** A text made of values: as secret as the first secret among them. */
export function madeOf(values: readonly Value[], name: string, made: string): Value {
  return secretIn(values)?.within(name, made) ?? made
}

function converted(value: Value, ofSecret: (secret: Secret) => string): Json {
  if (value instanceof Secret) return ofSecret(value)
  if (value instanceof EntityValue) return value.path
  if (Array.isArray(value)) return (value as readonly Value[]).map((part) => converted(part, ofSecret))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value as { readonly [key: string]: Value }).map(([key, part]) => [
        key,
        converted(part, ofSecret),
      ]),
    )
  }
  return value
}

/** Two maps put together, and the maps in them: what `nearest` says counts. Anything else than a map covers what is above it. */
export function mergedOver(above: Value, nearest: Value): Value {
  if (!isMap(above) || !isMap(nearest)) return nearest
  const entries = Object.entries(nearest).map(([key, value]) => {
    const below = Object.hasOwn(above, key) ? above[key] : undefined
    return [key, below === undefined ? value : mergedOver(below, value)] as const
  })
  return { ...above, ...Object.fromEntries(entries) }
}

function isMap(value: Value): value is { readonly [key: string]: Value } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Secret) && !(value instanceof EntityValue)
}
