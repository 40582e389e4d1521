import type { Json } from '../support/json.js'
import type { ResourceState, Unseen } from './resource.js'

/**
 * The observed book's record of one slot or holding. Written from what drivers and sensors say only; holds what the
 * diff reads, never samples.
 */
export interface ObservedRecord {
  readonly kind: 'observed'
  readonly path: string
  /** When the far end last said something that changed this. */
  readonly at: number
  /**
   * State of each resource of the slot, one for a token. A list, as an object with tokens for keys would be a shape of its
   * own for each slot: 350 bytes, and slow to read.
   */
  readonly resources: readonly ResourceState[]
  /** What cannot be seen now, by token: what was last known of it stands. Written once for each such time, not for each look. */
  readonly unseen?: { readonly [token: string]: Unseen }
  /** Verdict of the health probe for the current run. */
  readonly health?: HealthVerdict
  /** How the slot was last shown; `since` equals `at` in the very write that changed it. */
  readonly shown?: ShownState
  /** Sensors that operations and static sources set; values that others' expressions may wait for. */
  readonly attributes: { readonly [sensor: string]: Json }
}

/** An entity's state as shown, kept so that a restart and a watcher see what was seen. */
export interface ShownState {
  readonly state: EntityState
  readonly up: boolean
  readonly reason: string
  readonly since: number
}

/** What probes of one run say. */
export interface HealthVerdict {
  /** Token of the run or machine that was probed: a verdict on another one does not count. */
  readonly token: string
  readonly healthy: boolean
  readonly reason: string
  readonly since: number
}

/** The observed book's head record of an application: what it is shown as. */
export interface ApplicationStatus {
  readonly kind: 'status'
  readonly application: string
  readonly state: ApplicationState
  /** Beside 'running': ordinary repair is going on within its grace. */
  readonly degraded: boolean
  /** Which desired generation this reflects. */
  readonly generation: number
  /** The wish under which it was last settled; 0 for never. */
  readonly settledSerial: number
  /** The desired generation that was last settled. */
  readonly settledGeneration: number
  readonly since: number
  /** When the present repair or change began. */
  readonly unsettledSince?: number
  /** Alerts by cause, one line each. */
  readonly alerts: readonly string[]
}

/** What people see; see APPLICATION_LIFE. */
export type ApplicationState =
  | 'created'
  | 'starting'
  | 'running'
  | 'updating'
  | 'stopping'
  | 'stopped'
  | 'alert'
  | 'expunging'
  | 'expunge'
  | 'destroyed'

/** What people see of an entity; see ENTITY_LIFE. */
export type EntityState =
  | 'created'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'completed'
  | 'quarantined'
  | 'removing'
  | 'gone'
