import Database from 'better-sqlite3'
import { Failure } from '../../engine/index.js'
import { ensurePrivateFile, refuseLink } from './private-file.js'
import { sqliteFailure } from './sqlite-failure.js'

/** Layout of the file. A store with a newer one is refused; an older one is brought forward here. */
export const FORMAT = 1

/** 'WEIR' in the header of the file, so that it is known for what it is. */
const APPLICATION_ID = 0x57454952

const SCHEMA = `
  CREATE TABLE records (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    revision INTEGER NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE commits (
    revision INTEGER PRIMARY KEY,
    changes TEXT NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE control (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`

/**
 * Opens the file of a store, making it when it is absent, for this process alone. Throws a Failure: 'denied' for a
 * symbolic link or a file that we may not use, 'conflict' while another process has it, 'invalid' for a file that is no
 * store, 'unsupported' for a newer format.
 */
export function openDatabase(path: string): Database.Database {
  ensurePrivateFile(path)
  refuseLink(`${path}-wal`)
  let database: Database.Database | undefined
  try {
    database = new Database(path, { timeout: 1000 })
    configure(database)
    prepareLayout(database, path)
    return database
  } catch (thrown) {
    database?.close()
    throw sqliteFailure(path, thrown)
  }
}

/**
 * Exclusive: one process, and no shared memory beside the file. WAL with FULL: a commit returns when it is on the disk.
 */
function configure(database: Database.Database): void {
  database.pragma('locking_mode = EXCLUSIVE')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('wal_autocheckpoint = 4000')
  database.pragma('journal_size_limit = 67108864')
  database.pragma('cache_size = -32000')
  database.pragma('trusted_schema = OFF')
}

function prepareLayout(database: Database.Database, path: string): void {
  const format = database.pragma('user_version', { simple: true }) as number
  const application = database.pragma('application_id', { simple: true }) as number
  const tables = database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0
  if (format === 0 && application === 0 && tables === 0) {
    makeLayout(database)
    return
  }
  if (application !== APPLICATION_ID) {
    throw new Failure({
      cause: 'invalid',
      retry: 'never',
      message: `${path} is a database, but no store of Weir`,
    })
  }
  if (format > FORMAT) {
    const message = `${path} was written by a newer Weir (format ${format}, known up to ${FORMAT}): use that one, or a copy from before it`
    throw new Failure({ cause: 'unsupported', retry: 'never', message })
  }
}

function makeLayout(database: Database.Database): void {
  database.transaction(() => {
    database.exec(SCHEMA)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.pragma(`user_version = ${FORMAT}`)
  })()
}
