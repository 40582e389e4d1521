import type { FailureRecord } from '../support/failure.js'
import type { HoldingShape, Unseen } from './resource.js'

/**
 * The allocations book's record of one slot: the place of an entity with a footprint, which outlives its incarnations.
 * Written by the reconciler only.
 */
export interface SlotRecord {
  readonly kind: 'slot'
  readonly path: string
  /** Number of the next incarnation; numbers are never used twice. */
  readonly next: number
  readonly current?: Incarnation
  /** Older incarnations on their way out; all of them count against bounds. */
  readonly leaving: readonly Incarnation[]
  /** Why the slot itself is on its way out; absent while it is wanted. */
  readonly retired?: string
  /** The wish (DesiredRecord.serial) under which it was last up. */
  readonly upSerial: number
  readonly trouble?: Trouble
  /** Digest of the job that was completed here, for run-once entities. */
  readonly done?: string
  /** Since when it waits for what it waits for so long and no longer; gone with the wait. */
  readonly waiting?: { readonly [what: string]: number }
  readonly createdAt: number
}

/** What has gone wrong in a row, and when the next try is due. */
export interface Trouble {
  readonly attempts: number
  readonly since: number
  readonly retryAt: number
  readonly failure: FailureRecord
  /** Set when the author's attempts or time have run out. */
  readonly verdict?: TroubleVerdict
  /** How many incarnations were replaced because of it. */
  readonly replaced?: number
  /** DesiredRecord.recovery when this was counted. */
  readonly recovery: number
}

/**
 * What is done past the retries. 'alert': told, and tried on. 'replace': the incarnation makes way for another. 'quarantine':
 * stopped and kept for inspection. 'give-up': left as it is. 'expunge': what was made is removed. The last three are tried
 * again only after recover or with another document.
 */
export type TroubleVerdict = 'alert' | 'replace' | 'quarantine' | 'give-up' | 'expunge'

/** Forward only: see INCARNATION_LIFE. */
export type IncarnationStage = 'creating' | 'preparing' | 'ready' | 'retiring' | 'removing'

/** One attempt to realise a slot. */
export interface Incarnation {
  readonly number: number
  readonly token: string
  /** Deterministic far-end name. */
  readonly name: string
  /** Version of the document that it was made from. */
  readonly version: number
  readonly location: string
  readonly zone?: string
  /** Digest of what a change of forces a replacement: machine and install. */
  readonly digest: string
  readonly stage: IncarnationStage
  /** Raised with every command, so that an older one that arrives late is refused. */
  readonly generation: number
  /** Digests of the one-time phases done here, by phase. */
  readonly phases: { readonly [phase: string]: string }
  readonly run?: RunAllocation
  /** The step that was announced and whose outcome is not known yet. */
  readonly step?: Announcement
  /** A one-time phase whose end nobody saw before its machine was turned off: taken up again under its own token. */
  readonly interrupted?: { readonly phase: string; readonly token: string }
  /** Pools of which it has a permit, by the stage for which it has it; given back when that is over. */
  readonly permits?: { readonly [stage: string]: string }
  /** Whose machine it works on, where it has none of its own. */
  readonly on?: HostMachine
  /** Why it leaves. */
  readonly leaves?: string
  /** Its machine has not been seen for longer than its document allows; over as soon as that is seen again. */
  readonly lost?: Unseen
  /** Its place, or a person, has confirmed that it does not run: it bounds nothing any more. */
  readonly fenced?: true
  readonly createdAt: number
}

/** The machine of another entity's incarnation. */
export interface HostMachine {
  /** Slot path of that entity. */
  readonly path: string
  readonly token: string
  readonly name: string
  /** What the ports of the guest are called there: this and their own names. */
  readonly ports: string
}

/** One launch of the service on an incarnation. */
export interface RunAllocation {
  readonly number: number
  readonly token: string
  /** Version of the document that it was launched from, and the form of its launch there. */
  readonly version: number
  readonly form: string
  /** Digest of launch command, environment and files as evaluated: a change of it forces a new run. */
  readonly digest: string
  readonly stage: 'launching' | 'launched' | 'ending' | 'ended'
  /** Digest of the live files as last put in place. */
  readonly files?: string
}

/** What kinds of step there are. */
export type StepKind =
  | 'ensure'
  | 'boot'
  | 'phase'
  | 'launch'
  | 'refresh'
  | 'stop-command'
  | 'end-run'
  | 'halt'
  | 'fence'
  | 'destroy'

/** The durable record of a step about to be taken. */
export interface Announcement {
  readonly kind: StepKind
  /** Identity at the far end; repeating it causes nothing twice. */
  readonly token: string
  readonly digest: string
  readonly generation: number
  readonly at: number
  readonly attempt: number
  /** For phases: which. */
  readonly phase?: string
  /** Desired generation that asked for it. */
  readonly desired: number
  readonly reason: string
}

/** What is made beside machines, for the application or for one slot. */
export interface HoldingRecord {
  readonly kind: 'holding'
  /** Unique in the application: `network:<name>@<location>` or `volume:<slot path>:<name>`. */
  readonly id: string
  readonly shape: HoldingShape
  /** Slot path that it follows; '' for the application's own. */
  readonly owner: string
  readonly token: string
  readonly name: string
  readonly location: string
  /** Exists by other hands; never made, never removed. */
  readonly brought: boolean
  readonly stage: 'creating' | 'present' | 'removing' | 'gone'
  readonly generation: number
  readonly step?: Announcement
  readonly trouble?: Trouble
  readonly createdAt: number
}

/** What the reconciler keeps of a role: member numbers are never used twice. */
export interface RoleRecord {
  readonly kind: 'role'
  readonly path: string
  readonly next: number
  /** How many members that never came up were removed and not set aside, since that recovery. Absent: none. */
  readonly discarded?: { readonly count: number; readonly recovery: number }
  /** How incarnations came out, by the site where they were; only where there are several zones. */
  readonly tries?: { readonly [site: string]: readonly ZoneTry[] }
}

/** How one incarnation in a zone came out when it was last heard of, at milliseconds since the epoch. */
export interface ZoneTry {
  /** Token of the incarnation. */
  readonly of: string
  readonly at: number
  readonly failed: boolean
}
