import { createHash } from 'node:crypto'
import { type Json, isJsonObject } from './json.js'

/**
 * JSON text with keys in code-unit order at every level, so that equal values give equal text.
 * Properties that are `undefined` are left out, as JSON.stringify does.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const part: Json | undefined = value[key]
    if (part === undefined) continue
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(part)}`
  }
  return `{${text}}`
}

/** Content address of a plain value: the first 32 hexadecimal digits of SHA-256 over its canonical JSON. */
export function digestOf(value: Json): string {
  return digestOfText(canonicalJson(value))
}

/** Content address of a text: the first 32 hexadecimal digits of its SHA-256. */
export function digestOfText(text: string): string {
  // Not a slice of the whole digest's text, which would keep that in memory.
  return createHash('sha256').update(text).digest().toString('hex', 0, 16)
}

/** Printable ASCII that JSON text shows as it is; most keys and names are nothing else. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}
