import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
  isJsonObject,
  sameJson,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { NONE } from '../config/field.js'
import {
  LAYOUT,
  enricherKind,
  enricherOf,
  ownOf,
  reasonOf,
  tellsReasons,
  unchanged,
  yieldOf,
} from './enricher.js'
import { SOURCE_FIELDS, originOf } from './source.js'

const FIELDS = {
  ...SOURCE_FIELDS,
  key: {
    kind: 'text',
    fallback: NONE,
    about:
      'The key of the entry; the sensor keeps all others as they are. Without one the name of the source.',
  },
  when: {
    kind: 'json',
    about:
      'What the entry is for a value, by the value as a text, and under * for any other; else the value itself.',
  },
  removeNull: { kind: 'flag', fallback: true, about: 'Whether an entry that would be null is taken out.' },
} as const

type Settings = Values<typeof FIELDS>

/** Keeps one entry of a map. */
export const mapEntry: PolicyKind = enricherKind(
  { type: 'map-entry', description: 'Keeps one entry of a sensor that is a map equal to another sensor.' },
  FIELDS,
  attached,
)

/** The map as it is now, whoever wrote it, and what its entry should be. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly map: JsonObject
  readonly entry: Json
  readonly known: boolean
}

function attached(subject: PolicySubject, { key, ...given }: Settings): AttachedPolicy {
  const settings = { ...given, key: key === NONE ? given.source : key }
  return tellsReasons(settings.target) ? telling(subject, settings) : keeping(subject, settings)
}

/** Of a map of reasons only the own one is told: what else is in it is others' to take out. */
function telling({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  const { source, target, key } = settings
  return enricherOf<JsonObject>({
    interest: { sensors: [{ of: originOf(settings), sensor: source }], conditions: 'none' },
    initial: { layout: LAYOUT },
    derived: true,
    step: (memory, { kind, value }) =>
      kind === 'sensor'
        ? { memory, intents: [reasonOf(path, target, key, entryFor(settings, value))] }
        : unchanged(memory),
  })
}

function keeping({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  return enricherOf<Memory>({
    interest: {
      sensors: [
        { of: originOf(settings), sensor: settings.source },
        { of: 'self', sensor: settings.target },
      ],
      conditions: 'none',
    },
    initial: { layout: LAYOUT, map: {}, entry: null, known: false },
    derived: true,
    step: (memory, { kind, sensor, value }) => {
      if (kind !== 'sensor') return unchanged(memory)
      const next =
        sensor === settings.source
          ? { ...memory, entry: entryFor(settings, value), known: true }
          : { ...memory, map: isJsonObject(value) ? value : {} }
      if (!next.known) return unchanged(next)
      const map = withEntry(settings, next)
      const given = sameJson(map, next.map) ? [] : [yieldOf(path, settings.target, map)]
      return { memory: { ...next, map }, intents: given }
    },
  })
}

function entryFor({ when }: Settings, value: Json): Json {
  if (!isJsonObject(when)) return value
  const word = typeof value === 'string' ? value : JSON.stringify(value)
  const known = ownOf(when, word)
  return known === undefined ? (ownOf(when, '*') ?? null) : known
}

function withEntry({ key, removeNull }: Settings, { map, entry }: Memory): JsonObject {
  if (entry !== null || !removeNull) return { ...map, [key]: entry }
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key))
}
