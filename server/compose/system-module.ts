import { ContainerModule } from 'inversify'
import { NodeHttpCaller, NodeProber } from '../probe/index.js'
import { openPinoLog, SystemClock, SystemIds, SystemRandom } from '../system/index.js'
import type { ServerConfig } from './config.js'
import { TOKENS } from './tokens.js'

/** The machine under us: time, chance, log, and asking endpoints. */
export function systemModule(config: ServerConfig): ContainerModule {
  const clock = new SystemClock()
  const { logLevel: level, logFile } = config
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.config).toConstantValue(config)
    bind(TOKENS.clock).toConstantValue(clock)
    bind(TOKENS.ids).toConstantValue(new SystemIds())
    bind(TOKENS.random).toConstantValue(new SystemRandom())
    bind(TOKENS.log).toConstantValue(
      openPinoLog({ clock, level, ...(logFile === undefined ? {} : { file: logFile }) }),
    )
    bind(TOKENS.prober).toConstantValue(new NodeProber(clock))
    bind(TOKENS.caller).toConstantValue(new NodeHttpCaller(clock))
  })
}
