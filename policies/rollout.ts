import type { AttachedPolicy, PolicyKind, PolicySubject } from '../engine/index.js'
import { contradiction } from './config/decode.js'
import { scopeOf } from './members.js'
import { atOnce } from './operators/fold.js'
import { NOTHING_COMES, type RolloutMemory, noteForRollout } from './rollout/memory.js'
import { ROLLOUT_SCHEMA, type RolloutSettings, readSettings } from './rollout/settings.js'
import { decideRollout } from './rollout/step.js'

/** Lets members come to another version of the document in turns, and takes that back where it does not work. */
export const rollout: PolicyKind = {
  type: 'rollout',
  paces: true,
  description:
    'Lets the members of a role come to another version of the document in turns: batch after batch, or first a few of them (a ' +
    'canary). Each must be well for a while before the next. Where new members fail, take too long, or are worse than the others by ' +
    'what is read of them, what there was before is restored.',
  schema: ROLLOUT_SCHEMA,
  attach: (subject, config) => {
    const read = readSettings(config)
    if ('problems' in read) return read
    if (scopeOf(subject) === 'members' && subject.gathers !== true)
      return { policy: attached(subject, read.settings) }
    const hint = 'Attach it to a role, whose members it is about.'
    return { problems: [contradiction('rollout', '', 'only the members of a role have turns', hint)] }
  },
}

function attached({ path }: PolicySubject, settings: RolloutSettings): AttachedPolicy {
  const subject = { path, settings }
  const sensors = Object.values(settings.analysis?.readings ?? {}).map(({ sensor, as }) => ({
    of: 'members' as const,
    sensor,
    ...(as === 'any' || as === 'count' ? {} : { wants: 'number' as const }),
  }))
  return {
    interest: {
      sensors: [{ of: 'self', sensor: 'rollout', orNull: true }, ...sensors],
      conditions: 'members',
    },
    decides: ['version'],
    initial: NOTHING_COMES,
    primed: true,
    ...atOnce<RolloutMemory>({
      note: (memory, readings, now) => ({
        memory: noteForRollout(subject, memory, readings, now),
        intents: [],
      }),
      decide: (memory, now) => decideRollout(subject, memory, now),
    }),
  }
}
