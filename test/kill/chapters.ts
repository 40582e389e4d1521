/**
 * Does one thing after another, each when it is due, and remembers nothing else: whoever is begun anew over the same books
 * goes on where the former one was.
 */
export class Chapters<Due> {
  readonly #due: () => Due | undefined
  readonly #go: (due: Due) => Promise<void>
  #busy = false
  #done = false
  #failure: Error | undefined

  /** `due` tells what is due, if anything; `go` does it. */
  constructor(due: () => Due | undefined, go: (due: Due) => Promise<void>) {
    this.#due = due
    this.#go = go
  }

  /** Whether nothing is left to do. Throws what went wrong on the way. */
  get done(): boolean {
    if (this.#failure !== undefined) throw this.#failure
    return this.#done
  }

  /** Nothing is left to do. */
  end(): void {
    this.#done = true
  }

  /** Looks what is due and does it. To be called whenever something may have changed. */
  look(): void {
    if (this.#busy || this.#done) return
    const due = this.#due()
    if (due === undefined) return
    this.#busy = true
    void this.#go(due).then(
      () => {
        this.#busy = false
      },
      (thrown: unknown) => {
        this.#failure = thrown instanceof Error ? thrown : new Error(String(thrown))
      },
    )
  }
}
