import type { JsonObject, MachineShape } from '../../../engine/index.js'
import {
  MemoryLedger,
  simulatedConfig,
  simulatedLocation,
  type CallRule,
  type Ledger,
  type SimulatedLocation,
} from '../../../locations/simulated/index.js'
import type { LocationHarness } from '../../contract/location-contract.js'
import { SeededRandom } from '../../support/seeded-random.js'
import { VirtualClock } from '../../support/virtual-clock.js'

/** A simulated place in virtual time. */
export interface Simulation {
  readonly location: SimulatedLocation
  readonly clock: VirtualClock
  readonly ledger: Ledger
}

/** Opens a simulated place; the seed of its chance is 1 unless the configuration names one. */
export function openSimulation(
  config: JsonObject = {},
  ledger: Ledger = new MemoryLedger(),
  clock: VirtualClock = new VirtualClock(),
): Simulation {
  const ports = { clock, random: new SeededRandom(1) }
  return { location: simulatedLocation('sim', simulatedConfig(config), ports, ledger), clock, ledger }
}

/** A machine that hosts software. */
export function machineShape(overrides: Partial<MachineShape> = {}): MachineShape {
  return {
    kind: 'machine',
    environment: {},
    ports: [],
    hostname: 'web-1',
    aliases: ['web-1', 'web'],
    networks: [],
    volumes: [],
    addresses: [],
    rules: [],
    hostsSoftware: true,
    options: {},
    ...overrides,
  }
}

/** Milliseconds by which machines of the contract's place are ahead. */
export const SKEW = 3_600_000

/** The contract's view of a simulated place. */
export function simulatedHarness(
  { location, clock }: Simulation,
  after: () => Promise<void>,
): LocationHarness {
  const { handle } = location
  const rule =
    (bend: Omit<CallRule, 'name' | 'times' | 'verbs'>) =>
    async (name: string): Promise<void> =>
      handle.arm({ ...bend, name, times: 1, verbs: ['ensure'] })
  return {
    location,
    image: 'simulated',
    shell: false,
    skew: SKEW,
    machine: machineShape,
    makeStranger: (name) => handle.makeStranger(name),
    breakInstance: (ref) => handle.kill(ref.token),
    vanish: (ref) => handle.vanish(ref.token),
    settle: async () => {
      await clock.settle(100)
    },
    dispose: async () => {
      await location.close()
      await after()
    },
    made: async (token) => {
      const entries = await handle.inventory()
      return entries.find((entry) => entry.token === token)?.creates ?? 0
    },
    faults: {
      'answer-lost-before-effect': rule({ effect: 'lost-before' }),
      'answer-lost-after-effect': rule({ effect: 'lost-after' }),
      'duplicate-delivery': rule({ effect: 'duplicate' }),
      'not-ready': rule({ effect: 'not-ready', delay: 500 }),
      'failed-midway': rule({ effect: 'fail', delay: 300, reason: 'no disk' }),
      'slow-effect': rule({ effect: 'slow', delay: 1000 }),
      'delayed-visibility': rule({ effect: 'hide', delay: 1000 }),
      throttled: rule({ effect: 'refuse', cause: 'throttled', delay: 500 }),
      capacity: rule({ effect: 'refuse', cause: 'capacity' }),
      'provider-restart': () => handle.restartProvider(),
      'event-gap': async () => {
        await handle.loseHints(100)
        await clock.settle(200)
      },
    },
  }
}
