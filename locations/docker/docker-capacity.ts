import type { CapacityAnswer, MachineShape } from '../../engine/index.js'
import type { EngineInfo } from './docker-client.js'
import type { DockerConfig } from './docker-config.js'
import { limitsOf } from './docker-shapes.js'

/**
 * How many of these machines the engine's machine can hold, in the order asked. Processors are shared, so one machine
 * may have as many as there are and others the same ones; memory is not, so what they may use is added up.
 */
export function fits(wants: readonly MachineShape[], info: EngineInfo, config: DockerConfig): CapacityAnswer {
  let memory = 0
  for (const [at, want] of wants.entries()) {
    const limits = limitsOf(want, config)
    memory += limits.memory ?? 0
    if ((limits.cores ?? 0) > info.NCPU) {
      return { fits: at, reason: `a machine of ${limits.cores ?? 0} cores does not fit on ${info.NCPU}` }
    }
    if (memory > info.MemTotal)
      return { fits: at, reason: `${memory} bytes of memory do not fit in ${info.MemTotal}` }
  }
  return { fits: wants.length }
}
