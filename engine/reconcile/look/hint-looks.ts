/** Looks for hints that may be under way at once. */
const AT_ONCE = 4

/**
 * Looks at what is hinted at, at once: all hints of one moment in one look, and no second look at a token while one is
 * under way; what is hinted at meanwhile is looked at once more after it, however often it was.
 */
export class HintLooks {
  readonly #look: (tokens: readonly string[]) => Promise<void>
  readonly #bulk: number
  readonly #wanted = new Set<string>()
  readonly #looking = new Set<string>()
  #underWay = 0
  #isDue = false

  /** `look` must not reject. */
  constructor(bulk: number, look: (tokens: readonly string[]) => Promise<void>) {
    this.#bulk = bulk
    this.#look = look
  }

  hint(token: string): void {
    this.#wanted.add(token)
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      this.#begin()
    })
  }

  #begin(): void {
    while (this.#underWay < AT_ONCE) {
      const tokens = this.#take()
      if (tokens.length === 0) return
      this.#underWay += 1
      this.#look(tokens)
        .finally(() => {
          this.#underWay -= 1
          for (const token of tokens) this.#looking.delete(token)
          this.#begin()
        })
        .catch(() => undefined)
    }
  }

  #take(): readonly string[] {
    const tokens: string[] = []
    for (const token of this.#wanted) {
      if (tokens.length >= this.#bulk) break
      if (this.#looking.has(token)) continue
      this.#wanted.delete(token)
      this.#looking.add(token)
      tokens.push(token)
    }
    return tokens
  }
}
