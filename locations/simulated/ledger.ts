import type {
  Backend,
  CommandAnswer,
  CommandOutput,
  EnsureAnswer,
  HeldRef,
  HoldingShape,
  OwnedResource,
  OwnerMarks,
  ResourceKind,
  ResourceRef,
  ResourceState,
  RunAnswer,
} from '../../engine/index.js'

/**
 * The far end's truth: what is there, what runs on it, and what was ever done. All commands carry their time, so that a
 * far end in a process of its own follows the same clock as the engine; what was due before that time happens first.
 * Everything is plain data. Fails (rejects with a Failure) only when the far end itself cannot be asked.
 */
export interface Ledger {
  ensure(wants: readonly LedgerWant[], zones: Zones, at: number): Promise<readonly EnsureAnswer[]>
  /** null for what cannot be reached. */
  observe(refs: readonly ResourceRef[], at: number): Promise<readonly (ResourceState | null)[]>
  start(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]>
  stop(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]>
  /** Ends machines by force, and takes what they hold from them, whether their hosts can be reached or not. */
  fence(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]>
  destroy(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]>
  listOwned(engine: string, at: number): Promise<readonly OwnedResource[]>
  run(machine: ResourceRef, run: LedgerRun, at: number): Promise<RunAnswer>
  endRun(machine: ResourceRef, token: string, at: number): Promise<CommandAnswer>
  /** Undefined when there is no such machine or run, null when it cannot be reached. */
  output(machine: ResourceRef, token: string, at: number): Promise<CommandOutput | null | undefined>
  exec(machine: ResourceRef, command: LedgerCommand, at: number): Promise<LedgerExec>
  copy(machine: ResourceRef, files: readonly LedgerFile[], at: number): Promise<CommandAnswer>
  /** What services and own commands printed, in the order of their start; undefined when there is no such machine, null when it cannot be reached. */
  logs(machine: ResourceRef, at: number): Promise<string | null | undefined>
  /** What a machine's own command has printed; undefined when there is no such machine, null when it cannot be reached. */
  printed(machine: ResourceRef, at: number): Promise<CommandOutput | null | undefined>
  /** Which share of its role's load each machine has; null for what is not there or is off. */
  shares(machines: readonly ResourceRef[], at: number): Promise<readonly (LoadShare | null)[]>
  /** Machines held in each zone; without zones all are held in ''. */
  usage(at: number): Promise<{ readonly [zone: string]: ZoneUse }>
  /** Does to the far end what nobody asked for; gives the tokens of what it befell. */
  disturb(disturbance: Disturbance, at: number): Promise<readonly string[]>
  /** Makes something that is not ours; nothing when the name is taken. */
  makeStranger(kind: ResourceKind, name: string, at: number): Promise<void>
  /** What changed since the last call, and when the next thing is due by itself. The first call begins the watch. */
  changes(at: number): Promise<LedgerChanges>
  /** Everything that is or was there, with how often it was made and removed. */
  inventory(at: number): Promise<readonly LedgerEntry[]>
  close(): Promise<void>
}

/** A wish as the far end takes it. */
export interface LedgerWant {
  readonly token: string
  readonly name: string
  readonly marks: OwnerMarks
  readonly generation: number
  readonly shape: LedgerShape
  /** Milliseconds until it is usable. */
  readonly takes: number
  /** Milliseconds until reads show it; writes find it at once. */
  readonly hidden: number
  /** Why it fails when its making is through; absent when it succeeds. */
  readonly fails?: string
}

/** What it should be like; of a machine only what a simulated one has use for. */
export type LedgerShape =
  | {
      readonly kind: 'machine'
      readonly role: string
      readonly cores?: number
      readonly memory?: number
      readonly ports: readonly {
        readonly name: string
        readonly number?: number
        readonly published: boolean
      }[]
      readonly networks: readonly HeldRef[]
      readonly volumes: readonly (HeldRef & { readonly path: string })[]
      readonly addresses: readonly HeldRef[]
      readonly rules: readonly HeldRef[]
      readonly zone?: string
      readonly hostsSoftware: boolean
      readonly own?: LedgerCommand
    }
  | Extract<HoldingShape, { readonly kind: 'backends' }>
  | { readonly kind: Exclude<HoldingShape['kind'], 'backends'> }

/** A command, and what it is given. */
export interface LedgerCommand {
  readonly words: readonly string[]
  readonly environment: { readonly [name: string]: string }
  readonly stdin?: string
  /** Whether it ends by itself, also where it is not understood. @default false */
  readonly finite?: true
}

/** A file in the clear: this side of the wire is the far end. */
export interface LedgerFile {
  readonly path: string
  readonly content: string
  readonly mode: number
}

/** Work for a machine; `fate` overrules what the script says. */
export interface LedgerRun {
  readonly token: string
  readonly digest: string
  readonly mode: 'task' | 'service'
  readonly generation: number
  readonly label: string
  readonly script: string
  readonly environment: { readonly [name: string]: string }
  readonly files: readonly LedgerFile[]
  readonly timeout: number
  /** Milliseconds that a task takes beside what its script sleeps. */
  readonly takes: number
  readonly fate?: Fate
}

/** How a run or command ends, by script. */
export interface Fate {
  /** Milliseconds from its start. */
  readonly after: number
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** What a command came to: it would take so long, and then say this. */
export type LedgerExec =
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | {
      readonly kind: 'done'
      readonly takes: number
      readonly exitCode: number
      readonly stdout: string
      readonly stderr: string
    }

/** A machine's part in the load of its role. */
export interface LoadShare {
  readonly role: string
  /** Machines of the role in its application that are on. */
  readonly members: number
  readonly cores?: number
}

/** What zones can hold, by name; none at all: one nameless zone without limits. */
export interface Zones {
  readonly [name: string]: ZoneLimits
}

/** Absent: no limit. */
export interface ZoneLimits {
  readonly machines?: number
  readonly cores?: number
  /** Bytes. */
  readonly memory?: number
}

/** What is taken of a zone. */
export interface ZoneUse {
  readonly machines: number
  readonly cores: number
  readonly memory: number
}

/**
 * What nobody asked for: `stop` ends machines by force, `vanish` removes, `fail` breaks for good, `crash` ends services,
 * `unreachable` loses the hosts of machines.
 */
export interface Disturbance {
  readonly what: 'stop' | 'vanish' | 'fail' | 'crash' | 'restart-provider' | 'unreachable'
  readonly match: Match
  /** Milliseconds after which what vanished is back as it was, and what was lost can be reached again; 0 for never. */
  readonly back: number
  /** Of services that crash. */
  readonly exitCode: number
}

/** Which resources: all that fit, or some of those. */
export interface Match {
  readonly token?: string
  /** With * for any text. */
  readonly name?: string
  readonly role?: string
  readonly zone?: string
  /** At most so many, chosen by `salt`. */
  readonly count?: number
  readonly salt: number
}

/** What a watcher has to know. */
export interface LedgerChanges {
  readonly tokens: readonly string[]
  readonly next?: number
}

/** One token's whole history at the far end. */
export interface LedgerEntry {
  readonly token: string
  readonly name: string
  readonly kind: ResourceKind
  /** Absent for strangers. */
  readonly marks?: OwnerMarks
  readonly state: ResourceState['state']
  /** What was given, on addresses. */
  readonly address?: string
  /** Over whom it spreads, on sets of back ends. */
  readonly backends?: readonly Backend[]
  readonly creates: number
  readonly deletes: number
  readonly runs: readonly { readonly token: string; readonly label: string; readonly state: string }[]
  readonly files: readonly LedgerFile[]
}
