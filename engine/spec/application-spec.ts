import type { JsonObject } from '../support/json.js'
import type { EntitySpec } from './entity-spec.js'
import type { ImageSpec, KeySpec, NetworkSpec, RuleSpec } from './resource-spec.js'

/** What a whole landscape should be: the one model that every dialect becomes. */
export interface ApplicationSpec {
  readonly kind: 'application'
  readonly name: string
  readonly description?: string
  /** The kind of landscape, e.g. 'kubernetes', 'dbaas', 'web shop'. Not a role's type. */
  readonly serviceType?: string
  readonly owner?: string
  readonly keyPair?: string
  readonly details: { readonly [key: string]: string }
  /** The root entity; its children are the landscape. */
  readonly root: EntitySpec
  readonly networks: readonly NetworkSpec[]
  readonly rules?: readonly RuleSpec[]
  readonly keys?: readonly KeySpec[]
  readonly images?: readonly ImageSpec[]
  readonly outputs: OutputsSpec
  readonly settings: ApplicationSettings
  /** Which dialect it was written in, for people only. */
  readonly dialect: string
  /** Anything a dialect must keep to show the document again. */
  readonly origin?: JsonObject
}

/** Where people reach the landscape: plan ids of the entities whose endpoints are the application's. */
export interface OutputsSpec {
  readonly endpoint?: { readonly entity: string; readonly port?: string }
  readonly consoleEndpoint?: { readonly entity: string; readonly port?: string }
}

/** Rules of conduct for the application as a whole. */
export interface ApplicationSettings {
  /** @default 'retry' */
  readonly onStartFailure: 'retry' | 'expunge'
  /** Whether a removal that is stuck is tried for ever; if not, it waits for `recover`. @default true */
  readonly collect: boolean
  /** Milliseconds in which ordinary repair shows as degraded, not alert. @default 120000 */
  readonly grace: number
  /** Milliseconds in which a wanted change shows as updating, not alert. @default 600000 */
  readonly changeDeadline: number
  /** Whether stop keeps machines (and only ends what runs on them). @default true */
  readonly keepMachines: boolean
  /**
   * Milliseconds after its creation, or the last update of its document, for which somebody needs it; after them it is
   * reported, and nothing is done to it. @default for ever
   */
  readonly lease?: number
}
