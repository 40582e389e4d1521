import type { DesiredRecord } from '../../entity/desired.js'
import type { ResourceKind } from '../../entity/resource.js'
import { digestOfText } from '../../support/digest.js'

/**
 * The token of one thing at the far end: derived from who wants it, so that the same wish has the same token before and
 * after a crash. The version of the document counts: what one version drops and a later one wants again begins to count
 * anew, and is another thing. 32 hexadecimal digits.
 */
export function tokenFor(
  engine: string,
  { id, version }: Pick<DesiredRecord, 'id' | 'version'>,
  key: string,
  number: number,
): string {
  return digestOfText(`${engine} ${id} ${version} ${key} ${number}`)
}

/** A far-end name for people: lower case, `[a-z0-9-]`, at most 63 characters, unique by the token's beginning. */
export function nameFor(application: string, key: string, number: number, token: string): string {
  const words = `${slug(application)}-${slug(key)}-${number}`.slice(0, 52).replace(/-+$/, '')
  return `${words}-${token.slice(0, 8)}`
}

/** Text as a part of a host or object name: `[a-z0-9-]+`, 'x' when nothing is left. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'x' : plain
}

/** Id of what all of an application share in a location. */
export function sharedId(kind: ResourceKind, name: string, location: string): string {
  return `${kind}:${name}@${location}`
}

/** Id of what follows a slot. */
export function ownedId(kind: ResourceKind, path: string, name: string): string {
  return `${kind}:${path}:${name}`
}

/** Id of the set of back ends by which a place spreads the traffic to a slot. */
export function setId(path: string): string {
  return ownedId('backends', path, 'set')
}

/** Whether a key names a holding rather than an entity: entity names hold no colon. */
export function isHoldingKey(key: string): boolean {
  return key.includes(':')
}

/** Who is looked at again when something that a sensor's expressions read has changed: no entity's key begins so. */
export function watchKey(path: string, sensor: string): string {
  return `~${path}#${sensor}`
}

/** Whether a key is a sensor's, and not an entity's or a holding's. */
export function isWatchKey(key: string): boolean {
  return key.startsWith('~')
}

/** Who is looked at again when something that a run of a workflow reads has changed; a watch key besides. */
export function runKey(run: string): string {
  return `~~${run}`
}

/** The run of a key; undefined where it is not one's. */
export function runOfKey(key: string): string | undefined {
  return key.startsWith('~~') ? key.slice(2) : undefined
}

/** Path and sensor of a watch key. */
export function splitWatchKey(key: string): readonly [path: string, sensor: string] {
  const at = key.indexOf('#')
  return [key.slice(1, at), key.slice(at + 1)]
}
