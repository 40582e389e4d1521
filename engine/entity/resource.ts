import type { Allowance, BalanceAlgorithm } from '../spec/resource-spec.js'
import type { JsonObject } from '../support/json.js'

/** What drivers make. */
export type ResourceKind =
  'machine' | 'network' | 'volume' | 'address' | 'rule' | 'key' | 'image' | 'backends'

/** What of a resource that is no machine is asked of the far end, by kind. */
export type HoldingShape =
  | {
      readonly kind: 'network'
      readonly cidr?: string
    }
  | {
      readonly kind: 'volume'
      /** Bytes. */
      readonly size?: number
    }
  | {
      /** For one machine at a time; `address` of its state is what was given. */
      readonly kind: 'address'
      readonly network?: HeldRef
    }
  | {
      /** What may pass to and from the machines that name it; may change while it is there. */
      readonly kind: 'rule'
      readonly allow: readonly Allowance[]
    }
  | {
      readonly kind: 'key'
      readonly publicKey: string
    }
  | {
      readonly kind: 'image'
      readonly source: string
      readonly checksum?: string
    }
  | {
      /**
       * Where traffic goes that comes to one port, spread over its members; may change while it is there. Its state says
       * where it is reached: `address`, and `ports.listen`.
       */
      readonly kind: 'backends'
      readonly algorithm: BalanceAlgorithm
      /** The port that it listens on. */
      readonly port: number
      readonly protocol: 'tcp' | 'udp'
      readonly members: readonly Backend[]
      readonly health?: BackendHealth
      /** Where it listens; at an address of the place's choice when absent. */
      readonly address?: HeldRef
    }

/** One of those that traffic is spread over. */
export interface Backend {
  /** Token of its machine, for places that name machines rather than addresses. */
  readonly machine: string
  readonly address: string
  readonly port: number
  /** Its share beside those of the others. @default 1 */
  readonly weight?: number
  /** It finishes what it has begun, and is given nothing new. @default false */
  readonly draining?: boolean
}

/** How a set of back ends finds out which of its members answer: by connecting to their ports. Milliseconds. */
export interface BackendHealth {
  readonly period: number
  readonly timeout: number
  /** Failures in a row after which a member is given nothing. */
  readonly failures: number
}

/** Names something that was made by its token, or something brought by its name at the far end. */
export interface HeldRef {
  readonly token: string
  readonly brought: boolean
}

/** The marks that every object of ours carries at the far end. */
export interface OwnerMarks extends JsonObject {
  /** Identity of the engine's store: objects of other engines are never touched. */
  readonly engine: string
  readonly application: string
  /** Path of the entity in its application; '' for what belongs to the application as a whole. */
  readonly entity: string
  readonly incarnation: number
  /** Digest of what it was made from. */
  readonly digest: string
}

/** What the far end says about one resource. */
export interface ResourceState {
  readonly token: string
  readonly kind: ResourceKind
  /**
   * absent: the far end is certain that nothing with this token is there. stopped and running for machines; other kinds
   * are 'running' when usable. failed: there, but of no more use.
   */
  readonly state: 'absent' | 'creating' | 'stopped' | 'running' | 'failed'
  /** Identity of this very boot or instance: receipts of another one do not count. */
  readonly instance?: string
  readonly marks?: OwnerMarks
  /** The far end's own id, for people. */
  readonly id?: string
  readonly address?: string
  /** The name by which others reach it, where that is another one than its entity has. */
  readonly hostName?: string
  /** Chosen numbers by port name: as seen inside, and as published outside. */
  readonly ports?: {
    readonly [name: string]: { readonly inside: number; readonly outside?: number; readonly host?: string }
  }
  /** Exit code of a machine's own command after it ended. */
  readonly exitCode?: number
  /** What the far end says went wrong. */
  readonly reason?: string
  /** The far end's own health verdict, where it has one. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy'
  readonly cores?: number
  /** Bytes. */
  readonly memory?: number
  readonly runDirectory?: string
  readonly installDirectory?: string
  readonly zone?: string
  readonly runs?: readonly RunState[]
}

/** A resource that was looked for and of which the far end could say nothing. */
export interface Unseen {
  /** The first look that was not answered. */
  readonly since: number
  /** Whether its whole place gave no answer, and not just what it is on. */
  readonly whole: boolean
}

/** What a machine's supervisor says of one run. */
export interface RunState {
  readonly token: string
  readonly digest: string
  /** lost: its machine came back as another instance, or its supervisor died without a receipt. */
  readonly state: 'running' | 'exited' | 'timed-out' | 'lost'
  readonly exitCode?: number
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly startedAt?: number
  readonly finishedAt?: number
  /** Process id of the script's process group, where the place has one. */
  readonly pid?: number
}
