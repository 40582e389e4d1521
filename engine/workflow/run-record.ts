import type { PullRule } from '../spec/step-action.js'
import type { NextStep } from '../spec/workflow-spec.js'
import type { FailureRecord } from '../support/failure.js'
import type { Json } from '../support/json.js'
import type { TreeRequest } from './tree-request.js'

/** Values by name as they are recorded: secrets sealed, entities by their path. */
export interface KeptValues {
  readonly [name: string]: Json
}

/** What went wrong in a workflow, as its handlers see it. */
export interface RunError {
  readonly message: string
  readonly failure: FailureRecord
  /** What a step gave although it failed, e.g. the output of a command. */
  readonly data?: Json
  /** The error that was being handled when this one came. */
  readonly cause?: RunError
}

/** What a step was given and gave. */
export interface StepResult {
  readonly index: number
  readonly id?: string
  readonly input: KeptValues
  readonly output: Json
  readonly error?: RunError
}

/** Something outside that was announced and has not been answered: done once for its token. */
export interface OpenEffect {
  readonly token: string
  readonly request: EffectRequest
  readonly announcedAt: number
}

/** What is to be done outside. Values are as they are recorded. */
export type EffectRequest =
  | {
      readonly kind: 'command'
      readonly entity: string
      readonly script: Json
      readonly environment: KeptValues
      /** Milliseconds; 0 for none. */
      readonly timeout: number
      readonly limit: number
      /** Token of the machine that it was announced for. */
      readonly machine?: string
    }
  | {
      readonly kind: 'invoke'
      readonly entity: string
      readonly effector: string
      readonly arguments: KeptValues
      readonly await: boolean
    }
  | TreeRequest
  | HttpRequest
  | ContainerRequest

/** A request that is to be made. */
export interface HttpRequest {
  readonly kind: 'http'
  readonly entity: string
  readonly method: string
  readonly url: Json
  readonly query: KeptValues
  readonly headers: KeptValues
  /** A text as it is, other values as JSON. */
  readonly body?: Json
  readonly login?: { readonly user: Json; readonly password: Json }
  /** Milliseconds. */
  readonly timeout: number
  /** Whether it does no harm to make it again where nobody knows whether it was received. */
  readonly isRepeatable: boolean
}

/** A container that is to be run to its end. */
export interface ContainerRequest {
  readonly kind: 'container'
  readonly entity: string
  /** Name of the place where it runs. */
  readonly location: string
  readonly image: string
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly script?: string
  readonly workingDirectory?: string
  readonly environment: KeptValues
  readonly pull: PullRule
  readonly limit: number
}

/** A change of a sensor, or of what is set of an entity, made in one commit with the record of its step. */
export interface SensorWrite {
  readonly entity: string
  /** Where it is kept. @default 'sensors' */
  readonly book?: 'settings'
  /** Its name; of a setting its config key, or NAME_SETTING. */
  readonly sensor: string
  readonly path: readonly (string | number)[]
  /** Absent: it is cleared. */
  readonly value?: Json
  /** The value so far where none was set. */
  readonly base?: Json
  /** A Predicate that must hold of the value so far. */
  readonly require?: Json
}

/** Variables that belong to one workflow, and what it was called with. */
export interface Scope {
  readonly initial: KeptValues
  variables: { [name: string]: Json }
  input: KeptValues
  /** Times of tries, by the place of a retry or its key. */
  retries: { [key: string]: number[] }
}

/** How a list of steps stands. */
export interface BlockState {
  /** Path of the entity that it is done at. */
  entity: string
  /** Absent where it shares that of the block around it. */
  scope?: Scope
  at: number
  /** Whether any step of it applied. */
  applied?: boolean
  step?: StepState
  before?: StepResult
  results: { [id: string]: StepResult }
  /** The last point from which it may be done again, with the variables there. */
  point?: { readonly at: number; readonly variables: KeptValues }
  deadline?: number
  /** Its own handler at work. */
  handler?: HandlerState
}

/** A handler at work. */
export interface HandlerState {
  readonly error: RunError
  readonly result: StepResult
  readonly block: BlockState
}

