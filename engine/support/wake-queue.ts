/** Keys with a time each, on a binary heap: setting a key again moves it. Times in milliseconds since the epoch. */
export class WakeQueue {
  readonly #due = new Map<string, number>()
  readonly #heap: { readonly key: string; readonly at: number }[] = []

  get size(): number {
    return this.#due.size
  }

  /** Wakes `key` at `at`; a later time than the one it has replaces it too. */
  set(key: string, at: number): void {
    if (this.#due.get(key) === at) return
    this.#due.set(key, at)
    this.#push({ key, at })
  }

  delete(key: string): void {
    this.#due.delete(key)
  }

  /** Time of the earliest key; undefined when there is none. */
  next(): number | undefined {
    this.#dropStale()
    return this.#heap[0]?.at
  }

  /** Takes out at most `most` keys that are due at `now`. */
  takeDue(now: number, most?: number): readonly string[] {
    const keys: string[] = []
    for (
      let at = this.next();
      at !== undefined && at <= now && keys.length < (most ?? Infinity);
      at = this.next()
    ) {
      const entry = this.#pop()
      if (entry === undefined) break
      this.#due.delete(entry.key)
      keys.push(entry.key)
    }
    return keys
  }

  #dropStale(): void {
    for (let top = this.#heap[0]; top !== undefined && this.#due.get(top.key) !== top.at; top = this.#heap[0])
      this.#pop()
  }

  #push(entry: { readonly key: string; readonly at: number }): void {
    const heap = this.#heap
    heap.push(entry)
    let child = heap.length - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.at <= entry.at) break
      heap[child] = above
      child = parent
    }
    heap[child] = entry
  }

  #pop(): { readonly key: string; readonly at: number } | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    let parent = 0
    for (;;) {
      const child = this.#smallerChild(parent)
      const below = heap[child]
      if (below === undefined || below.at >= last.at) break
      heap[parent] = below
      parent = child
    }
    heap[parent] = last
    return top
  }

  #smallerChild(parent: number): number {
    const left = 2 * parent + 1
    const a = this.#heap[left]
    const b = this.#heap[left + 1]
    return a !== undefined && b !== undefined && b.at < a.at ? left + 1 : left
  }
}
