import { describe, expect, it } from 'vitest'
import { Failure } from '../../../engine/index.js'
import { leavesDoubt, sqliteFailure } from '../../../server/storage/sqlite-failure.js'

const thrown = (code: string) => Object.assign(new Error('words of SQLite'), { code })

describe('a failure of SQLite', () => {
  it.each([
    { code: 'SQLITE_FULL', cause: 'capacity', retry: 'soon', doubt: false },
    { code: 'SQLITE_BUSY', cause: 'conflict', retry: 'soon', doubt: false },
    { code: 'SQLITE_BUSY_SNAPSHOT', cause: 'conflict', retry: 'soon', doubt: false },
    { code: 'SQLITE_LOCKED', cause: 'conflict', retry: 'soon', doubt: false },
    { code: 'SQLITE_READONLY', cause: 'denied', retry: 'never', doubt: false },
    { code: 'SQLITE_CANTOPEN', cause: 'denied', retry: 'never', doubt: false },
    { code: 'SQLITE_NOTADB', cause: 'invalid', retry: 'never', doubt: false },
    { code: 'SQLITE_CORRUPT_INDEX', cause: 'invalid', retry: 'never', doubt: true },
    { code: 'SQLITE_IOERR_FSYNC', cause: 'internal', retry: 'never', doubt: true },
    { code: 'SQLITE_NOMEM', cause: 'internal', retry: 'soon', doubt: false },
  ])('$code means $cause, retry $retry, doubt $doubt', ({ code, cause, retry, doubt }) => {
    const failure = sqliteFailure('some/weir.db', thrown(code))
    expect(failure).toBeInstanceOf(Failure)
    expect((failure as Failure).record).toMatchObject({ cause, retry })
    expect((failure as Failure).message).toContain('some/weir.db')
    expect((failure as Failure).message).toContain('words of SQLite')
    expect(leavesDoubt(thrown(code))).toBe(doubt)
  })

  it('is told from what is no failure of SQLite', () => {
    const other = thrown('ENOENT')
    expect(sqliteFailure('some/weir.db', other)).toBe(other)
    expect(sqliteFailure('some/weir.db', 'a text')).toBe('a text')
    expect(leavesDoubt(other)).toBe(false)
  })
})
