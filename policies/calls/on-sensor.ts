import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type Output,
  type PolicyKind,
  type PolicySubject,
  type Problem,
  type Reading,
  type Turn,
  canonicalJson,
} from '../../engine/index.js'
import { type Values, contradiction } from '../config/decode.js'
import { conditionIn } from '../members.js'
import { ExpressionLanguage, type RuleExpression } from '../rules/expression.js'
import {
  CALL_FIELDS,
  LAYOUT,
  PASS_AS,
  argumentsOf,
  callOf,
  callerKind,
  callerOf,
  passedAs,
  pathMeant,
} from './call.js'

const FIELDS = {
  ...CALL_FIELDS,
  of: {
    kind: 'text',
    fallback: 'self',
    about: 'Whose effector it is: self, source for the entity whose sensor has changed, or a path.',
  },
  sensor: { kind: 'text', about: 'The sensor.' },
  from: { kind: 'text', fallback: 'self', about: 'Whose sensor: self, members, or the path of an entity.' },
  when: {
    kind: 'text',
    fallback: 'true',
    about: 'An expression that must be true; it may name "value" and "before" (null for none).',
  },
  passAs: PASS_AS,
  first: { kind: 'flag', fallback: true, about: 'Whether its first value counts as a change.' },
} as const

type Settings = Values<typeof FIELDS>

/** Calls an effector when a sensor has changed. */
export const onSensor: PolicyKind = callerKind(
  {
    type: 'on-sensor',
    description:
      'Calls an effector when a sensor of its entity, of its members or of another entity has another value, one call after the other.',
  },
  FIELDS,
  (subject, settings) => {
    const compiled = LANGUAGE.compile(settings.when, 'flag')
    if ('expression' in compiled) return attached(subject, settings, compiled.expression)
    return [wrongWhen(compiled.fault.message)]
  },
)

const LANGUAGE = new ExpressionLanguage({ value: 'any', before: 'any' })

function wrongWhen(message: string): Problem {
  return contradiction('on-sensor', 'when', message, 'Mend the expression, e.g. value > 10.')
}

/** The last values by path, and how many calls it has asked for. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly values: JsonObject
  readonly calls: number
}

function attached(subject: PolicySubject, settings: Settings, when: RuleExpression): AttachedPolicy {
  const ofMembers = settings.from === 'members'
  const of = ofMembers ? 'members' : ({ path: pathMeant(subject, settings.from) } as const)
  return callerOf<Memory>({
    interest: {
      sensors: [{ of, sensor: settings.sensor }],
      conditions: ofMembers ? 'members' : 'none',
    },
    calls:
      settings.of === 'source'
        ? []
        : [{ entity: pathMeant(subject, settings.of), effector: settings.effector, setting: 'effector' }],
    initial: { layout: LAYOUT, values: {}, calls: 0 },
    step: (memory, reading) => step({ subject, settings, when }, memory, reading),
  })
}

interface Standing {
  readonly subject: PolicySubject
  readonly settings: Settings
  readonly when: RuleExpression
}

function step(standing: Standing, memory: Memory, reading: Reading): Turn<Memory, Output> {
  const { entity, sensor, value } = reading
  const { [entity]: before = null, ...others } = Object.hasOwn(memory.values, entity)
    ? memory.values
    : { ...memory.values, [entity]: null }
  if (conditionIn(reading)?.state === 'gone') return { memory: { ...memory, values: others }, intents: [] }
  const isMeant = reading.kind === 'sensor' && sensor === standing.settings.sensor
  if (!isMeant || canonicalJson(value) === canonicalJson(before)) return { memory, intents: [] }
  const noted = { ...memory, values: { ...others, [entity]: value } }
  return changed(standing, noted, { entity, value, before })
}

function changed(
  { subject, settings, when }: Standing,
  memory: Memory,
  { entity, value, before }: { readonly entity: string; readonly value: Json; readonly before: Json },
): Turn<Memory, Output> {
  const { sensor, effector, passAs, first } = settings
  if (value === null || (before === null && !first)) return { memory, intents: [] }
  const judged = when.evaluate({ value, before })
  if ('fault' in judged) {
    const reason = `when: ${judged.fault}`
    return { memory, intents: [{ kind: 'hold', rule: 'when', reason }] }
  }
  if (judged.value !== true) return { memory, intents: [] }
  const calls = memory.calls + 1
  const target = settings.of === 'source' ? entity : pathMeant(subject, settings.of)
  const call = callOf({
    ...{ entity: target, effector, key: String(calls) },
    arguments: argumentsOf(settings.arguments, passedAs(passAs, value)),
    reason: `${sensor} of ${entity === '' ? 'the application' : entity} is ${canonicalJson(value).slice(0, 80)}`,
  })
  return { memory: { ...memory, calls }, intents: [call] }
}
