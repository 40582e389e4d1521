import { digestOf } from '../../support/digest.js'
import { isJsonObject, type Json } from '../../support/json.js'

/** Characters of a value in a line. */
const MOST = 60

/** One difference as people read it: "machine.image: a → b", or "volumes: added". */
export function changeLine(name: string, from: Json | undefined, to: Json | undefined): string {
  if (isNothing(from) && isPart(to)) return `${name}: added${commandOf(to)}`
  if (isPart(from) && isNothing(to)) return `${name}: removed`
  return `${name}: ${brief(from ?? null)} → ${brief(to ?? null)}`
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null
}

/** Whether a value is a part of a document rather than one setting of it. */
function isPart(value: Json | undefined): boolean {
  return isJsonObject(value) ? value['kind'] !== 'literal' : Array.isArray(value) && value.some(isJsonObject)
}

/** An operation is told by its command. */
function commandOf(part: Json | undefined): string {
  const command = isJsonObject(part) ? part['command'] : undefined
  return command === undefined ? '' : ` (${brief(command)})`
}

function brief(value: Json): string {
  const clear = isJsonObject(value) && value['kind'] === 'literal' ? (value['value'] ?? null) : value
  if (typeof clear === 'string' && clear.trimEnd().includes('\n'))
    return `${clear.trimEnd().split('\n').length} lines (${digestOf(clear).slice(0, 8)})`
  if (isJsonObject(clear)) return ofObject(clear)
  const shown = isPart(clear)
    ? `${(clear as readonly Json[]).length} entries (${digestOf(clear).slice(0, 8)})`
    : JSON.stringify(clear)
  return shown.length > MOST ? `${shown.slice(0, MOST - 3)}…` : shown
}

/** Expressions by their text where they have one; whatever else only as this or another. */
function ofObject(value: { readonly [key: string]: Json }): string {
  const text = value['text'] ?? value['pattern'] ?? value['command']
  return text === undefined ? `a value (${digestOf(value).slice(0, 8)})` : brief(text)
}
