/**
 * When trying again makes sense: *soon* (a passing fault, back-off applies), *after* (not before a time that the far end
 * named), *never* (only a changed document, capacity or quota can help: alert, then probe slowly).
 */
export type RetryClass = 'soon' | 'after' | 'never'

/** What went wrong at the far end, by cause. Alerts are grouped by it. */
export type FailureCause =
  | 'unreachable'
  | 'timeout'
  | 'throttled'
  | 'capacity'
  | 'quota'
  | 'denied'
  | 'invalid'
  | 'conflict'
  | 'missing'
  | 'command-failed'
  | 'unsupported'
  | 'stale'
  | 'internal'

/** A failure as data: what books, events and replies carry. */
export interface FailureRecord {
  readonly cause: FailureCause
  readonly retry: RetryClass
  readonly message: string
  /** Milliseconds that the far end asked us to wait; only with retry 'after'. */
  readonly retryAfter?: number
}

/** Whether it says nothing about the one it befell: whatever else were made in that place would meet it too. */
export function isOfThePlace({ cause }: Pick<FailureRecord, 'cause'>): boolean {
  return THE_PLACE_S.has(cause)
}

const THE_PLACE_S: ReadonlySet<FailureCause> = new Set<FailureCause>([
  'unreachable',
  'timeout',
  'throttled',
  'capacity',
  'quota',
])

/** What it is to find a name held by something that is not ours: the same for all that has a name. */
export function nameTaken(holder: string): FailureRecord {
  return { cause: 'conflict', retry: 'soon', message: `its name is held by ${holder}` }
}

/** The world refused. Thrown by adapters, caught at a task's edge, kept as a FailureRecord. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly record: FailureRecord

  constructor(record: FailureRecord, cause?: unknown) {
    super(record.message, { cause })
    this.record = record
  }
}

/** The record of anything thrown: a Failure's own, otherwise 'internal' with retry 'soon'. */
export function failureOf(thrown: unknown): FailureRecord {
  if (thrown instanceof Failure) return thrown.record
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { cause: 'internal', retry: 'soon', message }
}
