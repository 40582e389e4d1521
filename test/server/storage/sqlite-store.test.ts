import Database from 'better-sqlite3'
import { lstatSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure, type FailureCause, InvariantError, type WatchEvent } from '../../../engine/index.js'
import {
  engineIdOf,
  openSqliteStore,
  readEngineId,
  type FaultPoint,
  type SqliteStoreOptions,
} from '../../../server/storage/index.js'
import { commitsIn, put, remove, replay } from '../../contract/store-contract.js'
import { SequenceIds } from '../../support/sequence-ids.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'

const directories = new TemporaryDirectories()
let path = ''
beforeEach(() => {
  path = join(directories.make(), 'state', 'weir.db')
})
afterEach(() => {
  directories.remove()
})

/** Opens the store, lets `use` work on it, and closes it again. */
async function using<T>(
  use: (store: ReturnType<typeof openSqliteStore>) => Promise<T>,
  options: Partial<SqliteStoreOptions> = {},
): Promise<T> {
  const store = openSqliteStore({ path, ...options })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** The cause of the failure that opening ends with. */
function causeOfOpening(): FailureCause | undefined {
  try {
    void openSqliteStore({ path }).close()
    return undefined
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.record.cause
    throw thrown
  }
}

/** Damages the file where the text stands: every copy of it. */
function damage(file: string, text: string, by: string): void {
  const bytes = readFileSync(file)
  let found = 0
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1), found++) bytes.write(by, at)
  expect(found).toBeGreaterThan(0)
  writeFileSync(file, bytes)
}

describe('a SQLite store that is opened again', () => {
  it('has the same entries, history, leases and epoch', async () => {
    const before = await using(async (store) => {
      await store.commit({ changes: [put('a', 1), put('b', 1)] })
      await store.acquire('engine', 'first', 100, 0)
      await store.acquire('engine', 'second', 1000, 500)
      await store.commit({ changes: [remove('a'), put('c', 2, 0)], epoch: 2 })
      return store.load('')
    })
    await using(async (store) => {
      expect(await store.load('')).toEqual(before)
      const seen: WatchEvent[] = []
      store.watch(0).subscribe((event) => seen.push(event))
      expect(commitsIn(seen)).toEqual([
        { revision: 1, changes: [put('a', 1), put('b', 1)] },
        { revision: 2, changes: [remove('a'), put('c', 2, 0)] },
      ])
      expect(replay(commitsIn(seen))).toEqual(before.entries)
      expect(await store.commit({ changes: [put('a', 3)], epoch: 1 })).toEqual({ kind: 'fenced', epoch: 2 })
      expect((await store.acquire('engine', 'third', 100, 1000)).granted).toBe(false)
      expect((await store.acquire('engine', 'third', 100, 1500)).lease.epoch).toBe(3)
      expect(await store.commit({ changes: [put('a', 3)] })).toEqual({ kind: 'committed', revision: 3 })
    })
  })

  it('still says which revisions are no longer kept', async () => {
    await using(
      async (store) => {
        for (let n = 1; n <= 50; n++) await store.commit({ changes: [put('a', n)] })
      },
      { history: 10 },
    )
    await using(async (store) => {
      const seen: WatchEvent[] = []
      store.watch(40).subscribe((event) => seen.push(event))
      store.watch(0).subscribe((event) => seen.push(event))
      expect(seen[0]).toMatchObject({ kind: 'commit', commit: { revision: 41 } })
      expect(seen[10]?.kind).toBe('compacted')
    })
  })

  it('gives a long past in pages, and the present after it', async () => {
    await using(async (store) => {
      await Promise.all(Array.from({ length: 1000 }, (_, n) => store.commit({ changes: [put('a', n)] })))
    })
    await using(async (store) => {
      const seen: WatchEvent[] = []
      store.watch(1).subscribe((event) => seen.push(event))
      await store.commit({ changes: [put('a', 0)] })
      expect(commitsIn(seen).map((commit) => commit.revision)).toEqual(
        Array.from({ length: 1000 }, (_, at) => at + 2),
      )
    })
  })

  it('keeps one engine identity for ever', async () => {
    const made = await using(async (store) => {
      expect(await readEngineId(store)).toBeUndefined()
      const both = await Promise.all([
        engineIdOf(store, new SequenceIds('a')),
        engineIdOf(store, new SequenceIds('b')),
      ])
      expect(both[0]).toBe(both[1])
      return both[0]
    })
    await using(async (store) => {
      expect(await engineIdOf(store, new SequenceIds('c'))).toBe(made)
      expect(await readEngineId(store)).toBe(made)
    })
  })
})

