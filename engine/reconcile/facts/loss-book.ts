import type { Incarnation, SlotRecord } from '../../entity/allocation.js'
import type { Unseen } from '../../entity/resource.js'
import { unseenLine } from './host-loss.js'
import { siteKey } from './placement.js'

/** Slots named for one cause; the rest is counted. */
const NAMED = 3

/** More slots than this are not put in order before some of them are named. */
const ORDERED = 1_000

type Lost = Incarnation & { readonly lost: Unseen }

/** A place that does not answer: a whole location, or one site of it; and whose machines are lost there. */
export interface LossCause {
  /** One line: which place, and since when. */
  readonly message: string
  /** Some of the slots, and how many there are. */
  readonly keys: readonly string[]
  readonly count: number
}

interface Cause {
  first: Lost
  readonly keys: Set<string>
}

/**
 * What is lost of one application, by cause. Kept as records change, so that telling it costs the same however much is
 * lost: a whole location may be.
 */
export class LossBook {
  readonly #causes = new Map<string, Cause>()
  /** Under which causes a slot stands; only for those of which something is lost. */
  readonly #of = new Map<string, readonly string[]>()

  /** Takes in what became of a slot's record; undefined when it is gone. */
  note(path: string, record: SlotRecord | undefined): void {
    const isKnown = this.#of.has(path)
    if (!isKnown && (record === undefined || !hasLost(record))) return
    for (const cause of this.#of.get(path) ?? []) this.#drop(cause, path)
    this.#of.delete(path)
    if (record !== undefined) this.#put(path, record)
  }

  /** What is lost of what slots have now, or of what is leaving them. */
  causes(which: 'current' | 'leaving'): readonly LossCause[] {
    return [...this.#causes].flatMap(([cause, { first, keys }]) => {
      if (!cause.startsWith(which)) return []
      const all = keys.size > ORDERED ? firstOf(keys) : [...keys].sort()
      const message = unseenLine(first, first.lost)
      return [{ message, keys: all.slice(0, NAMED), count: keys.size }]
    })
  }

  #put(path: string, { current, leaving }: SlotRecord): void {
    const causes: string[] = []
    if (isLost(current)) causes.push(this.#add('current', current, path))
    for (const one of leaving) if (isLost(one)) causes.push(this.#add('leaving', one, path))
    if (causes.length > 0) this.#of.set(path, causes)
  }

  #add(which: 'current' | 'leaving', one: Lost, path: string): string {
    const cause = `${which} ${one.lost.whole ? `all of ${one.location}` : siteKey(one)}`
    const known = this.#causes.get(cause)
    if (known === undefined) this.#causes.set(cause, { first: one, keys: new Set([path]) })
    else {
      known.keys.add(path)
      if (one.lost.since < known.first.lost.since) known.first = one
    }
    return cause
  }

  /** The earliest time of a cause stands for as long as it has any slots. */
  #drop(cause: string, path: string): void {
    const known = this.#causes.get(cause)
    known?.keys.delete(path)
    if (known?.keys.size === 0) this.#causes.delete(cause)
  }
}

function hasLost({ current, leaving }: SlotRecord): boolean {
  return isLost(current) || leaving.some(isLost)
}

function isLost(one: Incarnation | undefined): one is Lost {
  return one?.lost !== undefined
}

function firstOf(keys: ReadonlySet<string>): readonly string[] {
  const first: string[] = []
  for (const key of keys) {
    if (first.length >= NAMED) break
    first.push(key)
  }
  return first
}
