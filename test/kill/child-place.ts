import type { Clock, Location, LocationFactory, LocationRecord } from '../../engine/index.js'
import { dockerLocations } from '../../locations/docker/index.js'
import { localLocations } from '../../locations/local/index.js'
import { simulatedConfig, simulatedLocation } from '../../locations/simulated/index.js'
import { externalLedger } from '../../locations/simulated/external-ledger.js'
import { SystemClock } from '../../server/system/index.js'
import { SeededRandom } from '../support/seeded-random.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { type ChildOrders, type FarOrders, PLACE } from './child-orders.js'
import type { Perils } from './perils.js'

/** Where and in which time a child lives. */
export interface ChildPlace {
  readonly clock: Clock
  readonly location: Location
  readonly factory: LocationFactory
  readonly record: LocationRecord
  /** Lets time pass until it is over. */
  untilDone(isOver: () => boolean): Promise<void>
}

/** Time begins anew an hour later in each life: the far end's clock never goes back. */
const LIFE = 3_600_000

/** By the clock on the wall: virtual time stands still while the far end is waited for. */
const PATIENCE = { clock: new SystemClock(), timeout: 60_000 }

/** Milliseconds between looks at what is real. */
const LOOK = 10

/** Opens the far end of a child's orders, with all of its dangers. */
export function openChildPlace(orders: ChildOrders, perils: Perils): ChildPlace {
  const { far } = orders
  return far.kind === 'simulated' ? simulatedPlace(orders, far, perils) : realPlace(far, perils)
}

function simulatedPlace(
  { life }: ChildOrders,
  far: Extract<FarOrders, { readonly kind: 'simulated' }>,
  perils: Perils,
): ChildPlace {
  const clock = new VirtualClock({ start: 1_767_225_600_000 + life * LIFE })
  const config = simulatedConfig({ seed: 1, bulk: far.bulk, concurrency: far.concurrency })
  const ledger = perils.around(externalLedger({ socket: far.socket }, PATIENCE))
  const location = simulatedLocation(PLACE, config, { clock, random: new SeededRandom(1) }, ledger)
  return { ...placed(location, clock, far.kind), untilDone: (isOver) => passVirtually(clock, perils, isOver) }
}

/** Time passes as fast as nothing outside of the process is waited for, so that a life takes no longer than its work. */
async function passVirtually(clock: VirtualClock, perils: Perils, isOver: () => boolean): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    if (perils.busy > 0) {
      await perils.change()
      continue
    }
    if (isOver()) return
    clock.advanceTo(clock.nextAt() ?? clock.now() + 1_000)
  }
}

function realPlace(far: Exclude<FarOrders, { readonly kind: 'simulated' }>, perils: Perils): ChildPlace {
  const clock = new SystemClock()
  const location = perils.around(openReal(far, clock))
  return {
    ...placed(location, clock, far.kind),
    untilDone: async (isOver) => {
      while (!isOver()) await new Promise<void>((resolve) => clock.schedule(LOOK, resolve))
    },
  }
}

/** The far end itself, also for the one who clears up after the children. */
export function openReal(far: Exclude<FarOrders, { readonly kind: 'simulated' }>, clock: Clock): Location {
  const ids = new SequenceIds(`p${process.pid}x`)
  const random = new SeededRandom(1)
  if (far.kind === 'local')
    return localLocations({ clock, ids, random, root: far.root }).open(recordOf(far.kind, {}))
  const config = { socketPath: far.socket, pull: 'never' }
  return dockerLocations({ clock, ids, random }).open(recordOf(far.kind, config))
}

function placed(location: Location, clock: Clock, driver: string): Omit<ChildPlace, 'untilDone'> {
  return { clock, location, factory: { driver, open: () => location }, record: recordOf(driver, {}) }
}

function recordOf(driver: string, config: LocationRecord['config']): LocationRecord {
  return { kind: 'location', tenant: 'default', name: PLACE, driver, config }
}
