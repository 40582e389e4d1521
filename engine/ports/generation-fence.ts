/**
 * Refuses commands that are older than one already seen for the same token, as the port asks of every driver. It remembers the most
 * recent tokens only, while this process lives: what is at the far end keeps its generation in its own record.
 */
export class GenerationFence {
  readonly #capacity: number
  readonly #seen = new Map<string, number>()

  constructor(capacity = 20_000) {
    this.#capacity = capacity
  }

  /** Whether a command of this generation may pass; if so, older ones may not any more. `recorded`: of the record, if any. */
  admit(token: string, generation: number, recorded = 0): boolean {
    const newest = Math.max(recorded, this.#seen.get(token) ?? 0)
    if (generation < newest) return false
    this.#seen.delete(token)
    this.#seen.set(token, generation)
    if (this.#seen.size > this.#capacity) this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    for (const token of this.#seen.keys()) {
      this.#seen.delete(token)
      return
    }
  }
}
