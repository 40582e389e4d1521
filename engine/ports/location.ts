import type { Observable } from 'rxjs'
import type {
  HeldRef,
  HoldingShape,
  OwnerMarks,
  ResourceKind,
  ResourceState,
  RunState,
} from '../entity/resource.js'
import type { PullRule } from '../spec/step-action.js'
import type { FailureRecord } from '../support/failure.js'
import type { Json, JsonObject } from '../support/json.js'
import type { Secret } from '../support/secret.js'
import type { Rate } from '../support/token-bucket.js'

/** One resource that must exist. Chosen by us before the effect: `token` is its identity for ever. */
export interface ResourceWant {
  readonly token: string
  /** Short, human, deterministic: `[a-z0-9-]{1,63}`. For drivers whose token is a derived name. */
  readonly name: string
  readonly marks: OwnerMarks
  /** Commands with a lower generation than one already seen for this token are refused ('stale'). */
  readonly generation: number
  readonly shape: ResourceShape
}

/** What it should be like, by kind. */
export type ResourceShape = MachineShape | HoldingShape

/** A machine, container or working place for processes. */
export interface MachineShape {
  readonly kind: 'machine'
  readonly image?: string
  readonly offering?: string
  readonly cores?: number
  /** Bytes. */
  readonly memory?: number
  readonly command?: readonly string[]
  /** What is run instead of what the image runs; `command` is then what it is told. @default the image's */
  readonly entrypoint?: readonly string[]
  /** Run instead of both: by bash where the image has one, else by sh. */
  readonly script?: string
  /** It is run to the end of its own command, and not kept at it. @default false */
  readonly finite?: true
  /** Where its own command works. @default the image's */
  readonly workingDirectory?: string
  /** When the image is asked for at its registry. @default as the place does by itself */
  readonly pull?: PullRule
  readonly environment: { readonly [name: string]: string | Secret }
  readonly ports: readonly {
    readonly name: string
    readonly number?: number
    /** The software has that very number: no other one helps it. @default false */
    readonly exact?: true
    readonly protocol: 'tcp' | 'udp'
    readonly published: boolean
  }[]
  readonly userData?: string
  readonly keyPair?: string
  readonly hostname: string
  /** Names by which others on the same networks find it. */
  readonly aliases: readonly string[]
  /** Tokens of the networks to join, or far-end names when `brought`. */
  readonly networks: readonly HeldRef[]
  readonly volumes: readonly (HeldRef & { readonly path: string })[]
  /** Addresses that it is given; the first is the one by which it is known. */
  readonly addresses: readonly HeldRef[]
  readonly rules: readonly HeldRef[]
  readonly zone?: string
  /** Whether software will be run on it with `run`; the machine then needs no command of its own. */
  readonly hostsSoftware: boolean
  readonly options: { readonly [key: string]: Json }
}

/**
 * The answer to a wish that something exist. *unknown* is never *failed*: the caller looks up by token, adopts what is
 * there, and only then repeats with the same token.
 */
export type EnsureAnswer =
  | { readonly kind: 'found' | 'created'; readonly resource: ResourceState }
  | { /** Begun, and it will show in `observe`. */ readonly kind: 'pending' }
  | {
      /** The far end cannot take it now. */ readonly kind: 'not-ready'
      readonly retryAfter?: number
      readonly reason: string
    }
  | { /** Whether it took effect is not known. */ readonly kind: 'unknown'; readonly failure: FailureRecord }
  | {
      /** Its name is held by something that is not ours. */ readonly kind: 'conflict'
      readonly holder: string
    }
  | { /** Certainly not done. */ readonly kind: 'refused'; readonly failure: FailureRecord }

/** The answer to any other command; all are idempotent by token, "already so" is 'done'. */
export type CommandAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'not-ready'; readonly retryAfter?: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly failure: FailureRecord }
  | { readonly kind: 'refused'; readonly failure: FailureRecord }

/** Names one resource at the far end. */
export interface ResourceRef {
  readonly token: string
  readonly kind: ResourceKind
  readonly name: string
  readonly generation: number
}

