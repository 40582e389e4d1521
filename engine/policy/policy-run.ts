import { from, take } from 'rxjs'
import type { AttachedPolicy, Output, Reading } from '../ports/policy.js'
import { HostScheduler } from './host-scheduler.js'
import { DraftCell, isStorable, type Held } from './policy-memory.js'

/** What one materialised run gave: all of it, or nothing and why. */
export type RunOutcome =
  | { readonly kind: 'done'; readonly held: Held; readonly given: readonly Output[] }
  | { readonly kind: 'fault'; readonly message: string }

/** Builds a policy's pipeline over the readings, lets it run to its end and drops it. What it throws is a fault of its own. */
export function runPolicy(
  policy: AttachedPolicy,
  held: Held,
  turn: { readonly readings: readonly Reading[]; readonly now: number },
  mostIntents: number,
): RunOutcome {
  const cell = new DraftCell(held)
  const given: Output[] = []
  const end: { kind: 'open' | 'complete' | 'error'; message: string } = {
    kind: 'open',
    message: 'it does not end with its readings',
  }
  try {
    const pipeline = policy.pipeline(cell)
    pipeline(from(turn.readings), new HostScheduler(turn.now))
      .pipe(take(mostIntents + 1))
      .subscribe({
        next: (one) => given.push(one),
        error: (error: unknown) => Object.assign(end, { kind: 'error', message: messageOf(error) }),
        complete: () => Object.assign(end, { kind: 'complete' }),
      })
      .unsubscribe()
  } catch (error) {
    return { kind: 'fault', message: messageOf(error) }
  }
  if (end.kind !== 'complete') return { kind: 'fault', message: end.message }
  if (given.length > mostIntents)
    return { kind: 'fault', message: `it asks for more than ${mostIntents} things at once` }
  if (cell.isWritten && !isStorable(cell.held.memory))
    return { kind: 'fault', message: 'its memory cannot be stored as JSON' }
  return { kind: 'done', held: cell.held, given }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300)
}
