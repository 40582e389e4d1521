import type { AttachedPolicy, Interest, JsonObject, PolicyKind, PolicySubject } from '../engine/index.js'
import { scopeOf } from './members.js'
import { atOnce } from './operators/fold.js'
import { type RulesDocument, readDocument } from './rules/document.js'
import { calmRules } from './rules/calm.js'
import { type RulesMemory, type RulesSubject, decideByRules, noteForRules, unaware } from './rules/step.js'

const SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['rules'],
  properties: {
    parameters: { type: 'object', description: 'Values by name, for expressions.' },
    readings: {
      type: 'object',
      description: 'What is read, by name: sensor, of whom, as what, over which window.',
    },
    state: { type: 'object', description: 'First values by name of what rules set.' },
    rules: { type: 'array', minItems: 1, description: 'What is done when.' },
    bounds: { type: 'object', description: 'The fewest and most members that are asked for.' },
  },
}

/** Rules of one's own: expressions over readings, and what is asked for when they are true. */
export const rules: PolicyKind = {
  type: 'rules',
  description:
    'Rules of your own: what is read (sensors of the entity, its members or children, over a window), expressions over it in CEL, ' +
    'and what is asked for when one has been true for a while: another number of members, a restart, a replacement, or a value ' +
    'to remember.',
  schema: SCHEMA,
  attach: (subject, config) => {
    const read = readDocument(config)
    return 'problems' in read ? read : { policy: attached(subject, read.document) }
  },
}

function attached(policySubject: PolicySubject, document: RulesDocument): AttachedPolicy {
  const { path, min = 0, max = Infinity } = policySubject
  const scope = scopeOf(policySubject)
  const subject: RulesSubject = { path, hasMembers: scope === 'members', min, max, document }
  return {
    interest: interestOf(document, scope),
    decides: decisionsOf(document),
    initial: unaware(document),
    ...atOnce<RulesMemory>({
      note: (memory, readings, now) => ({
        memory: noteForRules(subject, memory, readings, now),
        intents: [],
      }),
      decide: (memory, now) => decideByRules(subject, memory, now),
      calm: (memory, sensor) => calmRules(subject, memory, sensor),
    }),
  }
}

function interestOf({ readings }: RulesDocument, scope: 'self' | 'members'): Interest {
  const sensors = Object.values(readings).map(({ of, sensor, as }) => ({
    of: of === 'either' ? scope : (of as 'self' | 'members' | 'children'),
    sensor,
    ...(as === 'any' || as === 'count' ? {} : { wants: 'number' as const }),
  }))
  return { sensors, conditions: scope }
}

function decisionsOf({ rules: all }: RulesDocument): AttachedPolicy['decides'] {
  const acts = all.flatMap(({ act, scale }) => [
    ...(act === undefined ? [] : [act]),
    ...(scale === undefined ? [] : (['count'] as const)),
  ])
  return [...new Set(acts)]
}
