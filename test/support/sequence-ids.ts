import type { IdSource } from '../../engine/index.js'

/** Identities that count: id1, id2, id3 … The same in every run. */
export class SequenceIds implements IdSource {
  readonly #prefix: string
  #last = 0

  constructor(prefix = 'id') {
    this.#prefix = prefix
  }

  next(): string {
    return `${this.#prefix}${++this.#last}`
  }
}
