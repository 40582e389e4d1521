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
import { LAYOUT, enricherKind, enricherOf, ownOf, unchanged, yieldOf } from './enricher.js'
import { SOURCE_FIELDS, originOf } from './source.js'

const FIELDS = {
  ...SOURCE_FIELDS,
  key: { kind: 'text', about: 'The key of the entry; the sensor keeps all others as they are.' },
  when: {
    kind: 'json',
    about: 'What the entry is for a value, by the value as a text; else the value itself.',
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

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
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
  return ownOf(when, typeof value === 'string' ? value : JSON.stringify(value)) ?? null
}

function withEntry({ key, removeNull }: Settings, { map, entry }: Memory): JsonObject {
  if (entry !== null || !removeNull) return { ...map, [key]: entry }
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key))
}
