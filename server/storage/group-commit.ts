/** What makes a group of works durable. */
export interface GroupMedium {
  /** Runs `works` in one transaction; returns only when it is durable. Throws when nothing of it happened, or may have. */
  transact(works: () => void): void
  /** Called after each durable group, before its answers are given. */
  settled(): void
}

/**
 * Group commit: everything asked for in one turn of the event loop becomes durable together, with one wait for the disk.
 * Works run in the order in which they were asked for, each seeing what the former did; answers come when all of their
 * group are durable.
 */
export class GroupCommit {
  readonly #medium: GroupMedium
  readonly #waiting: Work[] = []
  #planned = false

  constructor(medium: GroupMedium) {
    this.#medium = medium
  }

  /**
   * Queues `work`, of `weight` bytes; the promise has its result once that is durable. A work decides and writes; it
   * throws only when the medium fails, and then the whole group is rejected with that.
   */
  ask<T>(weight: number, work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T
      this.#waiting.push({
        weight,
        run: () => {
          result = work()
        },
        answer: () => {
          resolve(result)
        },
        refuse: reject,
      })
      this.#plan()
    })
  }

  /** Makes durable everything that waits, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#settleGroup(this.#takeGroup())
  }

  #plan(): void {
    if (this.#planned) return
    this.#planned = true
    setImmediate(() => {
      this.#planned = false
      const group = this.#takeGroup()
      if (this.#waiting.length > 0) this.#plan()
      if (group.length > 0) this.#settleGroup(group)
    })
  }

  #settleGroup(group: readonly Work[]): void {
    try {
      this.#medium.transact(() => {
        for (const work of group) work.run()
      })
    } catch (thrown) {
      for (const work of group) work.refuse(thrown)
      return
    }
    this.#medium.settled()
    for (const work of group) work.answer()
  }

  #takeGroup(): readonly Work[] {
    let weight = 0
    let count = 0
    for (const work of this.#waiting) {
      weight += work.weight
      if (count === MOST_WORKS || (count > 0 && weight > MOST_BYTES)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }
}

/** Beyond these a group costs more memory and more of the loop's time than sharing the wait saves. */
const MOST_WORKS = 1000
const MOST_BYTES = 8_388_608

interface Work {
  readonly weight: number
  run(): void
  answer(): void
  refuse(thrown: unknown): void
}
