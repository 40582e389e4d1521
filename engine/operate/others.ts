import type { EngineApi } from './engine-api.js'
import type { Others } from './kept-application.js'
import type { Registry } from './registry.js'

/** What one application may do with others, once there is a registry. */
export function othersOf(
  engine: Pick<EngineApi, 'application' | 'deploy'>,
  registry: () => Pick<Registry, 'isTaken'>,
): Others {
  return {
    isTaken: (by, id) => registry().isTaken(by, id),
    deploy: (spec, options) => engine.deploy(spec, options),
    application: (by, id) => engine.application(by, id),
  }
}
