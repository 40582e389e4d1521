import type { ShopPlace } from './landscape.js'
import type { Moment, Tally } from './mortal.js'

/** Identity of the one engine of the suite, in all of its lives. */
export const ENGINE_ID = 'weir-kill-suite'

/** What a child is told. */
export interface ChildOrders {
  readonly far: FarOrders
  /** The store's file. */
  readonly store: string
  /** Which life of the engine it is, from 0. */
  readonly life: number
  /** When to die; absent: not at all. */
  readonly moment?: Moment
}

/** Which far end a child works with. */
export type FarOrders =
  | {
      readonly kind: 'simulated'
      /** Where the ledger listens. */
      readonly socket: string
      /** Resources in one call, and calls at once. */
      readonly bulk: number
      readonly concurrency: number
    }
  | {
      readonly kind: 'local'
      /** Directory of the machines, and the one in which commands leave a line each time that they run. */
      readonly root: string
      readonly marks: string
    }
  | { readonly kind: 'docker'; readonly socket: string; readonly image: string }

/** What a child says, a line of JSON each. */
export type ChildWord =
  | { readonly kind: 'chapter'; readonly generation: number; readonly lines: readonly string[] }
  | { readonly kind: 'end'; readonly tally: Tally; /** Its virtual time. */ readonly now: number }

/** What every install prints last: the webs wait for it. */
const SCHEMA = `echo '{"schema":"7"}'`

/** The name of the one place. */
export const PLACE = 'place'

/** The shop as it is made at a far end. */
export function shopPlaceOf(far: FarOrders): ShopPlace {
  switch (far.kind) {
    case 'simulated':
      return {
        location: PLACE,
        images: { base: 'base', first: 'web:1', second: 'web:2' },
        volume: '/data',
        install: `sleep 0.04\n${SCHEMA}`,
        launch: { store: 'serve the store', web: 'serve the web', balancer: 'serve the balancer' },
      }
    case 'local': {
      const serve = `${mark(far.marks, 'launch')}\nexec sleep 3600`
      return {
        location: PLACE,
        volume: 'data',
        install: `${mark(far.marks, 'install')}\nsleep 0.4\n${mark(far.marks, 'installed')}\n${SCHEMA}`,
        launch: { store: serve, web: serve, balancer: serve },
      }
    }
    case 'docker': {
      const serve = 'exec sleep 3600'
      return {
        location: PLACE,
        images: { base: far.image, first: far.image, second: far.image },
        volume: '/data',
        install: `${mark('/data', 'install')}\nsleep 0.4\n${mark('/data', 'installed')}\n${SCHEMA}`,
        launch: { store: `${mark('/data', 'launch')}\n${serve}`, web: serve, balancer: serve },
      }
    }
  }
}

/** Leaves a line in a file of its own for each thing that is done, machine and incarnation. */
function mark(directory: string, what: string): string {
  return `echo once >> "${directory}/${what}-$WEIR_NAME-$WEIR_INCARNATION"`
}
