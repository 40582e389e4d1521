import { createHmac } from 'node:crypto'
import { fitsGlob } from '../../engine/index.js'

/** A line of a file of known hosts. */
export interface KnownHost {
  /** Whether its key is to be trusted, or never again. */
  readonly kind: 'trusted' | 'revoked'
  /** Patterns with `*` and `?`, those with `!` excepting; or the salt and the hash of one name. */
  readonly names: readonly string[] | { readonly salt: string; readonly hash: string }
  /** Kind of the key, e.g. 'ssh-ed25519'. */
  readonly type: string
  /** The key itself, base64. */
  readonly key: string
}

/** What a file of known hosts says of a key that a host has shown. */
export type Verdict = 'trusted' | 'revoked' | 'changed' | 'unknown'

/**
 * Reads a file of known hosts. Lines that are not understood, and those of certificate authorities, say nothing of any host.
 * @source sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export function parseKnownHosts(text: string): readonly KnownHost[] {
  return text
    .split(/\r?\n/)
    .map(readLine)
    .filter((line) => line !== undefined)
}

function readLine(line: string): KnownHost | undefined {
  const { marker, names = '', type, key } = LINE.exec(line)?.groups ?? {}
  if (type === undefined || key === undefined) return undefined
  if (marker !== undefined && marker !== '@revoked') return undefined
  return { kind: marker === undefined ? 'trusted' : 'revoked', names: namesOf(names), type, key }
}

const LINE =
  /^\s*(?:(?<marker>@\S+)\s+)?(?<names>[^#@\s]\S*)\s+(?<type>\S+)\s+(?<key>[A-Za-z0-9+/]+=*)(?:\s|$)/

/** Judges the key (base64) that a host has shown. A key that is revoked for it is that, whatever else is said. */
export function judge(
  known: readonly KnownHost[],
  host: { readonly address: string; readonly port: number },
  key: string,
): Verdict {
  const lines = linesOf(known, host)
  if (lines.some((line) => line.kind === 'revoked' && line.key === key)) return 'revoked'
  const trusted = lines.filter(({ kind }) => kind === 'trusted')
  if (trusted.some((line) => line.key === key)) return 'trusted'
  return trusted.length > 0 ? 'changed' : 'unknown'
}

/** Kinds of keys by which a host is known; it is asked to show one of these. */
export function knownTypes(
  known: readonly KnownHost[],
  host: { readonly address: string; readonly port: number },
): readonly string[] {
  const trusted = linesOf(known, host).filter(({ kind }) => kind === 'trusted')
  return [...new Set(trusted.map(({ type }) => type))]
}

function linesOf(
  known: readonly KnownHost[],
  { address, port }: { readonly address: string; readonly port: number },
): readonly KnownHost[] {
  const name = port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`
  return known.filter(({ names }) => isNamed(names, name))
}

function isNamed(names: KnownHost['names'], name: string): boolean {
  if ('hash' in names) return hashOf(name, names.salt) === names.hash
  const excepted = names.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), name))
  return !excepted && names.some((pattern) => !pattern.startsWith('!') && fits(pattern, name))
}

/** Brackets are those of a name with its port. */
function fits(pattern: string, name: string): boolean {
  return fitsGlob(pattern.replace(/[[\]{}\\]/g, '\\$&'), name)
}

function namesOf(text: string): KnownHost['names'] {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(text)
  if (hashed !== null) return { salt: hashed[1] ?? '', hash: hashed[2] ?? '' }
  return text.toLowerCase().split(',')
}

function hashOf(name: string, salt: string): string {
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64')
}