/**
 * Work on a machine under its supervisor: detached, outliving us. A 'task' runs to its end and leaves a receipt; a
 * 'service' runs until stopped. Same token: the same run, never a second one.
 */
export interface RunRequest {
  readonly token: string
  /** Digest of the work: a receipt with another digest is not this work. */
  readonly digest: string
  readonly mode: 'task' | 'service'
  readonly generation: number
  /** What it is called in directory listings and logs, e.g. 'install'. */
  readonly label: string
  /** Run by `sh -e` in the run directory. */
  readonly script: string
  readonly environment: { readonly [name: string]: string | Secret }
  /** Written before the script starts; see `copy`. */
  readonly files: readonly MachineFile[]
  /** Milliseconds; the run is ended and marked 'timed-out' after it; 0 for none. */
  readonly timeout: number
}

/** A file to be put on a machine, atomically. */
export interface MachineFile {
  /** Relative to the run directory, or absolute where the location allows it. */
  readonly path: string
  readonly content: string | Secret
  readonly mode: number
}

/** The answer to `run`. */
export type RunAnswer =
  | { readonly kind: 'started' | 'found'; readonly run: RunState }
  | { readonly kind: 'not-ready'; readonly retryAfter?: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly failure: FailureRecord }
  | { readonly kind: 'refused'; readonly failure: FailureRecord }

/** What a finished command printed; each stream is cut in the middle beyond its limit, and says so. */
export interface CommandOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode?: number
}

/** One measured value of one machine. */
export interface MetricSample {
  readonly token: string
  /** 'cpu' (cores used), 'memory' (bytes), or a place's own name. */
  readonly metric: string
  readonly value: number
  readonly at: number
}

/** What a place can hold, for the preflight of a plan. */
export interface CapacityAnswer {
  /** How many of the asked machines fit, in the order asked; absent when the place cannot know. */
  readonly fits?: number
  readonly reason?: string
}

/** An object at the far end that carries our engine's mark. */
export interface OwnedResource extends ResourceState {
  readonly name: string
  readonly createdAt?: number
}

/** "Look again": of one resource, or of all when a gap is possible. A hint only, never the truth. */
export interface Hint {
  readonly token?: string
}

/** What a driver can do; every flag has a written default that holds when it is left out. */
export interface Capabilities {
  /** What a token is at the far end. @default 'opaque' */
  readonly token: 'opaque' | 'derived-name' | 'none'
  readonly kinds: readonly ResourceKind[]
  /** Machines may have a command of their own. @default true */
  readonly ownCommand: boolean
  /**
   * Machines of any image are run to the end of their own command, and are then neither started again nor removed by the place; `printed`
   * works. @default false
   */
  readonly containers: boolean
  /** What is made there exists in thought alone, so nothing is put there that did not ask for it. @default false */
  readonly imagined: boolean
  /** `run`, `exec` and `copy` work. @default true */
  readonly software: boolean
  /** Machines can be stopped and started again. @default true */
  readonly stoppable: boolean
  /** `fence` works, and does so while a machine's own host cannot be reached. @default false */
  readonly fences: boolean
  /** `watch` gives hints, so that polling may be slow. @default false */
  readonly hints: boolean
  /** Calls that may be made in a period, looks among them. @default no limit */
  readonly rate?: Rate
  /** Calls that may be under way at once. @default 4 */
  readonly concurrency: number
  /** Milliseconds between observations of a resource that is not expected to change. @default 10000 */
  readonly observePeriod: number
  /** Resources in one call of ensure, observe, start, stop, destroy. @default 1 */
  readonly bulk: number
}

/** Every verb takes a signal: abort ends our waiting; what the far end has begun may go on, and shows in `observe`. */
export interface CallOptions {
  readonly signal: AbortSignal
}

/**
 * One configured place. All verbs are idempotent by token and serialisable; answers come in the order of the request.
 * What the world does is an answer; only verbs whose answer has no place for it (listOwned, output, exec, logs, printed,
 * metrics, capacity) reject with a Failure. Anything else that is thrown is an error in the driver.
 */
