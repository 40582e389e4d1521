import type { Subscription } from 'rxjs'
import type { Announcement, Change, ObservedRecord, SlotRecord } from '../../engine/index.js'
import type { EngineHarness } from '../support/engine-harness.js'

/** How an entity was last shown. */
export interface Shown {
  readonly state: string
  readonly up: boolean
}

/** A step at the moment of its announcement, and how all entities were shown then. */
export interface Announced {
  readonly path: string
  readonly step: Announcement
  readonly incarnation: number
  readonly shown: ReadonlyMap<string, Shown>
  /** Paths of all slots of which something is there. */
  readonly slots: ReadonlySet<string>
}

/** Reads the store's commits as they are made, and keeps what was announced in its order. */
export class Trace {
  readonly announced: Announced[] = []
  readonly #shown = new Map<string, Shown>()
  readonly #slots = new Set<string>()
  readonly #steps = new Set<string>()
  readonly #watch: Subscription

  constructor(bench: EngineHarness) {
    this.#watch = bench.store.watch(0).subscribe((event) => {
      if (event.kind === 'commit') for (const change of event.commit.changes) this.#take(change)
    })
  }

  close(): void {
    this.#watch.unsubscribe()
  }

  #take(change: Change): void {
    const [kind = '', , ...rest] = change.key.split('/')
    const path = rest.join('/')
    if (kind === 'slot') this.#slot(path, change)
    else if (kind === 'seen') this.#seen(path, change)
  }

  #seen(path: string, change: Change): void {
    if (change.kind === 'delete') {
      this.#shown.delete(path)
      return
    }
    const { shown } = change.value as unknown as ObservedRecord
    if (shown !== undefined) this.#shown.set(path, { state: shown.state, up: shown.up })
  }

  #slot(path: string, change: Change): void {
    if (change.kind === 'delete') {
      this.#slots.delete(path)
      return
    }
    const { current, leaving } = change.value as unknown as SlotRecord
    const all = current === undefined ? leaving : [current, ...leaving]
    if (all.length > 0) this.#slots.add(path)
    else this.#slots.delete(path)
    for (const one of all) {
      if (one.step === undefined) continue
      const id = `${path} ${one.number} ${one.step.generation}`
      if (this.#steps.has(id)) continue
      this.#steps.add(id)
      this.announced.push({
        path,
        step: one.step,
        incarnation: one.number,
        shown: new Map(this.#shown),
        slots: new Set(this.#slots),
      })
    }
  }
}
