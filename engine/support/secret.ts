import type { JsonObject } from './json.js'

/**
 * A secret as it may be stored and shown: its name, and its sealed text. Plain data, so that it can live in a spec;
 * without the seal's key it says nothing.
 */
export interface SealedSecret extends JsonObject {
  readonly kind: 'secret'
  readonly name: string
  readonly sealed: string
}

/** Turns clear text into sealed text and back. Implemented where the key is (server/storage). */
export interface Seal {
  seal(name: string, clear: string): SealedSecret
  /** Gives an opened secret; throws a Failure ('denied', never) when the key does not fit. */
  open(secret: SealedSecret): Secret
}

/**
 * A secret in the clear. It cannot be printed, logged, put into JSON or interpolated: all of these give its name.
 * `reveal` is called only where the text leaves us for the far end.
 */
export class Secret {
  readonly name: string
  readonly #clear: string

  constructor(name: string, clear: string) {
    this.name = name
    this.#clear = clear
  }

  /** The clear text. Danger: never let it reach a log, an event, a record or a command line. */
  reveal(): string {
    return this.#clear
  }

  toString(): string {
    return `<secret ${this.name}>`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.toPrimitive](): string {
    return this.toString()
  }
}
