/**
 * Refuses commands that are older than one already seen for the same token. It remembers the most recent tokens only:
 * what is older than that has long been carried out or given up.
 */
export class GenerationFence {
  readonly #capacity: number
  readonly #seen: Map<string, number>

  constructor(capacity = 20_000) {
    this.#capacity = capacity
    this.#seen = new Map()
  }

  /** Whether a command of this generation may pass; if so, older ones may not any more. */
  admit(token: string, generation: number): boolean {
    const newest = this.#seen.get(token)
    if (newest !== undefined && generation < newest) return false
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
