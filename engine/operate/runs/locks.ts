import type { LockState, RunRecord } from '../../workflow/run-record.js'
import { locksAround, locksIn } from '../../workflow/run-step.js'
import type { LockAnswer } from '../../workflow/run-world.js'

interface Waiting {
  readonly run: string
  readonly place: string
  readonly ticket: number
}

/**
 * Who holds the locks of one application's entities, and who waits for them. It is what the records of runs say: a step keeps its
 * ticket until it ends, and of all tickets for one lock the lowest holds it. A restart reads the same from the same records.
 */
export class RunLocks {
  readonly #queues = new Map<string, readonly Waiting[]>()
  readonly #record: (run: string) => RunRecord | undefined
  #last = 0

  constructor(record: (run: string) => RunRecord | undefined) {
    this.#record = record
  }

  /** Takes a stored run in. */
  load({ id, root }: RunRecord): void {
    for (const lock of locksIn(root)) {
      this.#last = Math.max(this.#last, lock.ticket)
      this.#put(keyOf(lock), { run: id, place: lock.place, ticket: lock.ticket })
    }
  }

  /** A place of a run wants a lock; asked again, it has the same ticket. Undefined where a caller holds it for this run already. */
  ask(run: string, lock: Pick<LockState, 'entity' | 'name' | 'place'>): LockAnswer {
    const key = keyOf(lock)
    if (this.#isInherited(run, key)) return { kind: 'held' }
    const queue = this.#queues.get(key) ?? []
    const known = queue.find((one) => one.run === run && one.place === lock.place)
    const own = known ?? { run, place: lock.place, ticket: (this.#last += 1) }
    if (known === undefined) this.#put(key, own)
    const [first = own] = this.#queues.get(key) ?? []
    const { ticket } = own
    return first.ticket === ticket ? { kind: 'held', ticket } : { kind: 'waits', ticket, holder: first.run }
  }

  /** A run has come on, durably: what it no longer keeps is free. Gives the runs that now hold a lock for which they waited. */
  settle({ id, root }: RunRecord): readonly string[] {
    const kept = new Set([...locksIn(root)].map(({ ticket }) => ticket))
    const woken: string[] = []
    for (const [key, queue] of this.#queues) {
      const left = queue.filter(({ run, ticket }) => run !== id || kept.has(ticket))
      if (left.length === queue.length) continue
      if (left.length === 0) this.#queues.delete(key)
      else this.#queues.set(key, left)
      const [first] = left
      if (first !== undefined && first !== queue[0]) woken.push(first.run)
    }
    return woken
  }

  #put(key: string, waiting: Waiting): void {
    const queue = [...(this.#queues.get(key) ?? []), waiting]
    this.#queues.set(
      key,
      queue.sort((a, b) => a.ticket - b.ticket),
    )
  }

  /** Whether the step that called a run, or the call of its caller, is done under the lock. */
  #isInherited(run: string, key: string): boolean {
    const parent = this.#record(run)?.parent
    const caller = parent === undefined ? undefined : this.#record(parent.run)
    if (parent === undefined || caller === undefined) return false
    const isHeld = locksAround(caller.root, parent.token).some((lock) => keyOf(lock) === key)
    return isHeld || this.#isInherited(parent.run, key)
  }
}

function keyOf({ entity, name }: Pick<LockState, 'entity' | 'name'>): string {
  return `${entity}\n${name}`
}
