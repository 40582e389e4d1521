import type { LocationFactory } from '../../engine/index.js'
import { GroupKeeper } from './group-keeper.js'
import { netscalerConfig } from './netscaler-config.js'
import { NetscalerLocation } from './netscaler-location.js'
import { NitroClient } from './nitro-client.js'

/** Opens NetScaler locations (driver 'netscaler'); for the configuration see NetscalerConfig. */
export function netscalerLocations(): LocationFactory {
  return {
    driver: 'netscaler',
    open: (record) => {
      const config = netscalerConfig(record.config)
      const client = new NitroClient(config)
      return new NetscalerLocation({
        name: record.name,
        config,
        client,
        keeper: new GroupKeeper(client, config),
      })
    },
  }
}
