import { resolve } from 'node:path'
import { GenerationFence } from '../../engine/index.js'
import type { Clock, IdSource, LocationFactory, Log, Random } from '../../engine/index.js'
import { HoldingMaker } from './holding-maker.js'
import { localConfig, type LocalConfig } from './local-config.js'
import { LocalLocation } from './local-location.js'
import { LocalMachines } from './local-machines.js'
import { LocalMetrics } from './local-metrics.js'
import { LocalObserver } from './local-observer.js'
import { LocalStore } from './local-store.js'
import { MachineMaker } from './machine-maker.js'
import { MachinePower } from './machine-power.js'

/** What local locations are given by the one that composes them. */
export interface LocalNeeds {
  readonly clock: Clock
  readonly ids: IdSource
  readonly random?: Random
  readonly log?: Log
  /** Where machines are kept when the configuration names no root: one directory below it for each location. */
  readonly root: string
  /** PATH of what runs there when the configuration names none. @default the usual directories of a system */
  readonly path?: string
}

const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Opens local locations (driver 'local'); for the configuration see LocalConfig. */
export function localLocations(needs: LocalNeeds): LocationFactory {
  return {
    driver: 'local',
    open: (record) => {
      const root = resolve(needs.root, folder(record.tenant), folder(record.name))
      const config = localConfig(record.config, { root, path: needs.path ?? USUAL_PATH })
      return localLocation(record.name, config, needs)
    },
  }
}

/** Puts a location together. */
export function localLocation(
  name: string,
  config: LocalConfig,
  needs: Pick<LocalNeeds, 'clock' | 'ids'>,
): LocalLocation {
  const { clock, ids } = needs
  const store = new LocalStore(config.root)
  const observer = new LocalObserver(store, config)
  const machines = new LocalMachines(store, config)
  return new LocalLocation({
    name,
    config,
    store,
    observer,
    machines,
    fence: new GenerationFence(),
    maker: new MachineMaker({ store, config, observer, clock, ids }),
    holdings: new HoldingMaker(store, clock, config),
    power: new MachinePower({ store, observer, machines, clock }),
    metrics: new LocalMetrics(store, observer, clock),
  })
}

/** A name of its own for each, that leads nowhere else. */
function folder(name: string): string {
  return encodeURIComponent(name).replace(/^\./, '%2E')
}
