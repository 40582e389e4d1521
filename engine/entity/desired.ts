import type { Alteration, Graft } from './graft.js'

/** What a person or the arbiter wants of an application as a whole. */
export type Wish = 'running' | 'stopped' | 'gone'

/**
 * The desired book's head record of one application. Written by people and the arbiter only; every change raises
 * `generation`. Levels, never deltas: writing the same twice changes nothing.
 */
export interface DesiredRecord {
  readonly kind: 'desired'
  readonly tenant: string
  /** Application id. */
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly wish: Wish
  /** With wish 'gone': skip the graceful part. */
  readonly force: boolean
  /** Counts wishes: something is settled *under* a wish. */
  readonly serial: number
  readonly generation: number
  /** Which version of the document is wanted. */
  readonly version: number
  /** Wanted member count by role path, where it differs from the spec's initial count. */
  readonly counts: { readonly [role: string]: number }
  /** Lowest acceptable incarnation and run by slot path: how replacements and restarts are asked for. */
  readonly floors: { readonly [path: string]: Floor }
  /** What is to rest for now, by path: it, and all that is inside of it, while the application runs. */
  readonly rests?: { readonly [path: string]: Rest }
  /** Changes of the document that come to members in turns, by the path of their role. None: all have the wanted version. */
  readonly rollouts?: { readonly [role: string]: Rollout }
  /** Members that are to go by name, whatever the wanted number is. Absent: none. */
  readonly removals?: { readonly [path: string]: Removal }
  /** Entities held by a person or a workflow: nothing is done to them until `until`. Reserved: nobody can set one yet. */
  readonly holds: { readonly [path: string]: { readonly by: string; readonly until: number } }
  /** Policies and enrichers that a person does not let act, by `policyKey`. Absent: none. */
  readonly suspended?: { readonly [policy: string]: Suspension }
  /** Those that another policy does not let act, by `policyKey`, and then by the one of who asked. Absent: none. */
  readonly suspendedByPolicies?: { readonly [policy: string]: Suspensions }
  /** Raised by recover: failures counted before it no longer hold anything back. */
  readonly recovery: number
  readonly createdAt: number
  /** When its lease began anew; absent: at its creation. */
  readonly renewedAt?: number
  readonly changedAt: number
  /** Who made the last change, and why. */
  readonly changedBy: string
  readonly reason: string
}

/** What is wanted of an application that begins now, in milliseconds since the epoch: that it runs, as its document says. */
export function newDesired(
  whose: Pick<DesiredRecord, 'tenant' | 'id' | 'name' | 'owner' | 'changedBy' | 'reason'>,
  now: number,
): DesiredRecord {
  return {
    kind: 'desired',
    ...whose,
    wish: 'running',
    force: false,
    serial: 1,
    generation: 1,
    version: 1,
    counts: {},
    floors: {},
    holds: {},
    recovery: 0,
    createdAt: now,
    changedAt: now,
  }
}

/** Who suspended a policy or an enricher, when, and why. */
export interface Suspension {
  readonly by: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Suspensions of one policy, by the `policyKey` of who asked for each. */
export type Suspensions = { readonly [asker: string]: Suspension }

/** Why a policy does not act for now: a person's word comes first. Undefined where it may. */
export function suspensionOf(
  { suspended, suspendedByPolicies }: Pick<DesiredRecord, 'suspended' | 'suspendedByPolicies'>,
  key: string,
): Suspension | undefined {
  if (suspended !== undefined && Object.hasOwn(suspended, key)) return suspended[key]
  if (suspendedByPolicies === undefined || !Object.hasOwn(suspendedByPolicies, key)) return undefined
  const [first] = Object.values(suspendedByPolicies[key] ?? {})
  return first
}

/** Whether other policies are suspended, or for other reasons, than in an earlier record. */
export function areSuspensionsOther(desired: DesiredRecord, before: DesiredRecord): boolean {
  const { suspended, suspendedByPolicies } = desired
  return suspended !== before.suspended || suspendedByPolicies !== before.suspendedByPolicies
}

/** How a policy or an enricher is named in an application: by its entity's path and its own name. */
export function policyKey(path: string, name: string): string {
  return `${path === '' ? '.' : path}:${name}`
}

/** What a `policyKey` names. */
export function policyAt(key: string): { readonly path: string; readonly name: string } {
  const end = key.indexOf(':')
  const path = key.slice(0, end)
  return { path: path === '.' ? '' : path, name: key.slice(end + 1) }
}

/** The lowest acceptable incarnation, and the lowest acceptable run of incarnation `runOf`. */
export interface Floor {
  readonly incarnation?: number
  readonly run?: number
  readonly runOf?: number
  /** Order of the replacement, where it is not the role's own. */
  readonly order?: 'new-first' | 'old-first'
  /** Whether that incarnation goes to where the fewest are, and not to the zone of the one before. */
  readonly elsewhere?: true
  /**
   * Who asked for the replacement of an incarnation that was lost then: by that person's word it does not run. Absent where
   * it was not lost, or a policy asked.
   */
  readonly by?: string
  readonly reason: string
}

/** Asked of one entity: nothing of it, or of what is inside of it, is to run until it is started again. */
export interface Rest {
  /** Its machine stops or goes as the document says of a stopped application, is left as it is, or goes. */
  readonly machine: 'as-declared' | 'leave' | 'remove'
  /** Whether its service is not ended in good order before its machine goes. */
  readonly abrupt?: true
  readonly by: string
  readonly reason: string
}

/** Asked of one member: it is to go, with its machine, and its number is not used again. */
export interface Removal {
  /** Whether its service is not ended in good order before its machine goes. */
  readonly force?: true
  readonly by: string
  readonly reason: string
}

/** How far a change of the document has come among the members of a role. Levels, like all that is desired. */
export interface Rollout {
  /** The version that it began with: by this it is known, whatever is added to the document meanwhile. */
  readonly version: number
  /** The last version before it that was not under way: what a rollback restores. */
  readonly restores: number
  /** Members with numbers up to this have the wanted version; 'all': every one, and those that come yet. */
  readonly through: number | 'all'
  /** What the others keep: the version of the last of these whose number is below their own. */
  readonly keeps: readonly { readonly above: number; readonly version: number }[]
  /** When it began. */
  readonly since: number
  /** Past this it is an alert; absent: there is no such time. */
  readonly dueAt?: number
  /** Why it goes no further until a person says so; absent while it goes on. */
  readonly stalled?: string
}

/** One version of an application's document: the spec is stored in parts under its digest. */
export interface VersionRecord {
  readonly kind: 'version'
  readonly application: string
  readonly version: number
  readonly specDigest: string
  /** Number of parts that the stored spec was cut into. */
  readonly parts: number
  readonly createdAt: number
  readonly createdBy: string
  readonly note: string
  /** The version that this one restored, if it came from a rollback. */
  readonly restored?: number
  /** What was added to the application while it ran: who was added to another comes after that one. */
  readonly grafts?: readonly Graft[]
  /** What was added to entities, and taken away from them, while the application ran. */
  readonly alterations?: readonly Alteration[]
}
