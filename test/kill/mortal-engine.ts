import { Engine, type EngineOptions, type MemoryStore, silentLog } from '../../engine/index.js'
import { TEST_SEAL } from '../support/engine-harness.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { type FarEnd, farEndLocation } from './far-end.js'
import type { Mortal } from './mortal.js'

/** What one life of an engine is lived with: what it dies by, and what outlives it. */
export interface Life {
  readonly mortal: Mortal
  readonly store: MemoryStore
  readonly farEnd: FarEnd
  /** Which life of the same engine it is, from 0. */
  readonly number: number
}

/** An engine that dies with its mortal, over a store and a place called `sim` that do not. */
export function mortalEngine(
  { mortal, store, farEnd, number }: Life,
  more: Partial<EngineOptions> = {},
): Engine {
  const location = farEndLocation(farEnd, mortal, { name: 'sim', bulk: false, concurrency: 4 })
  const record = { kind: 'location', tenant: 'main', name: 'sim', driver: 'far-end', config: {} } as const
  return new Engine({
    clock: mortal.clock(),
    ids: new SequenceIds(`life${number}id`),
    random: { next: () => 0 },
    log: silentLog,
    seal: TEST_SEAL,
    renderer: { render: (text) => ({ text }) },
    prober: {
      get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
      connect: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
    },
    factories: [{ driver: 'far-end', open: () => location }],
    policyKinds: [],
    store: mortal.store(store),
    engineId: 'engine1',
    holder: 'kill suite',
    locations: [{ record, origin: 'built-in' }],
    ...more,
  })
}
