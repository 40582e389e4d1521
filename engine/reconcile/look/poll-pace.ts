/** Most times slower than its period that a place which gives no answer is asked. */
const SLOWEST = 8

/** Share of an interval by which it may be longer or shorter. */
const JITTER = 0.1

/**
 * How often one place is looked at as a whole: in its period, half as often with each round that it leaves without any
 * answer, and in its period again with the first answer. Intervals are spread by the place's name, so that places that
 * were opened together do not go on together; the same name gives the same intervals.
 */
export class PollPace {
  readonly #name: string
  readonly #period: number
  #factor = 1
  #round = 0

  constructor(name: string, period: number) {
    this.#name = name
    this.#period = period
  }

  /** Whether the last round was left without any answer. */
  get isSilent(): boolean {
    return this.#factor > 1
  }

  /** Something was answered; true when that ends a silence. */
  answered(): boolean {
    const wasSilent = this.isSilent
    this.#factor = 1
    return wasSilent
  }

  /** A whole round was left without any answer: the place is down, or has had enough of us. */
  silent(): void {
    this.#factor = Math.min(SLOWEST, this.#factor * 2)
  }

  /** Milliseconds until the next round. */
  next(): number {
    this.#round += 1
    const spread = 1 + JITTER * (2 * lotOf(`${this.#name} ${this.#round}`) - 1)
    return Math.round(this.#period * this.#factor * spread)
  }
}

/** A number in [0, 1) that depends on the text only: FNV-1a, mixed. */
function lotOf(text: string): number {
  let hash = 2_166_136_261
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619)
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519)
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000
}
