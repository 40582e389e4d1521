import type { Random } from '../../engine/index.js'

/** Chance for jitter and choices; not for secrets. */
export class SystemRandom implements Random {
  next(): number {
    return Math.random()
  }
}
