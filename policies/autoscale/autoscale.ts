import type {
  AttachedPolicy,
  Interest,
  Origin,
  Output,
  PolicyKind,
  PolicySubject,
  Problem,
} from '../../engine/index.js'
import { contradiction } from '../config/decode.js'
import { NONE, schemaOf } from '../config/field.js'
import { originOf } from '../enrichers/source.js'
import { scopeOf } from '../members.js'
import { atOnce } from '../operators/fold.js'
import { calmAutoscale } from './calm.js'
import { decide } from './decide.js'
import { FIELDS } from './fields.js'
import { type AutoscaleMemory, UNAWARE } from './memory.js'
import { noteReadings } from './note.js'
import { readSettings } from './read-settings.js'
import type { AutoscaleSettings, Source } from './settings.js'

/** One of these says what is wanted. */
const WAYS = [['lower', 'upper'], ['target'], ['steps'], ['metrics'], ['hot'], ['cold']]

/** Keeps averages within a band by asking for more or fewer members. */
export const autoscale: PolicyKind = {
  type: 'autoscale',
  description:
    'Keeps the average of a sensor over the members of a role between two thresholds. Scales out when the average was ' +
    'too high for a while, in when it was too low for a longer one, rests after each change, and keeps the count ' +
    'while readings are missing, stale or beyond belief. It can go by a target, steps, several sensors, a formula, the events of a ' +
    'pool and a forecast, within schedules and rates, and down to nobody.',
  schema: { ...schemaOf(FIELDS), anyOf: WAYS.map((required) => ({ required })) },
  attach: (subject, config) => {
    const { min, max } = subject
    if (min === undefined || max === undefined) return { problems: [withoutMembers(subject)] }
    const read = readSettings(subject, { min, max }, config)
    return 'problems' in read ? read : { policy: attached(subject, read.settings) }
  },
}

function attached(subject: PolicySubject, settings: AutoscaleSettings): AttachedPolicy {
  return {
    interest: { sensors: interestsOf(settings), conditions: scopeOf(subject) },
    decides: ['count'],
    initial: UNAWARE,
    ...atOnce<AutoscaleMemory, Output>({
      note: (memory, readings, now) => noteReadings(settings, memory, readings, now),
      decide: (memory, now) => decide(settings, memory, now),
      calm: (memory, sensor) => calmAutoscale(settings, memory, sensor),
    }),
  }
}

function interestsOf({ metrics, readings, activity }: AutoscaleSettings): Interest['sensors'] {
  return [
    ...metrics.flatMap(({ source }) => interestsIn(source)),
    ...Object.values(readings).map(({ of, sensor, as }) => ({
      of: of === 'either' ? 'members' : (of as 'self' | 'members' | 'children'),
      sensor,
      ...(as === 'any' || as === 'count' ? {} : { wants: 'number' as const }),
    })),
    ...(activity === undefined ? [] : [{ of: originOf(activity), sensor: activity.sensor }]),
  ]
}

function interestsIn(source: Source): Interest['sensors'] {
  switch (source.kind) {
    case 'members':
      return [{ of: 'members', sensor: source.sensor, wants: 'number' }]
    case 'entity':
      return [{ of: originOf(source), sensor: source.sensor, wants: 'number' }]
    case 'formula':
      return []
    case 'events':
      return [source.hot, source.cold, source.ok]
        .filter((sensor) => sensor !== NONE)
        .map((sensor): { readonly of: Origin; readonly sensor: string } => ({ of: originOf(source), sensor }))
  }
}

function withoutMembers(subject: PolicySubject): Problem {
  const message = `"${subject.path}" has no members to scale`
  return contradiction('autoscale', '', message, 'Attach it to a role or cluster, with initial, min and max.')
}
