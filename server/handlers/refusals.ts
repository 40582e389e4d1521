import {
  type FailureCause,
  type FailureRecord,
  type Problem,
  type Refusal,
  required,
  unreachable,
} from '../../engine/index.js'
import { type Misfit, type ProblemDetails, REFUSALS, type WireProblem } from '../api/index.js'
import type { Reply } from './message.js'

/** What a refusal may carry beside its words. */
export type RefusalExtras = Partial<Pick<ProblemDetails, 'problems' | 'missing' | 'moved' | 'faults'>>

/** The one place where the API says no: an answer with problem details (RFC 9457). */
export function refuse(code: string, detail: string, extras: RefusalExtras = {}): Reply {
  const kind = required(REFUSALS[code], `kind of refusal ${code}`)
  const body: ProblemDetails = {
    type: `/docs/errors#${code}`,
    title: kind.title,
    status: kind.status,
    detail,
    code,
    ...extras,
  }
  return { kind: 'reply', status: kind.status, headers: {}, contentType: 'application/problem+json', body }
}

/** What the engine refused, as an answer. */
export function refused(refusal: Refusal): Reply {
  switch (refusal.kind) {
    case 'not-found':
      return refuse('not-found', `There is no ${refusal.what}.`)
    case 'gone':
      return refuse('gone', `${refusal.what} is gone.`)
    case 'conflict':
      return refuse('conflict', refusal.reason, { moved: refusal.moved })
    case 'invalid':
      return refuse('invalid', refusal.reason)
    case 'quota':
      return refuse('quota-exceeded', refusal.reason)
    case 'unsupported':
      return refuse('unsupported', refusal.reason)
    default:
      return unreachable(refusal)
  }
}

/** A document's problems, as an answer. */
export function documentRefused(problems: readonly Problem[]): Reply {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  return refuse('invalid-document', `The document has ${errors === 1 ? 'an error' : `${errors} errors`}.`, {
    problems: problems.map(wireProblem),
  })
}

/** A request that does not fit its schema, as an answer. */
export function unfit(misfits: readonly Misfit[]): Reply {
  const first = misfits[0]
  const detail = first === undefined ? 'It does not fit.' : `${first.pointer}: ${first.message}`
  return refuse('invalid-request', detail, { faults: misfits })
}

/** A failure of the world, as an answer. What is internal is not told: the log has it. */
export function failed(failure: FailureRecord): Reply {
  const code = CODES[failure.cause]
  const answer = refuse(
    code,
    code === 'internal' ? 'Something broke here; the log says what.' : failure.message,
  )
  if (failure.retryAfter === undefined) return answer
  return { ...answer, headers: { 'retry-after': String(Math.ceil(failure.retryAfter / 1000)) } }
}

/** A problem as the wire has it. */
export function wireProblem(problem: Problem): WireProblem {
  const { kind: _kind, ...told } = problem
  return { ...told, docs: `/docs/errors/${problem.code}` }
}

const CODES: { readonly [cause in FailureCause]: string } = {
  unreachable: 'far-end',
  timeout: 'far-end-timeout',
  throttled: 'unavailable',
  capacity: 'far-end',
  quota: 'far-end',
  denied: 'far-end',
  invalid: 'invalid',
  conflict: 'far-end',
  missing: 'far-end',
  'command-failed': 'far-end',
  unsupported: 'unsupported',
  stale: 'unavailable',
  internal: 'internal',
}
