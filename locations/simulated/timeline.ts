/** What is due by itself, earliest first; of equal times, what was set first. A binary heap. */
export class Timeline<T> {
  readonly #heap: Due<T>[] = []
  #sequence = 0

  /** Time of the earliest; undefined when nothing is due ever. */
  get next(): number | undefined {
    return this.#heap[0]?.at
  }

  /** Times in milliseconds; what is due at Infinity is never. */
  add(at: number, what: T): void {
    if (at === Infinity) return
    const heap = this.#heap
    const due = { at, sequence: this.#sequence++, what }
    let place = heap.push(due) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, due)) break
      heap[place] = above
      place = parent
    }
    heap[place] = due
  }

  /** Takes out the earliest that is due at `now`; undefined when none is. */
  take(now: number): { readonly at: number; readonly what: T } | undefined {
    const heap = this.#heap
    const top = heap[0]
    if (top === undefined || top.at > now) return undefined
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return top
  }

  #sink(due: Due<T>): void {
    const heap = this.#heap
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const [a, b] = [heap[left], heap[left + 1]]
      const child = a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left
      const below = heap[child]
      if (below === undefined || isBefore(due, below)) break
      heap[place] = below
      place = child
    }
    heap[place] = due
  }
}

interface Due<T> {
  readonly at: number
  readonly sequence: number
  readonly what: T
}

function isBefore(a: Due<unknown>, b: Due<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}
