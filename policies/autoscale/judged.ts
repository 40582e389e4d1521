import type { AutoscaleMemory } from './memory.js'
import type { Proposal } from './propose.js'
import type { Wish } from './wish.js'

/** What a look at the pool gives. */
export interface Judged {
  readonly memory: AutoscaleMemory
  readonly wish: Wish
  /** What the metrics say, where enough is known. */
  readonly proposal?: Proposal
  /** Times at which something else may be right. */
  readonly wakes: readonly (number | undefined)[]
}
