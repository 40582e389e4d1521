import type { AttachedPolicy, JsonObject, PolicyKind, PolicySubject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, numberIn, unchanged, yieldOf } from './enricher.js'
import { SOURCE_FIELDS, originOf } from './source.js'

const FIELDS = {
  ...SOURCE_FIELDS,
  size: { kind: 'integer', least: 1, fallback: 10, about: 'How many of the last values count.' },
} as const

type Settings = Values<typeof FIELDS>

/** More than these are cut down to them. */
const MOST = 1_000

/** The mean of the last values of a sensor. */
export const rollingMean: PolicyKind = enricherKind(
  { type: 'rolling-mean', description: 'The mean of the last values of a sensor.' },
  FIELDS,
  attached,
)

/** The last values, oldest first. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly values: readonly number[]
}

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  const size = Math.min(settings.size, MOST)
  return enricherOf<Memory>({
    interest: { sensors: [{ of: originOf(settings), sensor: settings.source }], conditions: 'none' },
    initial: { layout: LAYOUT, values: [] },
    step: (memory, reading) => {
      const value = reading.kind === 'sensor' ? numberIn(reading.value) : undefined
      if (value === undefined) return unchanged(memory)
      const values = [...memory.values, value].slice(-size)
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length
      return { memory: { layout: LAYOUT, values }, intents: [yieldOf(path, settings.target, mean)] }
    },
  })
}
