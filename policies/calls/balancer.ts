import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type Output,
  type PolicyKind,
  type PolicySubject,
  type Reading,
  type Turn,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { groupOf } from '../members.js'
import { atOnce } from '../operators/fold.js'
import { type BackEnd, type BackEndBook, backEndsIn, notedBackEnd } from './balancer-set.js'
import { CALL_FIELDS, LAYOUT, argumentsOf, callOf, callerKind, pathMeant } from './call.js'
import { LISTENS, PACE_FIELDS, SILENT, heardOf, type Telling, tellDue, wanting } from './telling.js'

const FIELDS = {
  of: { kind: 'text', about: 'The balancer: the path of the entity that has the effector.' },
  effector: { kind: 'text', fallback: 'setBackends', about: 'The effector that is given the whole set.' },
  arguments: CALL_FIELDS.arguments,
  passAs: { kind: 'text', fallback: 'backends', about: 'The parameter that is given the set.' },
  form: {
    kind: 'text',
    fallback: 'list',
    oneOf: ['list', 'lines'],
    about: 'list: a list of maps of address and port; lines: a text with an address and a port in each line.',
  },
  sensor: {
    kind: 'text',
    fallback: 'endpoint',
    about:
      'The sensor of a member that says where it is reached: a URL, host:port, or a map of address and port.',
  },
  others: {
    kind: 'text',
    fallback: NONE,
    about: 'A sensor of the pool that lists where others are reached that were not deployed here.',
  },
  ...PACE_FIELDS,
} as const

type Settings = Values<typeof FIELDS>

/** Keeps the back ends of a balancer equal to the members of a pool. */
export const balancer: PolicyKind = callerKind(
  {
    type: 'balancer',
    description:
      'Keeps the back ends of a load balancer equal to whoever is up in a role or a group: calls an effector of the balancer with the whole ' +
      'set whenever it is another one. What is in front stays with whoever looks after the balancer.',
  },
  FIELDS,
  (subject, settings) => attached(subject, settings),
)

interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly book: BackEndBook
  readonly telling: Telling
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const { sensor, others } = settings
  const of = groupOf(subject)
  const entity = pathMeant(subject, settings.of)
  const sources = { path: subject.path, sensor, others }
  const note = (memory: Memory, reading: Reading, now: number): Memory =>
    reading.kind === 'sensor' && reading.entity === entity && reading.sensor === LISTENS
      ? { ...memory, telling: heardOf(memory.telling, reading.value !== false, now) }
      : { ...memory, book: notedBackEnd(sources, memory.book, reading) }
  const asked = others === NONE ? [] : [{ of: 'self', sensor: others } as const]
  return {
    interest: {
      sensors: [{ of, sensor }, ...asked, { of: { path: entity }, sensor: LISTENS }],
      conditions: of,
    },
    decides: [],
    calls: [{ entity, effector: settings.effector, setting: 'effector' }],
    initial: { layout: LAYOUT, book: { members: {}, others: others === NONE ? [] : null }, telling: SILENT },
    primed: true,
    // What is told at once is judged at once: half of a set is another set.
    ...atOnce<Memory, Output>({
      note: (memory, readings, now) => ({
        memory: readings.reduce((noted, reading) => note(noted, reading, now), memory),
        intents: [],
      }),
      decide: (memory, now) => decide(settings, entity, memory, now),
    }),
  }
}

function decide(settings: Settings, entity: string, memory: Memory, now: number): Turn<Memory, Output> {
  const { backends, nowhere } = backEndsIn(memory.book)
  const wanted: Json = memory.book.others === null ? null : backends
  const { telling, tell, ...wake } = tellDue(wanting(memory.telling, wanted, now), settings, now)
  const held = heldFor(settings, memory, nowhere)
  if (tell === undefined) return { memory: { ...memory, telling }, intents: held, ...wake }
  const call = callOf({
    ...{ entity, effector: settings.effector, key: tell.key },
    arguments: argumentsOf(settings.arguments, { [settings.passAs]: formed(settings, backends) }),
    reason: `${countOf(backends)}${tell.isAgain ? ', in case it has not been done' : ''}`,
  })
  return { memory: { ...memory, telling }, intents: [...held, call], ...wake }
}

function heldFor({ sensor, others }: Settings, { book }: Memory, nowhere: readonly string[]): Output[] {
  if (book.others === null)
    return [{ kind: 'hold', rule: 'others-unknown', reason: `${others} is not known` }]
  if (nowhere.length === 0) return []
  return [
    { kind: 'hold', rule: 'no-endpoint', reason: `no ${sensor} of ${nowhere.join(', ').slice(0, 200)}` },
  ]
}

function formed({ form }: Settings, backends: readonly BackEnd[]): Json {
  return form === 'list' ? backends : backends.map(({ address, port }) => `${address} ${port}\n`).join('')
}

function countOf({ length }: readonly BackEnd[]): string {
  return length === 1 ? 'there is 1 back end' : `there are ${length} back ends`
}
