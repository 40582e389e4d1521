/** Tokens whose generations are remembered after what they named has gone. */
const MOST = 10_000

/**
 * Refuses commands that are older than one already seen for their token. What is there keeps its generation in its
 * record; this remembers those of what has been removed, while this process lives.
 */
export class GenerationFence {
  readonly #seen = new Map<string, number>()

  /** Whether a command of this generation may pass; if so it is the newest seen. `recorded`: of the record, if any. */
  admit(token: string, generation: number, recorded = 0): boolean {
    const newest = Math.max(recorded, this.#seen.get(token) ?? 0)
    if (generation < newest) return false
    this.#seen.delete(token)
    this.#seen.set(token, generation)
    if (this.#seen.size > MOST) this.#forgetOldest()
    return true
  }

  #forgetOldest(): void {
    for (const token of this.#seen.keys()) {
      this.#seen.delete(token)
      return
    }
  }
}
