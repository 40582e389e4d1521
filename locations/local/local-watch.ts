import { mkdirSync, readFileSync, watch, type FSWatcher } from 'node:fs'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Observable, type Subscriber } from 'rxjs'
import type { Hint } from '../../engine/index.js'
import type { LocalStore } from './local-store.js'

/**
 * Hints until unsubscribed: a machine that comes or goes, and every receipt that a supervisor writes, within
 * milliseconds. Where the kernel watches no more directories, polling alone has to do.
 */
export function watchMachines(store: LocalStore): Observable<Hint> {
  return new Observable((subscriber) => {
    const watcher = new MachineWatcher(store, subscriber)
    watcher.begin()
    return () => watcher.end()
  })
}

class MachineWatcher {
  readonly #store: LocalStore
  readonly #subscriber: Subscriber<Hint>
  readonly #receipts = new Map<string, { readonly token: string; readonly watcher: FSWatcher | undefined }>()
  #machines: FSWatcher | undefined

  constructor(store: LocalStore, subscriber: Subscriber<Hint>) {
    this.#store = store
    this.#subscriber = subscriber
  }

  begin(): void {
    mkdirSync(this.#store.machines, { recursive: true, mode: 0o700 })
    this.#machines = tryWatch(this.#store.machines, (name) => this.#look(name))
    for (const name of readdirSync(this.#store.machines)) this.#attach(name)
  }

  end(): void {
    this.#machines?.close()
    for (const { watcher } of this.#receipts.values()) watcher?.close()
    this.#receipts.clear()
  }

  #look(name: string): void {
    const known = this.#receipts.get(name)
    known?.watcher?.close()
    this.#receipts.delete(name)
    const token = this.#attach(name) ?? known?.token
    if (token !== undefined) this.#subscriber.next({ token })
  }

  #attach(name: string): string | undefined {
    if (name.startsWith('.')) return undefined
    const token = tokenIn(this.#store.machineFile(name))
    if (token === undefined) return undefined
    const receipts = join(this.#store.machineDirectory(name), 'supervisor/receipts')
    const watcher = tryWatch(receipts, () => this.#subscriber.next({ token }))
    this.#receipts.set(name, { token, watcher })
    return token
  }
}

/** Names with a dot first are on their way in or out. */
function tryWatch(directory: string, changed: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      if (name !== null && !name.startsWith('.')) changed(name)
    })
    // What is watched may be removed; its parent tells.
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

function tokenIn(file: string): string | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof record === 'object' &&
      record !== null &&
      'token' in record &&
      typeof record.token === 'string'
      ? record.token
      : undefined
  } catch {
    return undefined
  }
}
