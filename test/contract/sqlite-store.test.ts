import { join } from 'node:path'
import { openSqliteStore, type SqliteStore } from '../../server/storage/index.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'
import { storeContract } from './store-contract.js'

const directories = new TemporaryDirectories()
let opened: SqliteStore[] = []

storeContract('a SQLite store', {
  open: (options) => {
    const store = openSqliteStore({ path: join(directories.make(), 'weir.db'), ...options })
    opened.push(store)
    return Promise.resolve(store)
  },
  dispose: async () => {
    for (const store of opened) await store.close()
    opened = []
    directories.remove()
  },
})
