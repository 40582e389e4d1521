/**
 * A slow look at the world that many ask for at once. Every answer is of a look that began after it was asked for, so
 * nobody is told of a world before their own act; those who wait for the same look share it.
 */
export class SharedScan<T> {
  readonly #look: () => Promise<T>
  #running: Promise<T> | undefined
  #queued: Promise<T> | undefined

  constructor(look: () => Promise<T>) {
    this.#look = look
  }

  take(): Promise<T> {
    if (this.#running === undefined) return this.#begin()
    this.#queued ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    )
    return this.#queued
  }

  #begin(): Promise<T> {
    this.#queued = undefined
    const running = this.#look().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }
}
