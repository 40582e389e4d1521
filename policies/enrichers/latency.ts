import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
  isJsonObject,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, unchanged, yieldOf } from './enricher.js'

const FIELDS = {
  source: { kind: 'text', about: 'A sensor of its entity that tells whether something was reached.' },
  last: { kind: 'text', fallback: 'latency.last', about: 'The sensor of the time that it took last.' },
  windowed: {
    kind: 'text',
    fallback: 'latency.windowed',
    about: 'The sensor of the mean of the times within the window.',
  },
  window: { kind: 'duration', least: 1, fallback: 10_000, about: 'The time over which the mean is taken.' },
  unit: { kind: 'text', fallback: 'ms', oneOf: ['ms', 's'], about: 'What times are given in.' },
} as const

type Settings = Values<typeof FIELDS>

/** How long it takes to reach something. */
export const latency: PolicyKind = enricherKind(
  {
    type: 'latency',
    description: 'How long it took to reach something, the last time and as a mean over a time.',
  },
  FIELDS,
  attached,
)

/** Times that it took, oldest first, each with when. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly times: readonly (readonly [at: number, ms: number])[]
}

/** More than these are forgotten. */
const MOST = 1_000

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  const scale = settings.unit === 's' ? 1_000 : 1
  return enricherOf<Memory>({
    interest: { sensors: [{ of: 'self', sensor: settings.source }], conditions: 'none' },
    initial: { layout: LAYOUT, times: [] },
    step: (memory, { kind, value, at }) => {
      const took = kind === 'sensor' ? timeIn(value) : undefined
      if (took === undefined) return unchanged(memory)
      const within = memory.times.filter(([when]) => when > at - settings.window && when <= at)
      const times = [...within, [at, took] as const].slice(-MOST)
      const mean = times.reduce((sum, [, ms]) => sum + ms, 0) / times.length
      const told = [
        yieldOf(path, settings.last, took / scale),
        yieldOf(path, settings.windowed, mean / scale),
      ]
      return { memory: { layout: LAYOUT, times }, intents: told }
    },
  })
}

/** What was not reached took no time that says anything. */
function timeIn(value: Json): number | undefined {
  if (!isJsonObject(value) || value['reached'] !== true) return undefined
  const { ms } = value
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
