import {
  type AttachedPolicy,
  type JsonObject,
  type Output,
  type PolicyKind,
  type PolicySubject,
  type Reading,
  type Turn,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { CALL_FIELDS, LAYOUT, argumentsOf, callOf, callerKind, callerOf, pathMeant } from './call.js'
import { LISTENS, PACE_FIELDS, SILENT, heardOf, type Telling, tellDue, wanting } from './telling.js'

const FIELDS = {
  ...CALL_FIELDS,
  effector: { kind: 'text', fallback: 'render', about: 'The effector that writes the file.' },
  sensor: { kind: 'text', about: 'The sensor that says what is to stand in the file.' },
  from: { kind: 'text', fallback: 'self', about: 'Whose sensor: self, or the path of an entity.' },
  passAs: { kind: 'text', fallback: 'content', about: 'The parameter that is given the value.' },
  ...PACE_FIELDS,
} as const

type Settings = Values<typeof FIELDS>

/** Keeps a file as a sensor says. */
export const render: PolicyKind = callerKind(
  {
    type: 'render',
    description:
      'Keeps a file as a sensor says: calls an effector that writes it (RenderFileEffector does so whole, with a check, a reload and ' +
      'a way back) when the value has changed and come to rest.',
  },
  FIELDS,
  (subject, settings) => attached(subject, settings),
)

interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly telling: Telling
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const entity = pathMeant(subject, settings.of)
  const source = pathMeant(subject, settings.from)
  return callerOf<Memory>({
    interest: {
      sensors: [
        { of: { path: source }, sensor: settings.sensor },
        { of: { path: entity }, sensor: LISTENS },
      ],
      conditions: 'none',
    },
    calls: [{ entity, effector: settings.effector, setting: 'effector' }],
    initial: { layout: LAYOUT, telling: SILENT },
    step: (memory, reading, now) => {
      const telling = noted({ source, sensor: settings.sensor, entity }, memory.telling, reading, now)
      return step(settings, entity, { ...memory, telling }, now)
    },
  })
}

function noted(
  { source, sensor, entity }: { readonly source: string; readonly sensor: string; readonly entity: string },
  telling: Telling,
  reading: Reading,
  now: number,
): Telling {
  if (reading.kind !== 'sensor') return telling
  const isSource = reading.entity === source && reading.sensor === sensor
  if (isSource) return wanting(telling, reading.value, now)
  const isListener = reading.entity === entity && reading.sensor === LISTENS
  return isListener ? heardOf(telling, reading.value !== false, now) : telling
}

function step(settings: Settings, entity: string, memory: Memory, now: number): Turn<Memory, Output> {
  const { telling, tell, ...wake } = tellDue(memory.telling, settings, now)
  if (tell === undefined) return { memory: { ...memory, telling }, intents: [], ...wake }
  const call = callOf({
    ...{ entity, effector: settings.effector, key: tell.key },
    arguments: argumentsOf(settings.arguments, { [settings.passAs]: tell.value }),
    reason: tell.isAgain ? 'in case it has not been done' : `${settings.sensor} has changed`,
  })
  return { memory: { ...memory, telling }, intents: [call], ...wake }
}
