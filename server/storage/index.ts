/** Where state is kept: the store on SQLite, the seal of secrets on a key file. Known to server/compose alone. */
export { readArchive } from './archive-reader.js'
export type { ArchiveFile, ArchiveLimits, ReadArchive } from './archive-shelf.js'
export { engineIdOf, readEngineId } from './engine-id.js'
export { externalConfig } from './external-config.js'
export { openKeyFileSeal } from './key-file-seal.js'
export type { KeyFileOptions } from './key-file-seal.js'
export { openSqliteStore } from './sqlite-store.js'
export type { FaultPoint, SqliteStore, SqliteStoreOptions } from './sqlite-store.js'
