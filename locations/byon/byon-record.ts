import type { JsonObject, OwnerMarks } from '../../engine/index.js'

/** What a claim of a host says of itself, in a file on that host; it never changes. */
export interface ClaimRecord extends JsonObject {
  readonly kind: 'machine'
  readonly token: string
  readonly name: string
  readonly marks: OwnerMarks
  readonly generation: number
  readonly ports: { readonly [name: string]: number }
  /** Milliseconds since the epoch, by our clock. */
  readonly createdAt: number
}

/** A machine as its host shows it: a claim, and whether it is on. */
export interface Claim {
  /** Which of the machines that the host may carry it is, from 1. */
  readonly slot: number
  readonly record: ClaimRecord
  /** The newest generation that was seen there. */
  readonly generation: number
  readonly power: 'on' | 'off'
  /** How often it was turned on, and the boot of its host by then. */
  readonly boots: number
  readonly boot: string
  /** Whether its directories are there. */
  readonly isComplete: boolean
}

/** What a host shows of all that is claimed there. */
export interface HostLook {
  /** Where machines are kept, absolute. */
  readonly root: string
  /** Identity of this boot of the host. */
  readonly boot: string
  readonly claims: readonly Claim[]
  /** Machines that it carries, those among them that are in no record of ours. */
  readonly taken: number
}

/** Whether a machine is on: one that was on before its host booted anew is off. */
export function isOn({ boot }: HostLook, claim: Claim): boolean {
  return claim.power === 'on' && claim.boot === boot
}

/** Identity of this very time that it is on; undefined while it is off. */
export function instanceOf(look: HostLook, claim: Claim): string | undefined {
  return isOn(look, claim) ? `${claim.boot}.${claim.boots}.${claim.record.token}` : undefined
}

/** Its directory on its host. */
export function directoryOf({ root }: Pick<HostLook, 'root'>, token: string): string {
  return `${root}/machines/${token}`
}
