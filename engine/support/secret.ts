import { InvariantError } from './invariant.js'
import { isJsonObject, type Json, type JsonObject } from './json.js'

/**
 * A secret as it may be stored and shown: its name, and its sealed text. Plain data, so that it can live in a spec;
 * without the seal's key it says nothing.
 */
export interface SealedSecret extends JsonObject {
  readonly kind: 'secret'
  readonly name: string
  readonly sealed: string
}

/** Whether a value is a sealed secret. */
export function isSealedSecret(value: Json | undefined): value is SealedSecret {
  return (
    isJsonObject(value) &&
    value['kind'] === 'secret' &&
    typeof value['sealed'] === 'string' &&
    typeof value['name'] === 'string'
  )
}

/**
 * Turns clear text into sealed text and back. Implemented where the key is (server/storage). Under one name the same text is
 * sealed the same way, so that a document handed in again is seen to be the same.
 */
export interface Seal {
  seal(name: string, clear: string): SealedSecret
  /** Gives an opened secret; throws a Failure ('denied', never) when the key does not fit. */
  open(secret: SealedSecret): Secret
}

/** Digest of a text under a key that the seal keeps: whoever reads it cannot try out what the text may be. */
export type KeyedDigest = (text: string) => string

/**
 * A secret in the clear. It cannot be printed, logged, put into JSON or interpolated: all of these give its name.
 * `reveal` is called only where the text leaves us for the far end.
 */
export class Secret {
  readonly name: string
  readonly #clear: string
  readonly #digest: KeyedDigest

  /** One without a digest, which no seal has opened, can be revealed and not compared. */
  constructor(name: string, clear: string, digest: KeyedDigest = withoutKey) {
    this.name = name
    this.#clear = clear
    this.#digest = digest
  }

  /** The clear text. Danger: never let it reach a log, an event, a record or a command line. */
  reveal(): string {
    return this.#clear
  }

  /** What may be stored to see whether it is still the same text. */
  fingerprint(): string {
    return this.#digest(this.#clear)
  }

  /** A text that was made with this one, and is as secret. */
  within(name: string, clear: string): Secret {
    return new Secret(name, clear, this.#digest)
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

function withoutKey(): never {
  throw new InvariantError('a secret that no seal has opened is not compared')
}
