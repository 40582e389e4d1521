import { isIP } from 'node:net'
import { Failure, digestOf, type Backend, type JsonObject } from '../../engine/index.js'
import { textOf } from './nitro-client.js'

/** One member of a service group. */
export interface GroupMember {
  readonly ip: string
  readonly port: number
  readonly weight: number
}

/** What has to be done to a group so that it has these members and no other. */
export interface MemberChanges {
  readonly bind: readonly GroupMember[]
  readonly unbind: readonly GroupMember[]
}

const HEAVIEST = 100

/** Members as they are wanted. Throws a Failure ('invalid', never) for what a group cannot have. */
export function membersOf(backends: readonly Backend[]): readonly GroupMember[] {
  return backends
    .filter(({ draining }) => draining !== true)
    .map(({ address, port, weight = 1 }) => {
      if (isIP(address) === 0) {
        const message = `${address} is no IP address: a NetScaler knows names by servers of its own only`
        throw new Failure({ cause: 'invalid', retry: 'never', message })
      }
      return { ip: address, port, weight: Math.min(HEAVIEST, Math.max(1, weight)) }
    })
}

/** Members as the appliance tells them. */
export function membersIn(bindings: readonly JsonObject[]): readonly GroupMember[] {
  return bindings.map(({ ip, port, weight }) => ({
    ip: textOf(ip),
    port: Number(port),
    weight: Number(weight ?? 1),
  }))
}

/** The difference between two whole sets. One whose weight is another is taken out and put in again. */
export function changesBetween(there: readonly GroupMember[], wanted: readonly GroupMember[]): MemberChanges {
  return { bind: missingIn(there, wanted), unbind: missingIn(wanted, there) }
}

/** A set as a few letters that fit into a comment. */
export function digestOfMembers(members: readonly GroupMember[]): string {
  return digestOf([...members.map(nameOf)].sort()).slice(0, 8)
}

function missingIn(known: readonly GroupMember[], all: readonly GroupMember[]): readonly GroupMember[] {
  const names = new Set(known.map(nameOf))
  return all.filter((member) => !names.has(nameOf(member)))
}

function nameOf({ ip, port, weight }: GroupMember): string {
  return `${ip} ${port} ${weight}`
}
