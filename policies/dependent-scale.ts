import type { AttachedPolicy, PolicyKind, PolicySubject, Problem } from '../engine/index.js'
import { pathMeant } from './calls/call.js'
import { type Values, contradiction, decodeConfig } from './config/decode.js'
import { schemaOf } from './config/field.js'
import { type FollowSettings, UNLED, followSteps } from './dependent-scale-step.js'
import { atOnce } from './operators/fold.js'

const FIELDS = {
  follow: { kind: 'text', about: 'Path of the entity whose number it follows; a dot is the application.' },
  sensor: { kind: 'text', fallback: 'members.count', about: 'The sensor of that entity that is the number.' },
  ratio: { kind: 'number', least: 0, fallback: 1, about: 'Members for each of them.' },
  offset: { kind: 'integer', least: -1_000_000, fallback: 0, about: 'Members more (or less) than that.' },
  unit: {
    kind: 'integer',
    least: 1,
    fallback: 1,
    about: 'Members come and go in whole units of so many, e.g. of a group that is useful as a whole only.',
  },
  round: {
    kind: 'text',
    fallback: 'up',
    oneOf: ['up', 'down', 'nearest'],
    about: 'What becomes of a part of a unit.',
  },
  scaleOutAfter: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'How long more must be due: the least that was due meanwhile is asked for.',
  },
  scaleInAfter: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'How long fewer must be due: the most that was due meanwhile is asked for.',
  },
  min: { kind: 'integer', least: 0, inherited: true, about: 'Never fewer; within those of the role.' },
  max: { kind: 'integer', least: 0, inherited: true, about: 'Never more; within those of the role.' },
} as const

const TYPE = 'dependent-scale'

/** Keeps the number of members in proportion to the number of others. */
export const dependentScale: PolicyKind = {
  type: TYPE,
  description:
    'Scales its role with another one: so many members for each of the others, and some more, in whole units, out and in after a while.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig(TYPE, FIELDS, config)
    if ('problems' in decoded) return decoded
    const { min = subject.min ?? 0, max = subject.max ?? Infinity, ...settings } = decoded.values as Given
    const leader = pathMeant(subject, settings.follow)
    const bounds = { min: Math.max(min, subject.min ?? 0), max: Math.min(max, subject.max ?? Infinity) }
    const wrong = wrongIn(subject, leader, bounds)
    if (wrong !== undefined) return { problems: [wrong] }
    return { policy: attached({ ...settings, ...bounds, leader, path: subject.path }) }
  },
}

/** Bounds are the role's where none are given. */
type Given = Omit<Values<typeof FIELDS>, 'min' | 'max'> & { readonly min?: number; readonly max?: number }

function wrongIn(
  { path, min }: PolicySubject,
  leader: string,
  bounds: { readonly min: number; readonly max: number },
): Problem | undefined {
  if (min === undefined)
    return contradiction(TYPE, '', 'only an entity with members can be scaled', 'Attach it to a role.')
  if (leader === path)
    return contradiction(TYPE, 'follow', 'a role cannot follow itself', 'Name the role that leads.')
  if (bounds.min <= bounds.max) return undefined
  const message = `"min" ${bounds.min} is above "max" ${bounds.max}`
  return contradiction(TYPE, 'min', message, 'Exchange the two, or keep within the bounds of the role.')
}

function attached(settings: FollowSettings): AttachedPolicy {
  const { leader, sensor } = settings
  return {
    interest: {
      sensors: [{ of: { path: leader }, sensor, wants: 'number' }],
      conditions: 'members',
    },
    decides: ['count'],
    initial: UNLED,
    primed: true,
    ...atOnce(followSteps(settings)),
  }
}
