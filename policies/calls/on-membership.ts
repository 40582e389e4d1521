import type {
  AttachedPolicy,
  JsonObject,
  Output,
  PolicyKind,
  PolicySubject,
  Reading,
  Turn,
} from '../../engine/index.js'
import { type Values, contradiction } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { conditionIn, groupOf } from '../members.js'
import {
  CALL_FIELDS,
  LAYOUT,
  PASS_AS,
  argumentsOf,
  callOf,
  callerKind,
  callerOf,
  callsUnder,
  passedAs,
  pathMeant,
} from './call.js'

const FIELDS = {
  onJoined: {
    kind: 'text',
    fallback: NONE,
    about: 'The effector that is called for each member that has come.',
  },
  onLeft: {
    kind: 'text',
    fallback: NONE,
    about: 'The effector that is called for each member that has gone.',
  },
  counts: {
    kind: 'text',
    fallback: 'up',
    oneOf: ['up', 'there'],
    about: 'Whether a member has come when it is up, or as soon as it is there.',
  },
  passAs: PASS_AS,
  arguments: CALL_FIELDS.arguments,
  of: {
    kind: 'text',
    fallback: 'self',
    about: 'Whose effector it is: self, member for the one that has come, or the path of an entity.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** Calls effectors when members come and go. */
export const onMembership: PolicyKind = callerKind(
  {
    type: 'on-membership',
    description:
      'Calls one effector for each member of a cluster or a group that comes, and another for each that goes; where the entity has no ' +
      'members, of its children.',
  },
  FIELDS,
  (subject, settings) => {
    const problem = wrong(settings)
    return problem === undefined ? attached(subject, settings) : [problem]
  },
)

function wrong({ onJoined, onLeft, of }: Settings): ReturnType<typeof contradiction> | undefined {
  if (onJoined === NONE && onLeft === NONE)
    return contradiction('on-membership', 'onJoined', 'it calls nothing', 'Write "onJoined" or "onLeft".')
  if (onLeft !== NONE && of === 'member')
    return contradiction('on-membership', 'of', 'who has gone has no effectors', 'Name an entity that stays.')
  return undefined
}

/** Those that are members now, and how many calls it has asked for. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly members: readonly string[]
  readonly calls: number
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  return callerOf<Memory>({
    interest: { sensors: [], conditions: groupOf(subject) },
    calls:
      settings.of === 'member'
        ? []
        : callsUnder(pathMeant(subject, settings.of), settings, ['onJoined', 'onLeft']),
    initial: { layout: LAYOUT, members: [], calls: 0 },
    step: (memory, reading) => step(subject, settings, memory, reading),
  })
}

function step(
  subject: PolicySubject,
  settings: Settings,
  memory: Memory,
  reading: Reading,
): Turn<Memory, Output> {
  const { entity } = reading
  const condition = conditionIn(reading)
  if (condition === undefined) return { memory, intents: [] }
  const isIn = settings.counts === 'up' ? condition.up : condition.state !== 'gone'
  const wasIn = memory.members.includes(entity)
  if (isIn === wasIn) return { memory, intents: [] }
  const members = isIn ? [...memory.members, entity] : memory.members.filter((one) => one !== entity)
  const effector = isIn ? settings.onJoined : settings.onLeft
  if (effector === NONE) return { memory: { ...memory, members }, intents: [] }
  const calls = memory.calls + 1
  const call = callOf({
    ...{ entity: settings.of === 'member' ? entity : pathMeant(subject, settings.of), effector },
    arguments: argumentsOf(settings.arguments, passedAs(settings.passAs, entity)),
    ...{ key: String(calls), reason: `${entity} has ${isIn ? 'come' : 'gone'}` },
  })
  return { memory: { ...memory, members, calls }, intents: [call] }
}
