import { GenerationFence } from '../../engine/index.js'
import type { Clock, IdSource, LocationFactory, Log, Random } from '../../engine/index.js'
import type { DockerClient } from './docker-client.js'
import { DockerCommands } from './docker-commands.js'
import { dockerConfig, type DockerConfig } from './docker-config.js'
import { DockerMaker } from './docker-ensure.js'
import { DockerFinder } from './docker-finder.js'
import { DockerLocation } from './docker-location.js'
import { DockerMachines } from './docker-machines.js'
import { StatsReader } from './docker-metrics.js'
import { DockerObserver } from './docker-observer.js'
import { ImagePuller } from './docker-pull.js'
import { DockerSoftware } from './docker-software.js'
import { DockerodeClient } from './dockerode-client.js'

/** What Docker locations are given by the one that composes them. */
export interface DockerNeeds {
  readonly clock: Clock
  readonly random: Random
  readonly ids: IdSource
  readonly log?: Log
}

/** Opens Docker locations (driver 'docker'); for the configuration see DockerConfig. */
export function dockerLocations(needs: DockerNeeds): LocationFactory {
  return {
    driver: 'docker',
    open: (record) => {
      const config = dockerConfig(record.config)
      return dockerLocation(record.name, config, new DockerodeClient(config, needs.clock), needs)
    },
  }
}

/** Puts a location together over a client, which may be another than dockerode's. */
export function dockerLocation(
  name: string,
  config: DockerConfig,
  client: DockerClient,
  needs: DockerNeeds,
): DockerLocation {
  const finder = new DockerFinder(client)
  const puller = new ImagePuller(client, needs.clock, needs.log)
  const software = new DockerSoftware(client, config.writable)
  const observer = new DockerObserver(client, finder, software, config.endpointHost)
  const stats = new StatsReader()
  return new DockerLocation({
    name,
    config,
    client,
    puller,
    stats,
    observer,
    maker: new DockerMaker({ client, finder, puller, config }),
    commands: new DockerCommands(client, finder),
    machines: new DockerMachines({ client, finder, observer, software, stats, config }),
    fence: new GenerationFence(),
    events: { client, silence: config.silence, ...needs },
    ids: needs.ids,
  })
}
