import { SeededRandom, type Clock, type LocationFactory, type Random } from '../../engine/index.js'
import { CallDesk } from './call-desk.js'
import { externalLedger } from './external-ledger.js'
import { Happenings } from './happenings.js'
import { HintBoard } from './hint-board.js'
import type { Ledger } from './ledger.js'
import { LoadBook } from './load-book.js'
import { MemoryLedger } from './memory-ledger.js'
import { Script } from './script.js'
import { simulatedConfig, type SimulatedConfig } from './simulated-config.js'
import { SimulatedHandle } from './simulated-handle.js'
import { SimulatedLocation } from './simulated-location.js'

/** What a simulated place is given: nothing of it is its own. */
export interface SimulatedPorts {
  readonly clock: Clock
  readonly random: Random
}

/** The driver of simulated places, around what it is given. */
export function simulatedLocations(ports: SimulatedPorts): SimulatedFactory {
  return new SimulatedFactory(ports)
}

/** A place as it is over there, whoever has it open. */
interface FarEnd {
  readonly ledger: MemoryLedger
  readonly loads: LoadBook
}

/** Opens simulated places. A place of one tenant and name keeps its ledger in memory, and its loads go on, when it is opened again. */
export class SimulatedFactory implements LocationFactory {
  readonly driver = 'simulated'
  readonly #ports: SimulatedPorts
  readonly #farEnds = new Map<string, FarEnd>()

  constructor(ports: SimulatedPorts) {
    this.#ports = ports
  }

  open(record: Parameters<LocationFactory['open']>[0]): SimulatedLocation {
    const config = simulatedConfig(record.config)
    const { ledger, timeout } = config
    if (ledger !== 'memory') {
      const far = externalLedger(ledger, { clock: this.#ports.clock, timeout })
      return simulatedLocation(record.name, config, this.#ports, far)
    }
    const { loads, ledger: kept } = this.#farEnd(`${record.tenant}/${record.name}`, config)
    return simulatedLocation(record.name, config, { ...this.#ports, loads }, kept)
  }

  /** Loads that are configured anew begin anew. */
  #farEnd(key: string, config: SimulatedConfig): FarEnd {
    const known = this.#farEnds.get(key)
    const loads = known?.loads.isOf(config.loads) === true ? known.loads : new LoadBook(config.loads)
    const farEnd = { ledger: known?.ledger ?? new MemoryLedger(), loads }
    this.#farEnds.set(key, farEnd)
    return farEnd
  }
}

/** Puts a simulated place together around a ledger. */
export function simulatedLocation(
  name: string,
  config: SimulatedConfig,
  ports: SimulatedPorts & { readonly loads?: LoadBook },
  ledger: Ledger,
): SimulatedLocation {
  const { clock, loads = new LoadBook(config.loads) } = ports
  const random = config.seed === undefined ? ports.random : new SeededRandom(config.seed)
  const script = new Script(config.script.calls ?? [], random)
  const desk = new CallDesk({ config, clock, random, script })
  const hints = new HintBoard(ledger, clock, config.ledger === 'memory' ? undefined : config.observePeriod)
  const happenings = new Happenings(config.script.events ?? [], { clock, random, ledger, desk, hints, loads })
  const handle = new SimulatedHandle({ clock, ledger, script, happenings, hints })
  return new SimulatedLocation({
    name,
    config,
    clock,
    random,
    ledger,
    desk,
    hints,
    loads,
    happenings,
    handle,
  })
}