describe('the file of a SQLite store', () => {
  it('is readable by its owner alone, in a directory that is too', async () => {
    await using(async (store) => {
      await store.commit({ changes: [put('a', 1)] })
      expect(lstatSync(path).mode & 0o777).toBe(0o600)
      expect(lstatSync(`${path}-wal`).mode & 0o777).toBe(0o600)
      expect(lstatSync(join(path, '..')).mode & 0o777).toBe(0o700)
    })
  })

  it.each(['', '-wal'])('is refused when %j after its name makes a symbolic link', async (suffix) => {
    await using((store) => store.load(''))
    const elsewhere = join(directories.make(), 'elsewhere.db')
    writeFileSync(elsewhere, '')
    if (suffix === '') path = `${path}2`
    symlinkSync(elsewhere, path + suffix)
    expect(causeOfOpening()).toBe('denied')
    expect(readFileSync(elsewhere)).toHaveLength(0)
  })

  it('is refused while it is open already', async () => {
    await using((store) => {
      expect(causeOfOpening()).toBe('conflict')
      return store.load('')
    })
    expect(causeOfOpening()).toBeUndefined()
  })

  it.each([
    {
      what: 'is no database',
      spoil: () => writeFileSync(path, 'not a database, but long enough to be read as one'),
      cause: 'invalid',
    },
    { what: 'is a directory', spoil: () => mkdirSync(path), cause: 'denied' },
    {
      what: "is someone else's database",
      spoil: () => new Database(path).exec('CREATE TABLE t (x)').close(),
      cause: 'invalid',
    },
  ])('is refused when it $what', ({ spoil, cause }) => {
    mkdirSync(join(path, '..'))
    spoil()
    expect(causeOfOpening()).toBe(cause)
  })

  it('is refused when a newer version wrote it, and says so', async () => {
    await using((store) => store.commit({ changes: [put('a', 1)] }))
    const database = new Database(path)
    database.pragma('user_version = 7')
    database.close()
    expect(() => openSqliteStore({ path })).toThrow(/newer Weir \(format 7, known up to 1\)/)
    expect(causeOfOpening()).toBe('unsupported')
  })
})

describe('a damaged SQLite store', () => {
  const value = { text: 'the right text' }

  it('says which record is not what was written', async () => {
    await using((store) =>
      store.commit({ changes: [{ kind: 'put', key: 'slot/a', value }, put('slot/b', 1)] }),
    )
    damage(path, 'right', 'wrong')
    await using(async (store) => {
      await expect(store.load('slot/')).rejects.toThrow(/record 'slot\/a' is not what was written/)
      await expect(store.load('slot/b')).resolves.toMatchObject({ entries: [{ key: 'slot/b' }] })
    })
  })

  it('notices a record under the key of another', async () => {
    await using((store) => store.commit({ changes: [{ kind: 'put', key: 'slot/a', value }] }))
    damage(path, 'slot/a', 'slot/b')
    await using(async (store) => {
      await expect(store.load('')).rejects.toThrow(/record 'slot\/b'/)
    })
  })

  it('ends a watch with the commit that is not what was written', async () => {
    await using((store) => store.commit({ changes: [{ kind: 'put', key: 'slot/a', value }] }))
    damage(path, 'right', 'wrong')
    await using(async (store) => {
      let ended: unknown
      store.watch(0).subscribe({ error: (thrown: unknown) => (ended = thrown) })
      expect(ended).toBeInstanceOf(Failure)
      expect((ended as Failure).message).toContain('commit 1 is not what was written')
      expect(await store.commit({ changes: [put('b', 1)] })).toMatchObject({ kind: 'committed' })
    })
  })

  it('is refused when its epoch is not what was written', async () => {
    await using((store) => store.acquire('engine', 'a', 100, 0))
    damage(path, '{"epoch":1}', '{"epoch":0}')
    expect(causeOfOpening()).toBe('invalid')
  })

  it('is refused, or fails loudly, when it was cut off', async () => {
    await using(async (store) => {
      for (let n = 0; n < 100; n++)
        await store.commit({ changes: [{ kind: 'put', key: `k${n}`, value: { n, value } }] })
    })
    truncateSync(path, 8192)
    const loaded = Promise.resolve().then(() => using((store) => store.load('')))
    await expect(loaded).rejects.toBeInstanceOf(Failure)
  })
})

