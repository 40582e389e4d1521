import { randomFillSync } from 'node:crypto'
import type { Random } from '../../engine/index.js'

/** Chance that nobody can guess: passwords are made with it too. */
export class SystemRandom implements Random {
  readonly #pool = new Uint32Array(POOL)
  #used = POOL

  next(): number {
    if (this.#used >= POOL - 1) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    const [high = 0, low = 0] = this.#pool.subarray(this.#used, this.#used + 2)
    this.#used += 2
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
  }
}

/** Random words that are taken from the system at once; two make a number. */
const POOL = 512
