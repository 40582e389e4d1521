import type Database from 'better-sqlite3'
import { type Change, type Commit, type Entry, deepFreeze, type JsonObject } from '../../engine/index.js'
import { damagedRow, rowSum } from './row-sum.js'

/** Rows of the history given at once: enough to be quick, few enough to be small. */
const PAGE = 200

/** The tables of a store as plain functions. Reading checks every row's sum and throws a Failure that names the row. */
export interface Tables {
  revisionOf(key: string): number
  put(row: { readonly key: string; readonly text: string; readonly revision: number }): void
  remove(key: string): void
  /** Entries with the prefix, by code unit. */
  entries(prefix: string): readonly Entry[]
  appendCommit(revision: number, text: string): void
  commitsAfter(revision: number): readonly Commit[]
  /** Revisions of the oldest and the last commit kept; undefined before the first. */
  commitRange(): { readonly oldest: number; readonly last: number } | undefined
  forgetCommitsBefore(revision: number): void
  control(name: string): JsonObject | undefined
  setControl(name: string, value: JsonObject): void
  removeControl(name: string): void
}

/** The tables of an open database, with their statements made ready. */
export function tablesOf(database: Database.Database): Tables {
  return { ...recordTable(database), ...commitTable(database), ...controlTable(database) }
}

/** Text of a history row, from texts of values that were made already. */
export function changesText(changes: readonly Change[], texts: readonly string[]): string {
  const parts = changes.map((change, at) => {
    const expect = change.expect === undefined ? '' : `,"expect":${change.expect}`
    const value = change.kind === 'put' ? `,"value":${texts[at] ?? ''}` : ''
    return `{"kind":"${change.kind}","key":${JSON.stringify(change.key)}${expect}${value}}`
  })
  return `[${parts.join(',')}]`
}

type RecordTable = Pick<Tables, 'revisionOf' | 'put' | 'remove' | 'entries'>
type CommitTable = Pick<Tables, 'appendCommit' | 'commitsAfter' | 'commitRange' | 'forgetCommitsBefore'>
type ControlTable = Pick<Tables, 'control' | 'setControl' | 'removeControl'>

function recordTable(database: Database.Database): RecordTable {
  const revision = database.prepare<[string], number>('SELECT revision FROM records WHERE key = ?').pluck()
  const put = database.prepare<[string, string, number, number]>(
    `INSERT INTO records (key, value, revision, sum) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision, sum = excluded.sum`,
  )
  const remove = database.prepare<[string]>('DELETE FROM records WHERE key = ?')
  const columns = 'SELECT key, value, revision, sum FROM records WHERE key >= ?'
  const between = database.prepare<[string, string], RecordRow>(`${columns} AND key < ? ORDER BY key`).raw()
  const from = database.prepare<[string], RecordRow>(`${columns} ORDER BY key`).raw()
  return {
    revisionOf: (key) => revision.get(key) ?? 0,
    put: (row) => void put.run(row.key, row.text, row.revision, rowSum(row.key, row.revision, row.text)),
    remove: (key) => void remove.run(key),
    entries: (prefix) => {
      const end = endOf(prefix)
      const entries: Entry[] = []
      // One by one: the texts of a whole store, held until all were read, would be moved about by every collection.
      for (const row of end === undefined ? from.iterate(prefix) : between.iterate(prefix, end))
        entries.push(entryOf(row))
      // SQLite orders by code point, the port by code unit: they differ above U+FFFF only, so this is nearly sorted.
      return entries.sort((a, b) => (a.key < b.key ? -1 : 1))
    },
  }
}

type RecordRow = readonly [key: string, value: string, revision: number, sum: number]

function entryOf([key, value, revision, sum]: RecordRow): Entry {
  if (rowSum(key, revision, value) !== sum) throw damagedRow(`record '${key}'`)
  return Object.freeze({ key, value: parse(value, `record '${key}'`) as JsonObject, revision })
}

function commitTable(database: Database.Database): CommitTable {
  const append = database.prepare<[number, string, number]>(
    'INSERT INTO commits (revision, changes, sum) VALUES (?, ?, ?)',
  )
  const after = database
    .prepare<[number], CommitRow>(
      `SELECT revision, changes, sum FROM commits WHERE revision > ? ORDER BY revision LIMIT ${PAGE}`,
    )
    .raw()
  const oldest = database.prepare<[], number | null>('SELECT min(revision) FROM commits').pluck()
  const last = database.prepare<[], number | null>('SELECT max(revision) FROM commits').pluck()
  const forget = database.prepare<[number]>('DELETE FROM commits WHERE revision < ?')
  return {
    appendCommit: (revision, text) => void append.run(revision, text, rowSum('', revision, text)),
    commitsAfter: (revision) => after.all(revision).map(commitOf),
    commitRange: () => {
      const range = { oldest: oldest.get() ?? 0, last: last.get() ?? 0 }
      return range.last === 0 ? undefined : range
    },
    forgetCommitsBefore: (revision) => void forget.run(revision),
  }
}

type CommitRow = readonly [revision: number, changes: string, sum: number]

function commitOf([revision, text, sum]: CommitRow): Commit {
  if (rowSum('', revision, text) !== sum) throw damagedRow(`commit ${revision}`)
  return Object.freeze({ revision, changes: parse(text, `commit ${revision}`) as readonly Change[] })
}

function controlTable(database: Database.Database): ControlTable {
  const read = database.prepare<[string], ControlRow>('SELECT value, sum FROM control WHERE name = ?').raw()
  const write = database.prepare<[string, string, number]>(
    'INSERT OR REPLACE INTO control (name, value, sum) VALUES (?, ?, ?)',
  )
  const remove = database.prepare<[string]>('DELETE FROM control WHERE name = ?')
  return {
    control: (name) => {
      const row = read.get(name)
      if (row === undefined) return undefined
      if (rowSum(name, 0, row[0]) !== row[1]) throw damagedRow(`control row '${name}'`)
      return parse(row[0], `control row '${name}'`) as JsonObject
    },
    setControl: (name, value) => {
      const text = JSON.stringify(value)
      write.run(name, text, rowSum(name, 0, text))
    },
    removeControl: (name) => void remove.run(name),
  }
}

type ControlRow = readonly [value: string, sum: number]

function parse(text: string, what: string): unknown {
  try {
    return deepFreeze<unknown>(JSON.parse(text))
  } catch (thrown) {
    throw damagedRow(what, thrown)
  }
}

/** The least text that is greater than every text with the prefix; undefined when there is none. */
function endOf(prefix: string): string | undefined {
  const points = Array.from(prefix)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0
    // Surrogates are no characters: the one after U+D7FF is U+E000.
    if (point < 0x10ffff) return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1)
  }
  return undefined
}