export interface Location {
  readonly name: string
  /** The driver's kind, e.g. 'local'. */
  readonly kind: string
  readonly capabilities: Capabilities
  /** Makes what is missing, adopts what is ours, never touches what is not. */
  ensure(wants: readonly ResourceWant[], options: CallOptions): Promise<readonly EnsureAnswer[]>
  /**
   * The state of each. undefined: not known now (unreachable), which is not 'absent'. `runs` are asked for by token
   * with `runs`.
   */
  observe(refs: readonly ResourceRef[], options: CallOptions): Promise<readonly (ResourceState | undefined)[]>
  start(refs: readonly ResourceRef[], options: CallOptions): Promise<readonly CommandAnswer[]>
  /** Ends machines in good order; after `grace` ms by force. The resource stays. */
  stop(
    refs: readonly ResourceRef[],
    options: CallOptions & { readonly grace: number },
  ): Promise<readonly CommandAnswer[]>
  /** Removes; 'done' only when the far end confirms that it is gone. */
  destroy(refs: readonly ResourceRef[], options: CallOptions): Promise<readonly CommandAnswer[]>
  /**
   * Makes certain that machines do not run and do not come back by themselves, by other means than their host (a power
   * switch, the management of the place). 'done' only when that is certain. What is left of them is destroyed later. Only
   * where `capabilities.fences`; others are asked to `destroy`.
   */
  fence?(refs: readonly ResourceRef[], options: CallOptions): Promise<readonly CommandAnswer[]>
  /** Everything that carries this engine's mark. */
  listOwned(engine: string, options: CallOptions): Promise<readonly OwnedResource[]>
  run(machine: ResourceRef, request: RunRequest, options: CallOptions): Promise<RunAnswer>
  /** Ends a run: TERM to its process group, KILL after `grace` ms. 'done' when nothing of it runs. */
  endRun(
    machine: ResourceRef,
    token: string,
    options: CallOptions & { readonly grace: number },
  ): Promise<CommandAnswer>
  /** What a run has printed, at most `limit` bytes of each stream. */
  output(
    machine: ResourceRef,
    token: string,
    options: CallOptions & { readonly limit: number },
  ): Promise<CommandOutput>
  /** One command now, waiting for it; for people, probes and sensors, not for life-cycle work. */
  exec(
    machine: ResourceRef,
    command: readonly string[],
    options: CallOptions & { readonly timeout: number; readonly limit: number; readonly stdin?: string },
  ): Promise<CommandOutput>
  copy(machine: ResourceRef, files: readonly MachineFile[], options: CallOptions): Promise<CommandAnswer>
  /** Lines of the machine's services, newest last. */
  logs(machine: ResourceRef, options: CallOptions & { readonly lines: number }): Promise<string>
  /** What a machine's own command has printed, at most `limit` bytes of each stream. Only where `capabilities.containers`. */
  printed?(machine: ResourceRef, options: CallOptions & { readonly limit: number }): Promise<CommandOutput>
  metrics(machines: readonly ResourceRef[], options: CallOptions): Promise<readonly MetricSample[]>
  capacity(wants: readonly MachineShape[], options: CallOptions): Promise<CapacityAnswer>
  /** Hints until unsubscribed; a place without hints never emits. */
  watch(): Observable<Hint>
  /** Whether the place can be reached and used: one line for each thing tried. */
  test(
    options: CallOptions,
  ): Promise<readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]>
  /** Frees connections; what runs there goes on. */
  close(): Promise<void>
}

/** A configured place as people keep it; credentials are sealed secrets inside `config`. */
export interface LocationRecord extends JsonObject {
  readonly kind: 'location'
  readonly tenant: string
  readonly name: string
  readonly driver: string
  readonly config: JsonObject
}

/** Opens locations of one driver kind. */
export interface LocationFactory {
  readonly driver: string
  /** Throws a Failure ('invalid', never) when the configuration is at fault; opens no connection yet. */
  open(record: LocationRecord): Location
}

/** The capability set of a driver that says nothing. */
export const DEFAULT_CAPABILITIES: Capabilities = {
  token: 'opaque',
  kinds: ['machine'],
  ownCommand: true,
  containers: false,
  imagined: false,
  software: true,
  stoppable: true,
  fences: false,
  hints: false,
  concurrency: 4,
  observePeriod: 10_000,
  bulk: 1,
}
