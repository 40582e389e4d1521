import { Failure, type FailureRecord } from '../../engine/index.js'
import { codeOf } from './private-file.js'

/** Meaning of what SQLite says, by the beginning of its error code; the first that fits. */
const MEANINGS: readonly (readonly [string, Pick<FailureRecord, 'cause' | 'retry'>, string])[] = [
  ['SQLITE_FULL', { cause: 'capacity', retry: 'soon' }, 'the disk is full'],
  ['SQLITE_BUSY', { cause: 'conflict', retry: 'soon' }, 'another process uses the store'],
  ['SQLITE_LOCKED', { cause: 'conflict', retry: 'soon' }, 'another process uses the store'],
  ['SQLITE_READONLY', { cause: 'denied', retry: 'never' }, 'the store may not be written'],
  ['SQLITE_CANTOPEN', { cause: 'denied', retry: 'never' }, 'the store cannot be opened'],
  ['SQLITE_NOTADB', { cause: 'invalid', retry: 'never' }, 'the file is no store'],
  ['SQLITE_CORRUPT', { cause: 'invalid', retry: 'never' }, 'the store is damaged; bring back a copy of it'],
  ['SQLITE_IOERR', { cause: 'internal', retry: 'never' }, 'the disk failed; start again when it is mended'],
]

/** A failure of SQLite as ours, with the store's path and SQLite's own words. Anything else is given back as it is. */
export function sqliteFailure(path: string, thrown: unknown): unknown {
  const code = codeOf(thrown)
  if (!code.startsWith('SQLITE_') || !(thrown instanceof Error)) return thrown
  const [, kind, text] = MEANINGS.find(([start]) => code.startsWith(start)) ?? [
    '',
    { cause: 'internal', retry: 'soon' } as const,
    'the store failed',
  ]
  return new Failure({ ...kind, message: `${path}: ${text} (${code}: ${thrown.message})` }, thrown)
}

/**
 * Whether it is unknown after this failure what the disk holds. A system forgets what it could not write, so asking again
 * would say "durable" of what is lost: such a store takes no more commits.
 */
export function leavesDoubt(thrown: unknown): boolean {
  const code = codeOf(thrown)
  return code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CORRUPT')
}
