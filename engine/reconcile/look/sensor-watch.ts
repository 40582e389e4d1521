import type { Json } from '../../support/json.js'
import { plain } from '../../expression/value.js'
import type { Expression } from '../../spec/expression.js'
import { watchKey } from '../facts/naming.js'
import { worldFor, type WorldSources } from '../facts/tracked-world.js'
import { versionAt } from '../facts/rollout.js'

/** Reads expressions for sensors, so that each is told when something that its expressions read has changed. */
export class SensorWatch {
  readonly #sources: WorldSources
  /** What each sensor's triggers said last. */
  readonly #seen = new Map<string, string>()

  constructor(sources: WorldSources) {
    this.#sources = sources
  }

  /** The value now; undefined while it is not known. */
  value(path: string, sensor: string, expression: Expression, now: number): Json | undefined {
    const world = worldFor(watchKey(path, sensor), now, this.#sources)
    const value = world.evaluate(expression, path, versionAt(world.desired, path))
    return value.kind === 'ready' ? plain(value.value) : undefined
  }

  /** Whether what these expressions say differs from the last time; the first time it does not. */
  hasChanged(path: string, sensor: string, expressions: readonly Expression[], now: number): boolean {
    const said = JSON.stringify(expressions.map((one) => this.value(path, sensor, one, now) ?? null))
    const key = watchKey(path, sensor)
    const before = this.#seen.get(key)
    this.#seen.set(key, said)
    return before !== undefined && before !== said
  }

  forget(path: string, sensor: string): void {
    this.#seen.delete(watchKey(path, sensor))
  }
}
