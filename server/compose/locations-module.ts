import { dirname } from 'node:path'
import { ContainerModule } from 'inversify'
import type { Clock, IdSource, LocationFactory, Log, Random } from '../../engine/index.js'
import { byonLocations } from '../../locations/byon/index.js'
import { dockerLocations } from '../../locations/docker/index.js'
import { localLocations } from '../../locations/local/index.js'
import { netscalerLocations } from '../../locations/netscaler/index.js'
import { simulatedLocations } from '../../locations/simulated/index.js'
import { filesIn, type ServerConfig } from './config.js'
import { TOKENS } from './tokens.js'

/** The drivers, by kind; which places there are is data. */
export const locationsModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.factories).toResolvedValue(
    (
      ...[config, clock, ids, random, log]: readonly [ServerConfig, Clock, IdSource, Random, Log]
    ): readonly LocationFactory[] => [
      localLocations({
        clock,
        ids,
        random,
        log,
        root: filesIn(config.data).machines,
        path: pathOf(process.execPath),
      }),
      dockerLocations({ clock, ids, random, log }),
      byonLocations({ clock }),
      simulatedLocations({ clock, random }),
      netscalerLocations(),
    ],
    [TOKENS.config, TOKENS.clock, TOKENS.ids, TOKENS.random, TOKENS.log],
  )
})

/** PATH of what runs on this host: the usual directories, after the one of the node that runs us. */
function pathOf(node: string): string {
  return [dirname(node), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(
    ':',
  )
}
