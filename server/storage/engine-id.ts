import { type IdSource, invariant, required, type Store } from '../../engine/index.js'

/**
 * The identity of the engine that works on this store: made once, kept for the store's life. It marks everything that the
 * engine makes at the far ends, so a copy of a store must not be run beside the original.
 */
export async function engineIdOf(store: Store, ids: IdSource): Promise<string> {
  const known = await readEngineId(store)
  if (known !== undefined) return known
  const value = { kind: 'engine-id', id: ids.next() }
  const answer = await store.commit({ changes: [{ kind: 'put', key: KEY, value, expect: 0 }] })
  // A conflict: someone else has just made it, and then it is theirs that counts.
  if (answer.kind === 'committed') return value.id
  return required(await readEngineId(store), 'the identity of the engine')
}

/** The engine's identity; undefined while the store has none. */
export async function readEngineId(store: Store): Promise<string | undefined> {
  const { entries } = await store.load(KEY)
  const id = entries.find((entry) => entry.key === KEY)?.value['id']
  invariant(id === undefined || typeof id === 'string', 'the identity of an engine is a text')
  return id
}

/** A record of no application; see the engine's keys. */
const KEY = 'engine-id/'
