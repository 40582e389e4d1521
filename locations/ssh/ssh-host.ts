import type { Secret } from '../../engine/index.js'
import type { KnownHost } from './known-hosts.js'

/** A host that is logged in to. */
export interface SshHost {
  /** Name or address. */
  readonly address: string
  readonly port: number
  readonly user: string
  readonly login: SshLogin
  readonly trust: HostTrust
  /** The host through which it is reached, where it is not reached from here. */
  readonly via?: SshHost
}

/** How we show who we are; what is there is tried in this order. */
export interface SshLogin {
  /** A private key, as its file has it. */
  readonly key?: Secret
  readonly passphrase?: Secret
  /** Path of an agent's socket. */
  readonly agent?: string
  readonly password?: Secret
}

/** How a host shows that it is the one that is meant. A host of which nothing is known is not logged in to. */
export interface HostTrust {
  /** Fingerprints of its keys, as `ssh-keygen -l` prints them: `SHA256:…`. */
  readonly pins: readonly string[]
  readonly known: readonly KnownHost[]
}

/** How a host is told of: `user@address`, and its port where it is not the usual one. */
export function hostText({ user, address, port }: Pick<SshHost, 'user' | 'address' | 'port'>): string {
  return port === USUAL_PORT ? `${user}@${address}` : `${user}@${address}:${port}`
}

/** The port of ssh. */
export const USUAL_PORT = 22
