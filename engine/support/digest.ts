import { createHash } from 'node:crypto'
import { type Json, isJsonObject } from './json.js'

/**
 * JSON text with keys in code-unit order at every level, so that equal values give equal text.
 * Properties that are `undefined` are left out, as JSON.stringify does.
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) => (isJsonObject(part) ? sortKeys(part) : part))
}

/** Content address of a plain value: the first 32 hexadecimal digits of SHA-256 over its canonical JSON. */
export function digestOf(value: Json): string {
  return digestOfText(canonicalJson(value))
}

/** Content address of a text: the first 32 hexadecimal digits of its SHA-256. */
export function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function sortKeys(value: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const entries = Object.entries(value)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries)
}
