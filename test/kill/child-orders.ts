import type { ShopPlace } from './landscape.js'
import type { Moment, Tally } from './mortal.js'

/** Identity of the one engine of the suite, in all of its lives. */
export const ENGINE_ID = 'engine1'

/** What a child is told. */
export interface ChildOrders {
  readonly place: 'simulated'
  /** The store's file. */
  readonly store: string
  /** Where the simulated place's ledger listens. */
  readonly socket: string
  /** Resources in one call, and calls at once. */
  readonly bulk: number
  readonly concurrency: number
  /** Which life of the engine it is, from 0. */
  readonly life: number
  /** When to die; absent: not at all. */
  readonly moment?: Moment
}

/** What a child says, a line of JSON each. */
export type ChildWord =
  | { readonly kind: 'chapter'; readonly generation: number; readonly lines: readonly string[] }
  | { readonly kind: 'end'; readonly tally: Tally; /** Its virtual time. */ readonly now: number }

/** The shop's place by driver. */
export const PLACES: { readonly [place in ChildOrders['place']]: ShopPlace } = {
  simulated: {
    location: 'place',
    images: { base: 'base', first: 'web:1', second: 'web:2' },
    install: 'sleep 0.04',
    launch: { store: 'serve the store', web: 'serve the web', balancer: 'serve the balancer' },
  },
}
