import {
  Failure,
  failureOf,
  type EnsureAnswer,
  type FailureRecord,
  type OwnerMarks,
  type ResourceRef,
} from '../../engine/index.js'

/** Certainly not done, and why: an answer of every verb that commands. */
export interface Refused {
  readonly kind: 'refused'
  readonly failure: FailureRecord
}

/** Only another document can help. */
export function unsupported(message: string): Refused {
  return { kind: 'refused', failure: { cause: 'unsupported', retry: 'never', message } }
}

/** The document asks for what cannot be meant. */
export function invalid(message: string): Refused {
  return { kind: 'refused', failure: { cause: 'invalid', retry: 'never', message } }
}

/** The place is full until something goes. */
export function full(message: string): Refused {
  return { kind: 'refused', failure: { cause: 'capacity', retry: 'never', message } }
}

/** An older command that arrived late. */
export function stale(token: string, generation: number): Refused {
  const message = `generation ${generation} of ${token} is older than one already seen`
  return { kind: 'refused', failure: { cause: 'stale', retry: 'never', message } }
}

/** The name is held by something that is not what was asked for; without a record, it is nobody's that we know. */
export function conflict(
  { kind, name }: Pick<ResourceRef, 'kind' | 'name'>,
  held: { readonly marks: OwnerMarks } | undefined,
): EnsureAnswer {
  const holder =
    held === undefined
      ? `a directory ${name} that is not of this engine's making`
      : `${kind} ${name}, made by engine ${held.marks.engine} for ${held.marks.application}/${held.marks.entity}`
  return { kind: 'conflict', holder }
}

/** What is named is not there. */
export function missing(ref: Pick<ResourceRef, 'kind' | 'name'>): Failure {
  return new Failure({ cause: 'missing', retry: 'soon', message: `there is no ${ref.kind} ${ref.name}` })
}

/** What this host's file system or kernel answered, in the engine's words. */
export function hostFailure(thrown: unknown): FailureRecord {
  if (thrown instanceof Failure) return thrown.record
  const code = codeOf(thrown)
  const message = failureOf(thrown).message
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return { cause: 'denied', retry: 'never', message }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE' || code === 'EAGAIN') {
    return { cause: 'capacity', retry: 'soon', message }
  }
  return { cause: 'internal', retry: 'soon', message }
}

/** Name of an error of Node's own, like ENOENT; '' for any other. */
export function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown)) return ''
  return typeof thrown.code === 'string' ? thrown.code : ''
}

/** What anything thrown says of itself. */
export function failureText(thrown: unknown): string {
  return hostFailure(thrown).message
}
