import type { AttachedPolicy, JsonObject, PolicyKind, PolicySubject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, numberIn, unchanged, yieldOf } from './enricher.js'
import { SOURCE_FIELDS, originOf } from './source.js'

const FIELDS = {
  ...SOURCE_FIELDS,
  window: { kind: 'duration', least: 1, fallback: 60_000, about: 'The time over which it is taken.' },
  confidence: {
    kind: 'number',
    least: 0,
    fallback: 0.8,
    about: 'Which part of the window must be known before a mean is given, from 0 to 1.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** The mean of a sensor over a time: each value counts for as long as it held. */
export const windowMean: PolicyKind = enricherKind(
  {
    type: 'window-mean',
    description: 'The mean of a sensor over a time; each value counts for as long as it held.',
  },
  FIELDS,
  attached,
)

/** A value, and the time up to which it held. */
type Span = readonly [until: number, value: number]

/** What is known of the window, oldest first, and since when. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly since: number | null
  readonly spans: readonly Span[]
}

/** Spans beyond these make room for newer ones: the window is then known for less long. */
const MOST = 1_000

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  return enricherOf<Memory>({
    interest: { sensors: [{ of: originOf(settings), sensor: settings.source }], conditions: 'none' },
    initial: { layout: LAYOUT, since: null, spans: [] },
    step: (memory, reading) => {
      const value = reading.kind === 'sensor' ? numberIn(reading.value) : undefined
      if (value === undefined) return unchanged(memory)
      const next = noted(memory, value, reading.at, settings.window)
      const mean = meanOf(next, settings)
      return mean === undefined
        ? unchanged(next)
        : { memory: next, intents: [yieldOf(path, settings.target, mean)] }
    },
  })
}

/**
 * A value counts for the time since the one before it. A clock that went back starts over.
 * @source Brooklyn: RollingTimeWindowMeanEnricher weighs each value by the time up to it.
 */
function noted(memory: Memory, value: number, at: number, window: number): Memory {
  const last = memory.spans.at(-1)?.[0] ?? memory.since
  if (memory.since === null || last === null || at < last) return { layout: LAYOUT, since: at, spans: [] }
  const spans = [...memory.spans, [at, value] as const]
  const gone = spans.filter(([until]) => until <= at - window)
  const kept = spans.slice(Math.max(gone.length, spans.length - MOST))
  const since = spans[spans.length - kept.length - 1]?.[0] ?? memory.since
  return { layout: LAYOUT, since, spans: kept }
}

function meanOf({ since, spans }: Memory, { window, confidence }: Settings): number | undefined {
  const end = spans.at(-1)?.[0]
  if (end === undefined || since === null) return undefined
  const start = Math.max(since, end - window)
  if (end - start < confidence * window || end === start) return undefined
  let [sum, from] = [0, start]
  for (const [until, value] of spans) {
    sum += value * Math.max(0, until - from)
    from = Math.max(from, until)
  }
  return sum / (end - start)
}
