import {
  Failure,
  type EnsureAnswer,
  type FailureCause,
  type FailureRecord,
  type OwnerMarks,
  type ResourceRef,
} from '../../engine/index.js'

/** An answer that says: certainly not done. */
export interface Refused {
  readonly kind: 'refused'
  readonly failure: FailureRecord
}

/** An answer that says: nobody knows whether it was done. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly failure: FailureRecord
}

/** What an older command than one already seen is told. */
export function stale(token: string, generation: number, newest: number): Refused {
  const message = `generation ${generation} of ${token} is older than ${newest}, which was seen already`
  return { kind: 'refused', failure: { cause: 'stale', retry: 'never', message } }
}

/** What is told when something that is needed is not there. */
export function missing(what: string): Refused {
  return { kind: 'refused', failure: { cause: 'missing', retry: 'soon', message: `there is no ${what}` } }
}

/** The name is held by something else; what has no marks is no engine's. */
export function conflict({ kind, name, marks }: Holder): EnsureAnswer {
  const whose =
    marks === undefined
      ? `which is not of this engine's making`
      : `made by engine ${marks.engine} for ${marks.application}/${marks.entity}`
  return { kind: 'conflict', holder: `${kind} ${name}, ${whose}` }
}

type Holder = Pick<ResourceRef, 'kind' | 'name'> & { readonly marks: OwnerMarks | undefined }

/** A refusal for a reason that passes, or never passes, by itself. */
export function refusal(cause: FailureCause, message: string, retryAfter?: number): Refused {
  const retry = NEVER.has(cause) ? 'never' : retryAfter === undefined ? 'soon' : 'after'
  const after = retry === 'after' && retryAfter !== undefined ? { retryAfter } : {}
  return { kind: 'refused', failure: { cause, retry, message, ...after } }
}

/** What is told when the answer was lost, or the wait for it given up. */
export function unknown(cause: 'timeout' | 'unreachable', message: string): Unknown {
  return { kind: 'unknown', failure: { cause, retry: 'soon', message } }
}

/** The refusal as something to throw, for verbs that have no answer for it. */
export function asFailure(answer: Refused | Unknown): Failure {
  return new Failure(answer.failure)
}

/** Causes that only a changed document or configuration can help. */
const NEVER: ReadonlySet<FailureCause> = new Set<FailureCause>(['invalid', 'denied', 'unsupported', 'stale'])
