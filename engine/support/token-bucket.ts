/** So many tokens in a period (ms), all of which may be used at once. */
export interface Rate {
  readonly tokens: number
  readonly period: number
}

/** Tokens that fill up with time: whoever takes one that is not there yet is told when it is. Keeps no timer. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #filledAt: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.tokens
    this.#filledAt = now
  }

  /** Takes a token that is there; gives the time at which there is one otherwise. */
  take(now: number): { readonly kind: 'taken' } | { readonly kind: 'wait'; readonly until: number } {
    this.#fill(now)
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return { kind: 'taken' }
    }
    const { tokens, period } = this.#rate
    return { kind: 'wait', until: now + Math.ceil(((1 - this.#tokens) * period) / tokens) }
  }

  #fill(now: number): void {
    const { tokens, period } = this.#rate
    const gained = (Math.max(0, now - this.#filledAt) * tokens) / period
    this.#tokens = Math.min(tokens, this.#tokens + gained)
    this.#filledAt = now
  }
}
