import { invariant } from '../support/invariant.js'
import { deepFreeze, type Json, type JsonObject } from '../support/json.js'
import { BATCH_LIMITS, type Batch, type Change } from './store.js'

/** Throws an InvariantError unless a batch keeps the port's limits. Every store calls it first. */
export function checkBatch(batch: Batch): void {
  const { changes } = batch
  invariant(changes.length <= BATCH_LIMITS.keys, `a batch has at most ${BATCH_LIMITS.keys} keys`)
  const keys = new Set<string>()
  for (const { key } of changes) {
    invariant(!LONE_SURROGATE.test(key), `a key is well-formed Unicode: ${JSON.stringify(key)}`)
    keys.add(key)
  }
  invariant(keys.size === changes.length, 'a batch names a key once')
  if (atMostBytes(changes) <= BATCH_LIMITS.bytes) return
  invariant(exactBytes(changes) <= BATCH_LIMITS.bytes, `a batch has at most ${BATCH_LIMITS.bytes} bytes`)
}

/** The changes as a store keeps and shows them: the list is a copy, the values are the caller's own, frozen. */
export function freezeChanges(changes: readonly Change[]): readonly Change[] {
  return Object.freeze(
    changes.map((change) => {
      if (change.kind === 'put') deepFreeze(change.value)
      return Object.freeze({ ...change })
    }),
  )
}

/** Media keep keys as UTF-8, where such a key would turn into another one. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** The most bytes that one UTF-16 unit takes in JSON text: \u0000. */
const WIDEST = 6
/** The longest text of a number, e.g. -1.7976931348623157e+308, with some to spare. */
const NUMBER = 32

/** A bound that is cheap to find, so that the text of small values is not made only to be measured. */
function atMostBytes(changes: readonly Change[]): number {
  let bytes = 0
  for (const change of changes) {
    if (change.kind === 'put') bytes += atMost(change.value)
    if (bytes > BATCH_LIMITS.bytes) return bytes
  }
  return bytes
}

function atMost(value: Json | undefined): number {
  if (typeof value === 'string') return value.length * WIDEST + 2
  if (typeof value !== 'object' || value === null) return NUMBER
  let bytes = 2
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) bytes += atMost(item) + 1
    return bytes
  }
  const object = value as JsonObject
  for (const key of Object.keys(object)) bytes += key.length * WIDEST + 4 + atMost(object[key])
  return bytes
}

/** Bytes of the values as JSON text in UTF-8. */
function exactBytes(changes: readonly Change[]): number {
  let bytes = 0
  for (const change of changes) if (change.kind === 'put') bytes += utf8Bytes(JSON.stringify(change.value))
  return bytes
}

function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // A half of a surrogate pair counts two: the pair is four bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}
