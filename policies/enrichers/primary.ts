import type { AttachedPolicy, JsonObject, PolicyKind, PolicySubject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import {
  type Enriched,
  LAYOUT,
  enricherKind,
  enricherOf,
  isGone,
  ownOf,
  unchanged,
  yieldOf,
} from './enricher.js'
import { FOLLOWERS_FIELD, LEADER_FIELD, followersOf } from './leader.js'

const FIELDS = {
  primary: LEADER_FIELD,
  sensors: { kind: 'names', about: 'Which of its sensors, and under what names they are shown.' },
  of: FOLLOWERS_FIELD,
} as const

type Settings = Values<typeof FIELDS>

/** Sensors of whichever member or child leads. */
export const propagatePrimary: PolicyKind = enricherKind(
  {
    type: 'propagate-primary',
    description: 'Shows sensors of the member or child that a sensor names as the one that leads.',
  },
  FIELDS,
  attached,
)

/** Who leads, and the last values of all by path. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly primary: string | null
  readonly values: { readonly [path: string]: JsonObject }
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const { path } = subject
  const of = followersOf(subject, settings.of)
  return enricherOf<Memory>({
    interest: {
      sensors: [
        { of: 'self', sensor: settings.primary },
        ...Object.keys(settings.sensors).map((sensor) => ({ of, sensor }) as const),
      ],
      conditions: of,
    },
    initial: { layout: LAYOUT, primary: null, values: {} },
    derived: true,
    step: (memory, reading) => {
      if (reading.kind === 'member') {
        const { [reading.entity]: _gone, ...others } = memory.values
        return unchanged(isGone(reading) ? { ...memory, values: others } : memory)
      }
      if (reading.kind !== 'sensor') return unchanged(memory)
      const { entity, sensor, value } = reading
      if (entity === path)
        return sensor === settings.primary
          ? led(path, settings, { ...memory, primary: typeof value === 'string' ? value : null })
          : unchanged(memory)
      const own = { ...ownOf(memory.values, entity), [sensor]: value }
      const next = { ...memory, values: { ...memory.values, [entity]: own } }
      const target = ownOf(settings.sensors, sensor)
      const isShown = entity === memory.primary && target !== undefined
      return { memory: next, intents: isShown ? [yieldOf(path, target, value)] : [] }
    },
  })
}

/** Another one leads: all of its sensors are shown, those that it lacks as null. */
function led(path: string, settings: Settings, memory: Memory): Enriched<Memory> {
  const own = memory.primary === null ? {} : (ownOf(memory.values, memory.primary) ?? {})
  const intents = Object.entries(settings.sensors).map(([sensor, target]) =>
    yieldOf(path, target, ownOf(own, sensor) ?? null),
  )
  return { memory, intents }
}
