import { GenerationFence, type Clock, type LocationFactory } from '../../engine/index.js'
import { SshSessions } from '../ssh/index.js'
import { byonConfig, type ByonConfig } from './byon-config.js'
import { ByonFinder } from './byon-finder.js'
import { ByonLocation } from './byon-location.js'
import { ByonMachines } from './byon-machines.js'
import { ByonMaker } from './byon-maker.js'
import { ByonObserver } from './byon-observer.js'
import { ByonPower } from './byon-power.js'
import { ByonSoftware } from './byon-software.js'
import { HostShell } from './host-shell.js'

/** What locations of one's own hosts are given by the one that composes them. */
export interface ByonNeeds {
  readonly clock: Clock
}

/** Opens locations of one's own hosts (driver 'byon'); for the configuration see ByonConfig. */
export function byonLocations(needs: ByonNeeds): LocationFactory {
  return {
    driver: 'byon',
    open: (record) => byonLocation(record.name, byonConfig(record.config), needs),
  }
}

/** Puts a location together. */
export function byonLocation(name: string, config: ByonConfig, { clock }: ByonNeeds): ByonLocation {
  const sessions = new SshSessions()
  const shell = new HostShell(sessions, config)
  const finder = new ByonFinder(shell, config)
  const software = new ByonSoftware(sessions, config)
  return new ByonLocation({
    name,
    config,
    sessions,
    shell,
    finder,
    observer: new ByonObserver(finder, software),
    maker: new ByonMaker({ finder, shell, software, config, clock }),
    power: new ByonPower({ finder, shell, software }),
    machines: new ByonMachines({ finder, software, sessions, config }),
    fence: new GenerationFence(),
  })
}
