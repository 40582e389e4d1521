import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
} from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import { schemaOf } from '../config/field.js'
import { AGGREGATIONS, type Aggregation, aggregated } from './aggregation.js'
import { LAYOUT, enricherOf, unchanged, yieldOf } from './enricher.js'
import { formattedWith } from './format.js'
import { joined } from './join.js'
import { originOf } from './source.js'

const FIELDS = {
  from: { kind: 'text', fallback: 'self', about: 'Path of the entity whose sensors they are.' },
  sources: { kind: 'names', about: 'The sensors that it is made from, in order.' },
  target: { kind: 'text', about: 'The sensor that is given.' },
  by: {
    kind: 'text',
    oneOf: [...AGGREGATIONS, 'join', 'format'],
    about: 'What becomes of the values.',
  },
  format: { kind: 'text', fallback: '', about: 'For "format": a text in which each %s stands for a value.' },
  separator: { kind: 'text', fallback: ',', about: 'For "join": what stands between two of them.' },
} as const

type Settings = Values<typeof FIELDS>

/** One value from several sensors of one entity. */
export const reduce: PolicyKind = {
  type: 'reduce',
  description:
    'One value from several sensors of an entity: their sum, list, text … Given when all are known.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig('reduce', FIELDS, config)
    if ('problems' in decoded) return decoded
    const { values } = decoded
    if (values.by !== 'format' || values.format !== '') return { policy: attached(subject, values) }
    const message = '"format" is what the values are put into'
    return { problems: [contradiction('reduce', 'by', message, 'Give "format", e.g. "%s:%s".')] }
  },
}

/** The last value of each sensor. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly values: JsonObject
}

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  const sources = Object.keys(settings.sources)
  return enricherOf<Memory>({
    interest: {
      sensors: sources.map((sensor) => ({ of: originOf(settings), sensor })),
      conditions: 'none',
    },
    initial: { layout: LAYOUT, values: {} },
    derived: true,
    step: (memory, reading) => {
      if (reading.kind !== 'sensor') return unchanged(memory)
      const values: JsonObject = { ...memory.values, [reading.sensor]: reading.value }
      const known = sources.map((sensor) => values[sensor])
      const all = known.filter((value) => value !== undefined)
      const given =
        all.length < sources.length ? [] : [yieldOf(path, settings.target, reduced(settings, all))]
      return { memory: { ...memory, values }, intents: given }
    },
  })
}

function reduced(settings: Settings, values: readonly Json[]): Json {
  const { by, format, separator } = settings
  if (by === 'format') return formattedWith(format, values)
  if (by === 'join') return joined({ ...PLAIN, separator }, values) ?? null
  const numbered = Object.fromEntries(values.map((value, at) => [String(at), value]))
  return aggregated(by as Aggregation, numbered, NO_RULE)
}

const PLAIN = { quote: false, entries: false, between: '=', minimum: 0, maximum: 0 } as const
const NO_RULE = { fallback: null, excludeBlank: false, quorum: 0, size: 0 } as const
