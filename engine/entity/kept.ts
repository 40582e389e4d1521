import type { Json } from '../support/json.js'
import type { SealedSecret } from '../support/secret.js'

/**
 * The value of a sensor, or of a config key that was set, that nobody can be asked for again: it was made here, or set by somebody. It stands until it is set
 * anew or its entity leaves the books. One that is secret is sealed here as everywhere.
 */
export interface KeptRecord {
  readonly kind: 'kept'
  readonly path: string
  /** Its name, or the config key. */
  readonly sensor: string
  readonly value: Json | SealedSecret
  /** Whether `value` is a sealed secret; what looks like one and is not was somebody's plain value. */
  readonly secret: boolean
  readonly at: number
}
