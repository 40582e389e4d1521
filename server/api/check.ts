import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** Where a value does not fit its schema, and how. */
export interface Misfit {
  /** JSON pointer into the value; '' for the value itself. */
  readonly pointer: string
  readonly message: string
}

/** At most this many misfits are told: the first ones are what helps. */
const TOLD = 20

/** Where `value` does not fit `schema`, one misfit for each place; none when it fits. */
export function misfits(schema: TSchema, value: unknown): readonly Misfit[] {
  if (Value.Check(schema, value)) return []
  const byPointer = new Map<string, Misfit>()
  for (const error of Value.Errors(schema, value)) {
    if (byPointer.size >= TOLD) break
    if (!byPointer.has(error.path)) {
      byPointer.set(error.path, { pointer: error.path, message: messageOf(error) })
    }
  }
  return [...byPointer.values()]
}

function messageOf(error: { readonly message: string; readonly schema: TSchema }): string {
  const words = wordsOf(error.schema)
  return words === undefined ? error.message : `Expected one of ${words.join(', ')}`
}

/** The words of a schema that allows a few words only. */
export function wordsOf(schema: TSchema): readonly (string | number)[] | undefined {
  const parts = schema['anyOf'] as readonly TSchema[] | undefined
  if (parts === undefined || parts.length === 0) return undefined
  const words = parts.map((part) => part['const'] as string | number | undefined)
  return words.every((word) => word !== undefined) ? words : undefined
}
