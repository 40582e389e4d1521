import type { Compiler } from '../ports/compiler.js'
import type { DataReader } from '../ports/data-reader.js'
import type { ExternalConfig } from '../ports/external-config.js'
import type { HttpCaller } from '../ports/http-caller.js'
import type { LocationFactory } from '../ports/location.js'
import type { PolicyKind } from '../ports/policy.js'
import type { Prober } from '../ports/prober.js'
import type { Renderer } from '../ports/renderer.js'
import type { Clock } from '../support/clock.js'
import type { IdSource, Random } from '../support/ids.js'
import type { Log } from '../support/log.js'
import type { Seal } from '../support/secret.js'

/** Everything that the engine is given from outside. */
export interface EnginePorts {
  readonly clock: Clock
  readonly ids: IdSource
  readonly random: Random
  readonly log: Log
  readonly seal: Seal
  readonly renderer: Renderer
  /** @default nobody supplies anything */
  readonly external?: ExternalConfig
  /** @default JSON alone */
  readonly data?: DataReader
  /** @default nothing can be compiled while it runs */
  readonly compiler?: Compiler
  readonly prober: Prober
  /** @default steps of workflows that make requests fail */
  readonly caller?: HttpCaller
  readonly factories: readonly LocationFactory[]
  readonly policyKinds: readonly PolicyKind[]
  /** Milliseconds between two changes of one thing for wishes; what is wished for meanwhile counts once. @default 1000 */
  readonly steadyFor?: number
  /** Entities that one application may have. @default as many as its roles allow */
  readonly quota?: number
}
