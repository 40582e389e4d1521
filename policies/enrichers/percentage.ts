import type { AttachedPolicy, Json, JsonObject, PolicyKind, PolicySubject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, numberIn, unchanged, yieldOf } from './enricher.js'
import { originOf } from './source.js'

const FIELDS = {
  from: { kind: 'text', fallback: 'self', about: 'Path of the entity whose sensors they are.' },
  current: { kind: 'text', about: 'The sensor of the part.' },
  total: { kind: 'text', about: 'The sensor of the whole.' },
  target: { kind: 'text', about: 'The sensor that is given: 0 to 1.' },
} as const

type Settings = Values<typeof FIELDS>

/** One sensor in parts of another. */
export const percentage: PolicyKind = enricherKind(
  {
    type: 'percentage',
    description: 'One sensor in parts of another, from 0 to 1. Given while the whole is above 0.',
  },
  FIELDS,
  attached,
)

interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly current: Json
  readonly total: Json
}

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  const of = originOf(settings)
  return enricherOf<Memory>({
    interest: {
      sensors: [settings.current, settings.total].map((sensor) => ({ of, sensor })),
      conditions: 'none',
    },
    initial: { layout: LAYOUT, current: null, total: null },
    derived: true,
    step: (memory, reading) => {
      if (reading.kind !== 'sensor') return unchanged(memory)
      const { sensor, value } = reading
      const next = {
        layout: LAYOUT,
        current: sensor === settings.current ? value : memory.current,
        total: sensor === settings.total ? value : memory.total,
      } as const
      const part = partOf(next.current, next.total)
      return part === undefined
        ? unchanged(next)
        : { memory: next, intents: [yieldOf(path, settings.target, part)] }
    },
  })
}

/** @source Brooklyn: PercentageEnricher gives nothing for a total of 0 or a negative number. */
function partOf(current: Json, total: Json): number | undefined {
  const [part, whole] = [numberIn(current), numberIn(total)]
  return part === undefined || whole === undefined || part < 0 || whole <= 0 ? undefined : part / whole
}
