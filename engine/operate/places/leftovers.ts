import type { VersionRecord } from '../../entity/desired.js'
import { KEYS } from '../../reconcile/facts/keys.js'
import type { LoadedApplication } from '../books.js'

/** Kinds of record that mean nothing without their application's head. */
const PARTS = [
  ...['version', 'source', 'status', 'slot', 'role', 'holding', 'seen', 'kept', 'setting'],
  ...['policy', 'workflow', 'decision', 'task'],
]

/**
 * Keys of what an engine left that died while it recorded or buried an application, or recorded a document: parts without
 * a head, and specs that no version names. To be asked only before anything new is recorded.
 */
export function leftoverKeys(all: ReadonlyMap<string, LoadedApplication>): readonly string[] {
  const applications = [...all].filter(([id]) => id !== '').map(([, loaded]) => loaded)
  const whole = applications.filter((loaded) => loaded.get('desired')?.has('') === true)
  const headless = applications.filter((loaded) => loaded.get('desired')?.has('') !== true)
  const named = new Set(whole.flatMap((loaded) => specsOf(loaded)))
  const specs = keysIn(all.get(''), 'spec').filter((key) => !named.has(key))
  return [...headless.flatMap((loaded) => PARTS.flatMap((kind) => keysIn(loaded, kind))), ...specs]
}

function specsOf(loaded: LoadedApplication): readonly string[] {
  return [...(loaded.get('version')?.values() ?? [])].flatMap(({ value }) => {
    const { specDigest, parts } = value as unknown as VersionRecord
    return Array.from({ length: parts }, (_, part) => KEYS.spec(specDigest, part))
  })
}

function keysIn(loaded: LoadedApplication | undefined, kind: string): readonly string[] {
  return [...(loaded?.get(kind)?.values() ?? [])].map((entry) => entry.key)
}
