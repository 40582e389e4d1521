import { randomFillSync } from 'node:crypto'
import type { IdSource } from '../../engine/index.js'

/** Identities of 60 random bits: 12 characters of lower-case base32. Not guessable; in no order. */
export class SystemIds implements IdSource {
  readonly #pool = new Uint8Array(LENGTH * 256)
  #used = LENGTH * 256

  next(): string {
    if (this.#used === this.#pool.length) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    let id = ''
    for (const byte of this.#pool.subarray(this.#used, this.#used + LENGTH)) id += ALPHABET.charAt(byte & 31)
    this.#used += LENGTH
    return id
  }
}

const LENGTH = 12
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
