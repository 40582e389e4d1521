import { crc32 } from 'node:zlib'
import { Failure } from '../../engine/index.js'

/**
 * Checksum of a stored row: CRC-32 over its name, its revision and its text, so that neither a damaged text nor a row
 * that belongs elsewhere passes for the one that was written. It finds accidents, not forgery.
 */
export function rowSum(name: string, revision: number, text: string): number {
  return crc32(text, crc32(`${revision} ${name}\0`))
}

/** What is thrown for a row that is not what was written: it names the row and the way out. */
export function damagedRow(what: string, cause?: unknown): Failure {
  const message = `the store is damaged: ${what} is not what was written; bring back a copy of the store`
  return new Failure({ cause: 'invalid', retry: 'never', message }, cause)
}
