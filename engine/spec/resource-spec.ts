import type { EntityReference } from './expression.js'

/**
 * Something beside machines that a landscape needs: made by us, or brought by its name at the far end, and then never
 * removed by us.
 */
interface Holdable {
  /** Unique among its kind, in its application or entity. */
  readonly name: string
  /** Name at the far end of one that exists already. */
  readonly brought?: string
}

/** A network made for the application, or brought. */
export interface NetworkSpec extends Holdable {
  readonly cidr?: string
}

/** What may pass to and from the machines that name it. */
export interface RuleSpec extends Holdable {
  readonly allow: readonly Allowance[]
}

/** One kind of traffic that a rule lets pass. */
export interface Allowance {
  readonly direction: 'in' | 'out'
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'any'
  /** First and last port number; all when absent. */
  readonly ports?: { readonly from: number; readonly to: number }
  /** Ranges of the other side, e.g. '10.0.0.0/8'; anybody when empty. */
  readonly peers: readonly string[]
}

/** A public key by which people log in to machines. */
export interface KeySpec extends Holdable {
  /** One line, as in authorized_keys; absent on those that are brought. */
  readonly publicKey?: string
}

/** An image that the place is given for the application's machines. */
export interface ImageSpec extends Holdable {
  /** Where it is fetched from; absent on those that are brought. */
  readonly source?: string
  /** `sha256:` and its digest. */
  readonly checksum?: string
}

/** Storage that follows its slot: attached again after a replacement, removed with the slot. */
export interface VolumeSpec extends Holdable {
  /** Where it is seen on the machine. */
  readonly path: string
  /** Bytes. */
  readonly size?: number
}

/** An address that follows its slot: given to each of its incarnations in turn, freed with the slot. */
export interface AddressSpec extends Holdable {
  /** Network that it is of; where the place's own outside is meant, absent. */
  readonly network?: string
}

/** Who gets the next connection: each in turn, who has the fewest, or always the same one for one client. */
export type BalanceAlgorithm = 'round-robin' | 'least-connections' | 'source'

/** Traffic that comes to one port of an entity is spread over the members of a role. */
export interface BalanceSpec {
  /**
   * Plan id or name of the role, or of the single entity, that it is spread over; or a reference to it, or to a group. Over
   * nobody where there is no such entity.
   */
  readonly of: string | EntityReference
  /** Name of their port. @default the one called http, or else the first */
  readonly port?: string
  /** Number that the entity listens on. @default that of its machine's first port */
  readonly listen?: number
  readonly algorithm: BalanceAlgorithm
  /**
   * The place itself, and then the entity has no machine; or software on a machine of the entity, which is told of changes by
   * live files that are made from its sensor `backends`.
   */
  readonly by: 'place' | 'haproxy' | 'nginx' | 'software'
  /** URL scheme of the endpoint, when it has one. */
  readonly scheme?: string
}
