/** What waits on a heap: written by the heap alone. */
export interface Timer {
  /** When it is due. */
  at: number
  /** Those of equal time go by this. */
  order: number
  /** Where it is on the heap; -1 while it waits on none. */
  place: number
}

/**
 * Timers on a binary heap, earliest first, those of equal time in the order in which they were put in. Each knows its place,
 * so that taking one out costs as little as putting one in.
 */
export class TimerHeap<T extends Timer> {
  readonly #timers: T[] = []
  #order = 0

  get size(): number {
    return this.#timers.length
  }

  /** The earliest; undefined when none waits. */
  get first(): T | undefined {
    return this.#timers[0]
  }

  /** Lets one wait until `at`, whatever it waited for before. */
  put(timer: T, at: number): void {
    const isLater = at >= timer.at
    timer.at = at
    timer.order = this.#order++
    const { place } = timer
    if (place < 0) this.#rise(timer, this.#timers.push(timer) - 1)
    else if (isLater) this.#sink(timer, place)
    else this.#rise(timer, place)
  }

  /** Takes one out; one that does not wait stays as it is. */
  remove(timer: T): void {
    const { place } = timer
    if (place < 0) return
    timer.place = -1
    const last = this.#timers.pop()
    if (last === undefined || last === timer) return
    if (place > 0 && isBefore(last, this.#timers[(place - 1) >> 1])) this.#rise(last, place)
    else this.#sink(last, place)
  }

  #rise(timer: T, from: number): void {
    const timers = this.#timers
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = timers[parent]
      if (above === undefined || !isBefore(timer, above)) break
      timers[place] = above
      above.place = place
      place = parent
    }
    timers[place] = timer
    timer.place = place
  }

  #sink(timer: T, from: number): void {
    const timers = this.#timers
    const { length } = timers
    let place = from
    for (let child = 2 * place + 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && isBefore(timers[child + 1], timers[child])) child += 1
      const below = timers[child]
      if (below === undefined || !isBefore(below, timer)) break
      timers[place] = below
      below.place = place
      place = child
    }
    timers[place] = timer
    timer.place = place
  }
}

function isBefore(a: Timer | undefined, b: Timer | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
