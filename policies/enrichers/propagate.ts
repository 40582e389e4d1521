import {
  type AttachedPolicy,
  type Interest,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
  type Reading,
} from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import { schemaOf } from '../config/field.js'
import { originOf } from './source.js'
import { type Enriched, LAYOUT, enricherOf, isGone, ownOf, unchanged, yieldOf } from './enricher.js'

const FIELDS = {
  from: { kind: 'text', fallback: 'self', about: 'Path of the entity whose sensors they are.' },
  sensors: { kind: 'names', fallback: {}, about: 'Which sensors, and under what names they are shown.' },
  all: { kind: 'flag', fallback: false, about: 'All sensors but those of its health.' },
  except: { kind: 'names', fallback: {}, about: 'All sensors but these.' },
  to: { kind: 'text', fallback: 'self', oneOf: ['self', 'members'], about: 'Where they are shown.' },
} as const

type Settings = Values<typeof FIELDS>

/** Sensors of one entity, shown at another under the same names or others. */
export const propagate: PolicyKind = {
  type: 'propagate',
  description:
    'Shows sensors of another entity, under the same names or others; or those of an entity at each of its members.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig('propagate', FIELDS, config)
    if ('problems' in decoded) return decoded
    const { values } = decoded
    const named = Object.keys(values.sensors).length > 0
    if (named || isOpen(values)) return { policy: attached(subject, values) }
    const message = 'it names no sensor'
    return {
      problems: [contradiction('propagate', 'sensors', message, 'Give "sensors", or "all: true".')],
    }
  },
}

/**
 * What an entity says of its own health; shown elsewhere only where it is named.
 * @source Brooklyn: Propagator leaves the service and lifecycle sensors out of `propagatingAll`.
 */
const HEALTH = /^(?:service\.(?:isUp|state|notUp|problems|process)|members(?:\.|$))/

function isOpen({ all, except }: Settings): boolean {
  return all || Object.keys(except).length > 0
}

/** The members that are there, by path; empty where nothing goes to members. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly members: { readonly [path: string]: true }
  /** Last values by the name under which they are shown, for members that come later. */
  readonly last: JsonObject
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const of = originOf(settings)
  const sensors: Interest['sensors'] = isOpen(settings)
    ? [{ of }]
    : Object.keys(settings.sensors).map((sensor) => ({ of, sensor }))
  return enricherOf<Memory>({
    interest: { sensors, conditions: settings.to === 'members' ? 'members' : 'none' },
    initial: { layout: LAYOUT, members: {}, last: {} },
    derived: true,
    step: (memory, reading) =>
      settings.to === 'members'
        ? toMembers(settings, memory, reading)
        : toSelf(subject.path, settings, { memory, reading }),
  })
}

function toSelf(
  path: string,
  settings: Settings,
  { memory, reading }: { readonly memory: Memory; readonly reading: Reading },
): Enriched<Memory> {
  const target = targetOf(settings, reading)
  const isOwn = reading.entity === path && target === reading.sensor
  if (target === undefined || isOwn) return unchanged(memory)
  return { memory, intents: [yieldOf(path, target, reading.value)] }
}

function toMembers(settings: Settings, memory: Memory, reading: Reading): Enriched<Memory> {
  if (reading.kind === 'member') return memberChanged(memory, reading)
  const target = targetOf(settings, reading)
  if (target === undefined) return unchanged(memory)
  return {
    memory: { ...memory, last: { ...memory.last, [target]: reading.value } },
    intents: Object.keys(memory.members).map((member) => yieldOf(member, target, reading.value)),
  }
}

function memberChanged(memory: Memory, reading: Reading): Enriched<Memory> {
  const { [reading.entity]: known, ...others } = memory.members
  if (isGone(reading)) return unchanged({ ...memory, members: others })
  if (known === true) return unchanged(memory)
  return {
    memory: { ...memory, members: { ...memory.members, [reading.entity]: true } },
    intents: Object.entries(memory.last).map(([sensor, value]) =>
      yieldOf(reading.entity, sensor, value ?? null),
    ),
  }
}

/** Under which name a reading is shown; undefined for one that is not. */
function targetOf(settings: Settings, reading: Reading): string | undefined {
  if (reading.kind !== 'sensor') return undefined
  const named = ownOf(settings.sensors, reading.sensor)
  if (named !== undefined) return named
  const isLeftOut = Object.hasOwn(settings.except, reading.sensor) || HEALTH.test(reading.sensor)
  return isOpen(settings) && !isLeftOut ? reading.sensor : undefined
}
