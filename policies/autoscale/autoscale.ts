import type { AttachedPolicy, JsonObject, PolicyKind, PolicySubject, Problem } from '../../engine/index.js'
import {
  type AutoscaleMemory,
  type AutoscaleSettings,
  UNAWARE,
  decideAutoscale,
  noteAutoscale,
} from './step.js'
import { contradiction, decodeConfig } from '../config/decode.js'
import { schemaOf } from '../config/field.js'
import { originOf } from '../enrichers/source.js'
import { scopeOf } from '../members.js'
import { atOnce } from '../operators/fold.js'
import { readSchedules } from '../schedule/read-schedules.js'
import { calmAutoscale } from './calm.js'

const FIELDS = {
  sensor: {
    kind: 'text',
    fallback: 'load',
    about: 'Sensor whose average over the members is kept in the band.',
  },
  from: {
    kind: 'text',
    fallback: 'members',
    about:
      'Whose sensor it is: members, or self or the path of an entity, whose value is the average itself.',
  },
  lower: { kind: 'number', least: 0, inherited: true, about: 'An average below this scales in.' },
  upper: { kind: 'number', least: 0, inherited: true, about: 'An average above this scales out.' },
  target: {
    kind: 'number',
    least: 0,
    fallback: 0,
    about: 'In the place of both: the average that is wanted. 0: none is.',
  },
  tolerance: {
    kind: 'number',
    least: 0,
    fallback: 0.1,
    about: 'By which share of the target the average may be off before anything is done.',
  },
  scaleOutAfter: { kind: 'duration', least: 0, fallback: 5_000, about: 'How long it must be too high.' },
  scaleInAfter: { kind: 'duration', least: 0, fallback: 30_000, about: 'How long it must be too low.' },
  stepOut: { kind: 'integer', least: 1, fallback: 1, about: 'Members are added in multiples of this.' },
  stepIn: { kind: 'integer', least: 1, fallback: 1, about: 'Members are taken away in multiples of this.' },
  mostOut: { kind: 'integer', least: 1, inherited: true, about: 'Never more are added at once.' },
  mostIn: { kind: 'integer', least: 1, inherited: true, about: 'Never more are taken away at once.' },
  cooldown: { kind: 'duration', least: 0, fallback: 10_000, about: 'Rest after a change of the count.' },
  min: {
    kind: 'integer',
    least: 0,
    inherited: true,
    about: 'Never fewer members; by default those of the role.',
  },
  max: {
    kind: 'integer',
    least: 0,
    inherited: true,
    about: 'Never more members; by default those of the role.',
  },
  schedules: {
    kind: 'json',
    about:
      'Other bounds for a while: a list of maps with cron, for, min, max, and zone and name where wanted.',
  },
  staleAfter: {
    kind: 'duration',
    least: 1,
    fallback: 30_000,
    about: 'An older reading is no longer trusted.',
  },
  coverage: {
    kind: 'number',
    least: 0,
    fallback: 1,
    about:
      'The share of the members that are up whose reading must be trusted; the others are taken to be like those.',
  },
  missing: {
    kind: 'text',
    fallback: 'hold',
    oneOf: ['hold', 'only-up'],
    about:
      'While too few are: nothing is done, or members are added where what is known is too much already.',
  },
  fallback: {
    kind: 'integer',
    least: 0,
    fallback: 0,
    about: 'How many there are to be when too few were for long; 0: as many as there are.',
  },
  fallbackAfter: { kind: 'duration', least: 0, fallback: 300_000, about: 'How long that is.' },
} as const