/** How the step that a block is at stands. */
export interface StepState {
  index: number
  begunAt: number
  deadline?: number
  input: { [name: string]: Json }
  /** Variables when it began. */
  variables: KeptValues
  /** When a sleep ends, or a pause before a retry. */
  until?: number
  effect?: OpenEffect
  /** Outcome of the effect, taken in and not yet used. */
  answer?: EffectAnswer
  /** Whether it is its change of a sensor that is being made durable. */
  writing?: true
  /** Whether its change of a sensor is durable, or why it was refused. */
  written?: { readonly refused?: string }
  /** The lock that it holds, or waits for. */
  lock?: LockState
  branches?: BranchesState
  handler?: HandlerState
}

/** A lock of an entity that a step holds until it ends, once its ticket is the lowest for it. */
export interface LockState {
  readonly entity: string
  readonly name: string
  /** Place of the step in its run. */
  readonly place: string
  readonly ticket: number
}

/** How the branches of a step stand: one for each target, or the only one. */
export interface BranchesState {
  readonly total: number
  /** Most at once. */
  readonly most: number
  readonly targets?: readonly Json[]
  /** Which case of a switch. */
  readonly chosen?: number
  next: number
  open: { [position: string]: BlockState }
  outputs: { [position: string]: Json }
  reduced?: { [name: string]: Json }
}

/** What came of something outside. */
export type EffectAnswer =
  | { readonly kind: 'done'; readonly output: Json }
  | { readonly kind: 'failed'; readonly failure: FailureRecord; readonly data?: Json }

/** A step of a run's own list from which it may be done again, as it was when it came there. */
export interface ReplayPoint {
  readonly at: number
  readonly id?: string
  readonly variables: KeptValues
  readonly before?: StepResult
  readonly results: { readonly [id: string]: StepResult }
}

/** One run of a workflow: all that it has come to. Plain data; written in one commit with what it changes. */
export interface RunRecord {
  readonly kind: 'workflow'
  readonly id: string
  readonly tenant: string
  readonly application: string
  readonly entity: string
  readonly name: string
  /** What it is a run of, e.g. 'effector restart'. */
  readonly origin: string
  readonly by: string
  readonly reason: string
  /** Token of the machine that commands at its entity are run on. @default the one that the entity has then */
  readonly machine?: string
  /** Whether no task stands for it: what is done again and again would hide the others. */
  readonly quiet?: true
  /** Id of the task that stands for it. */
  readonly task: string
  /** The run that called it, and for which token. */
  readonly parent?: { readonly run: string; readonly token: string }
  readonly startedAt: number
  state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  endedAt?: number
  /** How many things outside it has announced: their tokens are counted by it. */
  effects: number
  root: BlockState
  /** What it is called with. Absent in the first stores. */
  readonly input?: KeptValues
  /** Where it stood when it failed, for going on from there. */
  left?: BlockState
  /** Steps that it may be done again from, the last that it came to at the end. Absent: none. */
  points?: readonly ReplayPoint[]
  /** Where its list begins when it is done again from a step. */
  begins?: ReplayPoint
  output?: Json
  error?: RunError
  /** What it waits for, in words. */
  waits: readonly string[]
}

/** What is told to a run. */
export type RunEvent =
  | { readonly kind: 'tick' }
  | { readonly kind: 'answer'; readonly token: string; readonly answer: EffectAnswer }
  | { readonly kind: 'written'; readonly refused?: string }
  | { readonly kind: 'cancel'; readonly reason: string }

/** How a list of steps goes on or ends. */
export type Flow =
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: RunError }
  | { readonly kind: 'jump'; readonly next: NextStep; readonly output: Json }
  | { readonly kind: 'return'; readonly output: Json }
  /** Something is done again: what failed, or from a point of the workflow. */
  | { readonly kind: 'again'; readonly from: AgainFrom; readonly restore: boolean }

/** From where something is done again. */
export type AgainFrom =
  { readonly kind: 'start' | 'last' | 'failed' } | { readonly kind: 'step'; readonly id: string }
