import type { Announcement, StepKind } from '../../entity/allocation.js'
import type { ResourceState } from '../../entity/resource.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type {
  CommandAnswer,
  EnsureAnswer,
  MachineFile,
  ResourceRef,
  ResourceWant,
  RunAnswer,
  RunRequest,
} from '../../ports/location.js'

/** One announced action, ready to be taken through a location's port. */
export interface Step {
  /** Slot path or holding id. */
  readonly key: string
  /** Number of the incarnation it is about; 0 for holdings. */
  readonly incarnation: number
  readonly location: string
  readonly announcement: Announcement
  readonly call: StepCall
}

/** An announcement without what follows from when it is made. */
export interface Wanted {
  readonly kind: StepKind
  readonly token: string
  readonly digest: string
  readonly phase?: string
  readonly reason: string
}

/** The port verb of a step, with its arguments. */
export type StepCall =
  | { readonly verb: 'ensure'; readonly want: ResourceWant }
  | { readonly verb: 'start'; readonly ref: ResourceRef }
  | { readonly verb: 'stop'; readonly ref: ResourceRef; readonly grace: number }
  | { readonly verb: 'fence'; readonly ref: ResourceRef }
  | { readonly verb: 'destroy'; readonly ref: ResourceRef }
  | { readonly verb: 'run'; readonly ref: ResourceRef; readonly request: RunRequest }
  | WorkflowCall
  | { readonly verb: 'end-run'; readonly ref: ResourceRef; readonly token: string; readonly grace: number }
  | {
      /** Files into place, then the reload command if there is one. */
      readonly verb: 'refresh'
      readonly ref: ResourceRef
      readonly files: readonly MachineFile[]
      readonly reload?: RunRequest
    }

/** A phase that is done by a workflow: a run whose id is the token, with the phase's files in place before it. */
export interface WorkflowCall {
  readonly verb: 'workflow'
  readonly ref: ResourceRef
  readonly token: string
  readonly phase: string
  readonly workflow: WorkflowSpec
  readonly files: readonly MachineFile[]
}

/** What came back for a step. */
export interface StepOutcome {
  readonly step: Step
  readonly answer: EnsureAnswer | CommandAnswer | RunAnswer
  /** What the machine looked like right after, for verbs whose answer does not say. */
  readonly seen?: ResourceState
}
