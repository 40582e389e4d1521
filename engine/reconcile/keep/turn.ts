import type { Change } from '../../store/store.js'
import type { JsonObject } from '../../support/json.js'
import type { Step } from '../facts/step.js'

/** Changes in one commit; below the store's limit. */
const COMMIT = 90

/** What one turn of a keeper writes, and what follows once it is durable. A later write of a key replaces an earlier one. */
export class Turn {
  /** Announced in what is written; to be taken after. */
  readonly steps: Step[] = []
  /** To be told after. */
  readonly after: (() => void)[] = []
  readonly #changes = new Map<string, Change>()

  put(key: string, value: object): void {
    this.#changes.set(key, { kind: 'put', key, value: value as JsonObject })
  }

  delete(key: string): void {
    this.#changes.set(key, { kind: 'delete', key })
  }

  /** The changes in batches that a store takes. */
  batches(): readonly (readonly Change[])[] {
    const all = [...this.#changes.values()]
    const batches: Change[][] = []
    for (let at = 0; at < all.length; at += COMMIT) batches.push(all.slice(at, at + COMMIT))
    return batches
  }
}
