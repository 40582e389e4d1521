/**
 * Ids to be looked at, each once however often it was asked for: a thousand wishes in a second are one request. First
 * in, first out; what was asked again while waiting is counted as superseded.
 */
export class RequestQueue {
  readonly #waiting = new Set<string>()
  #superseded = 0

  get size(): number {
    return this.#waiting.size
  }

  /** Requests that were folded into one already waiting. */
  get superseded(): number {
    return this.#superseded
  }

  add(key: string): void {
    if (this.#waiting.has(key)) this.#superseded += 1
    else this.#waiting.add(key)
  }

  delete(key: string): void {
    this.#waiting.delete(key)
  }

  /** Takes out at most `most` ids, none of `except`. */
  take(most: number, except?: ReadonlySet<string>): readonly string[] {
    const keys: string[] = []
    for (const key of this.#waiting) {
      if (keys.length >= most) break
      if (except?.has(key) !== true) keys.push(key)
    }
    for (const key of keys) this.#waiting.delete(key)
    return keys
  }
}
