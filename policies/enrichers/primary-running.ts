import type {
  AttachedPolicy,
  Json,
  JsonObject,
  PolicyKind,
  PolicySubject,
  Reading,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { conditionIn } from '../members.js'
import { type Enriched, LAYOUT, enricherKind, enricherOf, reasonOf, unchanged } from './enricher.js'
import { FOLLOWERS_FIELD, LEADER_FIELD, followersOf } from './leader.js'

const FIELDS = {
  primary: LEADER_FIELD,
  of: FOLLOWERS_FIELD,
} as const

type Settings = Values<typeof FIELDS>

/** An entity is up, and well, only while one leads that is up. */
export const primaryRunning: PolicyKind = enricherKind(
  {
    type: 'primary-running',
    description: 'Says that its entity is not up and has a problem while nobody leads who is up.',
  },
  FIELDS,
  attached,
)

/** Who leads, and who is up. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly primary: string | null
  readonly up: { readonly [path: string]: true }
  /** What is told now; null for nothing. */
  readonly told: string | null
}

const NOBODY: Memory = { layout: LAYOUT, primary: null, up: {}, told: null }

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const of = followersOf(subject, settings.of)
  return enricherOf<Memory>({
    interest: { sensors: [{ of: 'self', sensor: settings.primary }], conditions: of },
    initial: NOBODY,
    derived: true,
    step: (memory, reading) => told(subject.path, noted(memory, reading, subject.path, settings)),
  })
}

function noted(memory: Memory, reading: Reading, path: string, settings: Settings): Memory {
  const { kind, entity, sensor, value } = reading
  if (kind === 'sensor' && entity === path && sensor === settings.primary)
    return { ...memory, primary: typeof value === 'string' ? value : null }
  const condition = conditionIn(reading)
  if (condition === undefined) return memory
  const { [entity]: _before, ...others } = memory.up
  return { ...memory, up: condition.up ? { ...others, [entity]: true } : others }
}

function told(path: string, memory: Memory): Enriched<Memory> {
  const reason = reasonIn(memory)
  if (reason === memory.told) return unchanged(memory)
  const value: Json = reason
  return {
    memory: { ...memory, told: reason },
    intents: ['service.notUp.indicators', 'service.problems'].map((sensor) =>
      reasonOf(path, sensor, 'primary', value),
    ),
  }
}

function reasonIn({ primary, up }: Memory): string | null {
  if (primary === null) return 'nobody leads'
  return Object.hasOwn(up, primary) ? null : `${primary}, which leads, is not up`
}
