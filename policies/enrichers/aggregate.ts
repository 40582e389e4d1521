import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
  type Reading,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { groupOf } from '../members.js'
import { AGGREGATIONS, type Aggregation, aggregated } from './aggregation.js'
import { type Enriched, LAYOUT, enricherKind, enricherOf, isGone, unchanged, yieldOf } from './enricher.js'

const FIELDS = {
  of: {
    kind: 'text',
    fallback: 'either',
    oneOf: ['either', 'members', 'children'],
    about: 'Whose values are put together; either: of members where it has any, else of children.',
  },
  sensor: { kind: 'text', about: 'The sensor of each of them.' },
  target: { kind: 'text', about: 'The sensor that is given.' },
  by: {
    kind: 'text',
    fallback: 'list',
    oneOf: AGGREGATIONS,
    about: 'What becomes of the values; a map goes by the path of each.',
  },
  fallback: { kind: 'json', about: 'The value while there is none to put together.' },
  excludeBlank: { kind: 'flag', fallback: false, about: 'Whether empty values are left out.' },
  quorum: { kind: 'number', least: 0, fallback: 0, about: 'How many must be truthy for a quorum; 0: all.' },
  size: { kind: 'number', least: 0, fallback: 0, about: 'Of how many at least; 0: as many as there are.' },
} as const

type Settings = Values<typeof FIELDS>

/** One value from a sensor of many. */
export const aggregate: PolicyKind = enricherKind(
  {
    type: 'aggregate',
    description:
      'One value from a sensor of all members or children: their sum, average, least, largest, list …',
  },
  FIELDS,
  attached,
)

/** The last value of each that is there, by path. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly values: { readonly [path: string]: Json }
  readonly given: Json
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const { path } = subject
  const own = groupOf(subject)
  const of = settings.of === 'children' || settings.of === 'members' ? settings.of : own
  return enricherOf<Memory>({
    interest: { sensors: [{ of, sensor: settings.sensor }], conditions: of },
    initial: { layout: LAYOUT, values: {}, given: null },
    derived: true,
    step: (memory, reading) => step(path, settings, { memory, reading }),
  })
}

function step(
  path: string,
  settings: Settings,
  { memory, reading }: { readonly memory: Memory; readonly reading: Reading },
): Enriched<Memory> {
  const values = valuesAfter(memory.values, reading)
  if (values === memory.values) return unchanged(memory)
  const value = aggregated(settings.by as Aggregation, values, settings)
  return value === null && memory.given === null
    ? unchanged({ ...memory, values })
    : { memory: { ...memory, values, given: value }, intents: [yieldOf(path, settings.target, value)] }
}

function valuesAfter(values: Memory['values'], reading: Reading): Memory['values'] {
  if (reading.kind === 'sensor') return { ...values, [reading.entity]: reading.value }
  if (!isGone(reading) || !Object.hasOwn(values, reading.entity)) return values
  const { [reading.entity]: _gone, ...others } = values
  return others
}