describe('group commit', () => {
  it('makes one transaction of all that is asked for in one turn, and one of each that waits for the former', async () => {
    const points: FaultPoint[] = []
    const onPoint = (point: FaultPoint) => points.push(point)
    await using(
      async (store) => {
        await Promise.all([1, 2, 3].map((n) => store.commit({ changes: [put(`k${n}`, n)] })))
        await store.commit({ changes: [put('k1', 4)] })
        await store.commit({ changes: [put('k1', 5, 99)] })
        await store.acquire('engine', 'a', 100, 0)
      },
      { onPoint },
    )
    expect(points).toEqual([
      { when: 'before', revision: 3 },
      { when: 'after', revision: 3 },
      { when: 'before', revision: 4 },
      { when: 'after', revision: 4 },
    ])
  })

  it('refuses all of a transaction that failed, keeps nothing of it and goes on', async () => {
    let fails = true
    const onPoint = ({ when }: FaultPoint) => {
      if (fails && when === 'before') throw new Failure({ cause: 'capacity', retry: 'soon', message: 'full' })
    }
    await using(
      async (store) => {
        const answers = await Promise.allSettled([
          store.commit({ changes: [put('a', 1)] }),
          store.commit({ changes: [put('b', 1)] }),
          store.acquire('engine', 'a', 100, 0),
        ])
        expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected', 'rejected'])
        expect(await store.load('')).toEqual({ revision: 0, entries: [] })
        fails = false
        expect(await store.commit({ changes: [put('b', 2, 0)] })).toEqual({ kind: 'committed', revision: 1 })
        expect((await store.acquire('engine', 'b', 100, 0)).lease.epoch).toBe(1)
      },
      { onPoint },
    )
  })

  it('takes no more commits once the disk has left it in doubt', async () => {
    let calls = 0
    const onPoint = ({ when }: FaultPoint) => {
      calls++
      if (when === 'before') throw Object.assign(new Error('fsync'), { code: 'SQLITE_IOERR_FSYNC' })
    }
    await using(
      async (store) => {
        const first = store.commit({ changes: [put('a', 1)] })
        await expect(first).rejects.toMatchObject({ record: { cause: 'internal', retry: 'never' } })
        await expect(store.commit({ changes: [put('a', 1)] })).rejects.toBeInstanceOf(Failure)
        expect(calls).toBe(1)
      },
      { onPoint },
    )
  })

  it('shares transactions among more than fit into one, still in order', async () => {
    const text = 'x'.repeat(1_000_000)
    await using(async (store) => {
      const big = Array.from({ length: 20 }, () =>
        store.commit({ changes: [{ kind: 'put', key: 'a', value: { text } }] }),
      )
      const small = Array.from({ length: 2500 }, (_, n) => store.commit({ changes: [put('b', n)] }))
      const answers = await Promise.all([...big, ...small])
      expect(answers).toEqual(answers.map((_, at) => ({ kind: 'committed', revision: at + 1 })))
    })
  })

  it('closes although a watcher answers every commit with another', async () => {
    const store = openSqliteStore({ path })
    const refused: unknown[] = []
    store.watch(0).subscribe(() => {
      store.commit({ changes: [put('a', 1)] }).catch((thrown: unknown) => refused.push(thrown))
    })
    const answer = store.commit({ changes: [put('a', 0)] })
    await store.close()
    expect(await answer).toEqual({ kind: 'committed', revision: 1 })
    expect(refused).toEqual([expect.any(InvariantError)])
  })

  it('makes durable on close what still waits, and takes nothing after', async () => {
    const store = openSqliteStore({ path })
    const answer = store.commit({ changes: [put('a', 1)] })
    await store.close()
    expect(await answer).toEqual({ kind: 'committed', revision: 1 })
    await expect(store.commit({ changes: [put('a', 2)] })).rejects.toThrow(InvariantError)
    await expect(store.load('')).rejects.toThrow(InvariantError)
    await using(async (again) => {
      expect((await again.load('')).entries).toHaveLength(1)
    })
  })
})