/** Keeps the average of a member sensor within a band by asking for more or fewer members. */
export const autoscale: PolicyKind = {
  type: 'autoscale',
  description:
    'Keeps the average of a sensor over the members of a role between two thresholds. Scales out when the average was ' +
    'too high for a while, in when it was too low for a longer one, rests after each change, and keeps the count ' +
    'while readings are missing, stale or beyond belief.',
  schema: { ...schemaOf(FIELDS), anyOf: [{ required: ['lower', 'upper'] }, { required: ['target'] }] },
  attach: (subject, config) => {
    const { min, max } = subject
    if (min === undefined || max === undefined) return { problems: [withoutMembers(subject)] }
    const threshold = Object.hasOwn(config, 'target') ? { fallback: 0 } : { inherited: false }
    const own = {
      ...FIELDS,
      lower: { ...FIELDS.lower, ...threshold },
      upper: { ...FIELDS.upper, ...threshold },
      min: { ...FIELDS.min, fallback: min },
      max: { ...FIELDS.max, fallback: max },
      mostOut: { ...FIELDS.mostOut, fallback: Number.MAX_SAFE_INTEGER },
      mostIn: { ...FIELDS.mostIn, fallback: Number.MAX_SAFE_INTEGER },
    }
    const decoded = decodeConfig('autoscale', own, config)
    if ('problems' in decoded) return decoded
    const { schedules, problems: wrong } = readSchedules(decoded.values.schedules)
    const settings = aimed({ ...decoded.values, schedules })
    const problems = [...wrong, ...bothAims(config), ...contradictions(settings, min, max)]
    return problems.length > 0 ? { problems } : { policy: attached(subject, settings) }
  },
}

/** A target is a narrow band of which either side leads to the middle. */
function aimed({
  target,
  tolerance,
  ...settings
}: Omit<AutoscaleSettings, 'growTo' | 'shrinkTo'> & {
  readonly target: number
  readonly tolerance: number
}): AutoscaleSettings {
  if (target === 0) return { ...settings, growTo: settings.upper, shrinkTo: settings.lower }
  const [lower, upper] = [Math.max(0, target * (1 - tolerance)), target * (1 + tolerance)]
  return { ...settings, lower, upper, growTo: target, shrinkTo: target }
}

function bothAims(config: JsonObject): readonly Problem[] {
  if (!Object.hasOwn(config, 'target')) return []
  const other = ['lower', 'upper'].find((key) => Object.hasOwn(config, key))
  if (other === undefined) return []
  return [
    contradiction('autoscale', other, `it has a target and "${other}" as well`, 'Leave one of them out.'),
  ]
}

function attached(subject: PolicySubject, settings: AutoscaleSettings): AttachedPolicy {
  return {
    interest: {
      sensors: [
        {
          of: settings.from === 'members' ? 'members' : originOf(settings),
          sensor: settings.sensor,
          wants: 'number',
        },
      ],
      conditions: scopeOf(subject),
    },
    decides: ['count'],
    initial: UNAWARE,
    ...atOnce<AutoscaleMemory>({
      note: (memory, readings, now) => noteAutoscale(settings, memory, readings, now),
      decide: (memory, now) => decideAutoscale(subject.path, settings, memory, now),
      calm: (memory, sensor) => (sensor === settings.sensor ? calmAutoscale(settings, memory) : undefined),
    }),
  }
}

function contradictions(settings: AutoscaleSettings, least: number, most: number): readonly Problem[] {
  const say = (wrong: boolean, key: string, message: string, hint: string): readonly Problem[] =>
    wrong ? [contradiction('autoscale', key, message, hint)] : []
  const { lower, upper, min, max } = settings
  return [
    ...say(
      upper <= 0,
      'upper',
      `"upper" must be above 0; it is ${upper}`,
      'Write the highest wanted average.',
    ),
    ...say(lower > upper, 'lower', `"lower" ${lower} is above "upper" ${upper}`, 'Exchange the two.'),
    ...say(min > max, 'min', `"min" ${min} is above "max" ${max}`, 'Exchange the two.'),
    ...say(
      settings.coverage > 1,
      'coverage',
      `"coverage" ${settings.coverage} is a share above 1`,
      'Write 0.8.',
    ),
    ...say(
      min < least,
      'min',
      `"min" ${min} is below the role's own ${least}`,
      `Write at least ${least}, or leave it out.`,
    ),
    ...say(
      max > most,
      'max',
      `"max" ${max} is above the role's own ${most}`,
      `Write at most ${most}, or leave it out.`,
    ),
  ]
}

function withoutMembers(subject: PolicySubject): Problem {
  const message = `"${subject.path}" has no members to scale`
  return contradiction('autoscale', '', message, 'Attach it to a role or cluster, with initial, min and max.')
}
