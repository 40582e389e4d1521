import { type Value, plain } from './value.js'

/** What a value lacks to be waited for no longer, to follow the name of what is waited for. */
export function lackOf(value: Value | undefined): string {
  if (value === undefined) return 'has not been set'
  const last = plain(value)
  if (last === '') return 'is an empty text'
  if (last === null || typeof last !== 'object') return `is ${JSON.stringify(last)}, which is not truthy`
  return Array.isArray(last) ? 'is an empty list' : 'is an empty map'
}
