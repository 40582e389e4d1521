import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type Output,
  type PolicyKind,
  type PolicySubject,
  type Reading,
  type Turn,
  canonicalJson,
  isJsonObject,
} from '../../engine/index.js'
import { type Values, contradiction } from '../config/decode.js'
import { NONE } from '../config/field.js'
import {
  CALL_FIELDS,
  LAYOUT,
  argumentsOf,
  callOf,
  callerKind,
  callerOf,
  callsUnder,
  pathMeant,
} from './call.js'

const FIELDS = {
  sensor: { kind: 'text', about: 'A sensor that is a list, or a map.' },
  from: { kind: 'text', fallback: 'self', about: 'Whose: self, or the path of an entity.' },
  onAdded: {
    kind: 'text',
    fallback: NONE,
    about: 'The effector that is called for each element that has come.',
  },
  onRemoved: {
    kind: 'text',
    fallback: NONE,
    about: 'The effector that is called for each element that has gone.',
  },
  passAs: {
    kind: 'text',
    fallback: 'value',
    about: 'The parameter that is given the element (of a map, its key).',
  },
  arguments: CALL_FIELDS.arguments,
  of: CALL_FIELDS.of,
} as const

type Settings = Values<typeof FIELDS>

/** Calls effectors for what comes to a list and what leaves it. */
export const onElements: PolicyKind = callerKind(
  {
    type: 'on-elements',
    description:
      'Calls one effector for each element that comes to a list or a map, and another for each that goes.',
  },
  FIELDS,
  (subject, settings) =>
    settings.onAdded === NONE && settings.onRemoved === NONE
      ? [contradiction('on-elements', 'onAdded', 'it calls nothing', 'Write "onAdded" or "onRemoved".')]
      : attached(subject, settings),
)

/** The elements as they were told last, and how many calls it has asked for. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly elements: readonly Json[]
  readonly calls: number
}

/** More than these are not looked at. */
const MOST = 1_000

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const source = pathMeant(subject, settings.from)
  return callerOf<Memory>({
    interest: { sensors: [{ of: { path: source }, sensor: settings.sensor }], conditions: 'none' },
    calls: callsUnder(pathMeant(subject, settings.of), settings, ['onAdded', 'onRemoved']),
    initial: { layout: LAYOUT, elements: [], calls: 0 },
    step: (memory, reading) => step(subject, settings, memory, reading),
  })
}

function step(
  subject: PolicySubject,
  settings: Settings,
  memory: Memory,
  { kind, sensor, value }: Reading,
): Turn<Memory, Output> {
  if (kind !== 'sensor' || sensor !== settings.sensor) return { memory, intents: [] }
  const elements = elementsOf(value)
  const changes = [
    ...missingIn(memory.elements, elements).map((element) => ({ element, ...COMES })),
    ...missingIn(elements, memory.elements).map((element) => ({ element, ...GOES })),
  ].filter(({ setting }) => settings[setting] !== NONE)
  const intents = changes.map(({ element, setting, verb }, at) =>
    callOf({
      ...{ entity: pathMeant(subject, settings.of), effector: settings[setting] },
      key: String(memory.calls + at + 1),
      arguments: argumentsOf(settings.arguments, { [settings.passAs]: element }),
      reason: `${canonicalJson(element).slice(0, 80)} ${verb} ${sensor}`,
    }),
  )
  return { memory: { ...memory, elements, calls: memory.calls + intents.length }, intents }
}

const COMES = { setting: 'onAdded', verb: 'has come to' } as const
const GOES = { setting: 'onRemoved', verb: 'has left' } as const

function elementsOf(value: Json): readonly Json[] {
  const all = Array.isArray(value)
    ? (value as readonly Json[])
    : isJsonObject(value)
      ? Object.keys(value)
      : []
  return all.slice(0, MOST)
}

/** Those of `all` that are not among `known`. */
function missingIn(known: readonly Json[], all: readonly Json[]): readonly Json[] {
  const names = new Set(known.map(canonicalJson))
  return all.filter((element) => !names.has(canonicalJson(element)))
}
