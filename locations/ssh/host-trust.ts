import { createHash } from 'node:crypto'
import { judge, knownTypes } from './known-hosts.js'
import { hostText, type SshHost } from './ssh-host.js'

/** Why a host is not logged in to: what it has shown, and what helps. Undefined: it is the one that is meant. */
export function distrust(host: SshHost, key: Buffer): string | undefined {
  const shown = fingerprintOf(key)
  const verdict = judge(host.trust.known, host, key.toString('base64'))
  if (verdict === 'revoked') return `its key ${shown} is revoked`
  if (verdict === 'trusted' || host.trust.pins.includes(shown)) return undefined
  if (verdict === 'changed' || host.trust.pins.length > 0) {
    return `it has shown the key ${shown}, which is not the one that is known: either it was made anew, or somebody stands between`
  }
  return `its key ${shown} is not known: compare it with what the host itself prints (ssh-keygen -l -f /etc/ssh/ssh_host_*_key.pub), and name it under hostKeys or in knownHosts`
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/**
 * Algorithms by which a host may show its key: those of the kinds by which it is known, so that it cannot show another one;
 * undefined where nothing says which, or where a fingerprint may be of any kind.
 */
export function hostKeyAlgorithms(host: SshHost): readonly string[] | undefined {
  const types = host.trust.pins.length > 0 ? [] : knownTypes(host.trust.known, host)
  return types.length === 0 ? undefined : types.flatMap((type) => ALGORITHMS[type] ?? [type])
}

/** A key of RSA signs with better digests than the one that its kind is named after. */
const ALGORITHMS: { readonly [type: string]: readonly string[] } = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/** What is said of a host that is not trusted. */
export function distrustText(host: SshHost, why: string): string {
  return `${hostText(host)} is not trusted: ${why}`
}
