import type { VersionRecord } from '../entity/desired.js'
import { KEYS } from '../reconcile/keys.js'
import type { LoadedApplication } from './books.js'

/** Kinds of record that mean nothing without their application's head. */
const PARTS = ['version', 'source', 'status', 'slot', 'role', 'holding', 'seen', 'policy', 'decision', 'task']

/**
 * Keys of what an engine left that died while it recorded or buried an application, or recorded a document: parts without
 * a head, and specs that no version names. To be asked only before anything new is recorded.
 */
export function leftoverKeys(all: ReadonlyMap<string, LoadedApplication>): readonly string[] {
  const keys: string[] = []
  const named = new Set<string>()
  for (const [id, loaded] of all) {
    if (id === '') continue
    if (loaded.get('desired')?.has('') !== true) {
      for (const kind of PARTS) for (const entry of loaded.get(kind)?.values() ?? []) keys.push(entry.key)
      continue
    }
    for (const entry of loaded.get('version')?.values() ?? []) {
      const { specDigest, parts } = entry.value as unknown as VersionRecord
      for (let part = 0; part < parts; part += 1) named.add(KEYS.spec(specDigest, part))
    }
  }
  for (const entry of all.get('')?.get('spec')?.values() ?? [])
    if (!named.has(entry.key)) keys.push(entry.key)
  return keys
}
