import type { DecisionView } from '../entity/view.js'
import type { Json, JsonObject } from '../support/json.js'

/** What became of one intent. */
export interface Decision {
  readonly outcome: 'decided' | 'refused' | 'held'
  /** Path of the entity that it is about. */
  readonly entity: string
  /** Name of the policy, or of the person. */
  readonly by: string
  /** Type and version of the policy; '' for people. */
  readonly policyType: string
  readonly version: string
  /** The intent in short, e.g. 'scale to 5'. */
  readonly intent: string
  /** Which rule had the last word: 'granted', a rule of the arbiter, or the policy's own for its holds. */
  readonly rule: string
  readonly reason: string
  readonly inputs: readonly DecisionInput[]
  /** What it counts under, where the rate of such decisions is limited; absent for what may be decided at any rate. */
  readonly spends?: string
}

/** One thing that was gone by: a sensor (or 'condition'), of whom, its value, its age in milliseconds. */
export interface DecisionInput extends JsonObject {
  readonly entity: string
  readonly sensor: string
  readonly value: Json
  readonly age: number
}

/** A decision as it is kept; several of a kind in a row are one record with a count. */
export interface DecisionRecord extends Decision {
  readonly kind: 'decision'
  /** Unique in its application; ascending with time: decimal, padded to ten digits. */
  readonly id: string
  /** When it was last decided so, and when first. Milliseconds since the epoch. */
  readonly at: number
  readonly since: number
  readonly count: number
}

/** What a log wants stored: records to put (new, or counted further) and ids of those to forget. */
export interface DecisionWrites {
  readonly put: readonly DecisionRecord[]
  readonly drop: readonly string[]
}

/** How a log keeps. */
export interface DecisionLogOptions {
  /** Records kept; the oldest go first. @default 1000 */
  readonly keep?: number
  /** Milliseconds after which a record that only counts further is written again. @default 10000 */
  readonly rewriteEvery?: number
}

/**
 * The decisions and refusals of one application, newest last. Refusals and holds that repeat (same who, whom and rule,
 * with nothing else of the two between) count up one record; what was decided is never folded.
 */
export class DecisionLog {
  readonly #records = new Map<string, DecisionRecord>()
  /** Id of the last record by who and whom. */
  readonly #last = new Map<string, string>()
  readonly #writtenAt = new Map<string, number>()
  readonly #keep: number
  readonly #rewriteEvery: number
  #next = 1

  constructor(options: DecisionLogOptions = {}) {
    this.#keep = options.keep ?? 1_000
    this.#rewriteEvery = options.rewriteEvery ?? 10_000
  }

  get size(): number {
    return this.#records.size
  }

  /** Takes stored records in again; to be called once, before anything is added. */
  load(records: readonly DecisionRecord[]): void {
    for (const record of [...records].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      this.#take(record)
      this.#writtenAt.set(record.id, record.at)
      this.#next = Math.max(this.#next, Number(record.id) + 1)
    }
  }

  /** Adds decisions of one turn; gives what is to be stored in the same batch as their effect. */
  add(decisions: readonly Decision[], now: number): DecisionWrites {
    const put = new Map<string, DecisionRecord>()
    for (const decision of decisions) {
      const repeated = this.#repeated(decision)
      const record: DecisionRecord =
        repeated === undefined
          ? { ...decision, kind: 'decision', id: this.#newId(), at: now, since: now, count: 1 }
          : {
              ...repeated,
              reason: decision.reason,
              inputs: decision.inputs,
              at: now,
              count: repeated.count + 1,
            }
      this.#take(record)
      if (this.#isDueForWriting(record, now)) put.set(record.id, record)
    }
    for (const id of put.keys()) this.#writtenAt.set(id, now)
    const drop = this.#forgetOldest()
    return { put: [...put.values()].filter(({ id }) => !drop.includes(id)), drop }
  }

  /** When decisions whose rate is limited were taken since a time, by what they count under: what an arbiter remembers. */
  spentSince(time: number): { readonly [key: string]: readonly number[] } {
    const spent = new Map<string, number[]>()
    for (const { spends, at } of this.#records.values()) {
      if (spends === undefined || at <= time) continue
      spent.set(spends, [...(spent.get(spends) ?? []), at])
    }
    return Object.fromEntries(spent)
  }

  /** Newest first; of one entity, or of all. */
  views(entity?: string): readonly DecisionView[] {
    const records = [...this.#records.values()].filter(
      (record) => entity === undefined || record.entity === entity,
    )
    return records.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).map(viewOfDecision)
  }

  #repeated(decision: Decision): DecisionRecord | undefined {
    if (decision.outcome === 'decided') return undefined
    const last = this.#records.get(this.#last.get(pairOf(decision)) ?? '')
    const same =
      last?.outcome === decision.outcome && last.rule === decision.rule && last.intent === decision.intent
    return same ? last : undefined
  }

  #take(record: DecisionRecord): void {
    this.#records.set(record.id, record)
    this.#last.set(pairOf(record), record.id)
  }

  #isDueForWriting(record: DecisionRecord, now: number): boolean {
    const written = this.#writtenAt.get(record.id)
    return written === undefined || now - written >= this.#rewriteEvery || now < written
  }

  #forgetOldest(): readonly string[] {
    const drop: string[] = []
    for (const [id, record] of this.#records) {
      if (this.#records.size <= this.#keep) break
      this.#records.delete(id)
      this.#writtenAt.delete(id)
      if (this.#last.get(pairOf(record)) === id) this.#last.delete(pairOf(record))
      drop.push(id)
    }
    return drop
  }

  #newId(): string {
    return String(this.#next++).padStart(10, '0')
  }
}

/** A stored decision as faces show it. */
export function viewOfDecision(record: DecisionRecord): DecisionView {
  const { id, at, entity, by, policyType, outcome, intent, rule, reason, count, inputs } = record
  return { id, at, entity, by, policyType, kind: outcome, intent, rule, reason, count, inputs }
}

function pairOf(decision: Decision): string {
  return `${decision.by}\n${decision.entity}`
}
