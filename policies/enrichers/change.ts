import type { AttachedPolicy, JsonObject, PolicyKind, PolicySubject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, numberIn, unchanged, yieldOf } from './enricher.js'
import { SOURCE_FIELDS, originOf } from './source.js'

const FIELDS = {
  ...SOURCE_FIELDS,
  unit: { kind: 'duration', least: 1, fallback: 1_000, about: 'The time that it is given for.' },
} as const

type Settings = Values<typeof FIELDS>

/** A change between two values, and the milliseconds between them. */
type Measure = (change: number, elapsed: number, unit: number) => number | undefined

/** How much a sensor changed since its last value. */
export const delta: PolicyKind = kindOf(
  'delta',
  'How much a sensor changed since its last value.',
  (change) => change,
)

/** How much a sensor changes in a unit of time. */
export const rate: PolicyKind = kindOf(
  'rate',
  'How much a sensor changes in a unit of time, a second by default: of a counter, its rate.',
  (change, elapsed, unit) => (elapsed > 0 ? (change / elapsed) * unit : undefined),
)

/** Which part of the time that has gone by a sensor of spent milliseconds has grown by. */
export const timeFraction: PolicyKind = kindOf(
  'time-fraction',
  'Which part of the time was spent on something, from a sensor that adds up the milliseconds spent.',
  (change, elapsed) => (elapsed > 0 ? change / elapsed : undefined),
)

function kindOf(type: string, description: string, measure: Measure): PolicyKind {
  return enricherKind({ type, description }, FIELDS, (subject, settings) =>
    attached(subject, settings, measure),
  )
}

/** The last value, and when it was so; null before the first. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly value: number | null
  readonly at: number
}

function attached({ path }: PolicySubject, settings: Settings, measure: Measure): AttachedPolicy {
  return enricherOf<Memory>({
    interest: { sensors: [{ of: originOf(settings), sensor: settings.source }], conditions: 'none' },
    initial: { layout: LAYOUT, value: null, at: 0 },
    step: (memory, reading) => {
      const value = reading.kind === 'sensor' ? numberIn(reading.value) : undefined
      if (value === undefined || (memory.value !== null && reading.at < memory.at)) return unchanged(memory)
      const next = { layout: LAYOUT, value, at: reading.at } as const
      const given =
        memory.value === null
          ? undefined
          : measure(value - memory.value, reading.at - memory.at, settings.unit)
      return given === undefined
        ? unchanged(next)
        : { memory: next, intents: [yieldOf(path, settings.target, given)] }
    },
  })
}
