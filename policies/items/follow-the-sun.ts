import type { PolicyKind } from '../../engine/index.js'
import { callerKind } from '../calls/call.js'
import { NONE } from '../config/field.js'
import { awakeAt, readDays } from './days.js'
import { drawn } from './drawn.js'
import { MOVER_FIELDS, moverOf } from './mover.js'

const FIELDS = {
  ...MOVER_FIELDS,
  share: {
    kind: 'number',
    least: 0,
    fallback: 0.3,
    about: 'So much of all that is asked of an item must be asked from the place that it goes to, …',
  },
  least: { kind: 'number', least: 0, fallback: 2, about: '… and so much absolutely, …' },
  leadShare: {
    kind: 'number',
    least: 0,
    fallback: 0.2,
    about: '… and so much of all, and one, more than from where it is, …',
  },
  lead: { kind: 'number', least: 0, fallback: 4, about: '… and so much absolutely.' },
  days: {
    kind: 'json',
    about:
      'Days of places: a list of maps with place, cron, for (10h) and zone; what is asked from where it is night does not count.',
  },
} as const

/** Moves items to where they are asked for from. */
export const followTheSun: PolicyKind = callerKind(
  {
    type: 'follow-the-sun',
    description:
      'Moves items between the members or children of its entity to the place from which most is asked of them, by an effector that moves one, ' +
      'where that is worth it; at night nothing is asked from a place that has a day.',
  },
  FIELDS,
  (subject, settings) => {
    const read = readDays('follow-the-sun', settings.days)
    if ('problems' in read) return read.problems
    return moverOf(subject, settings, {
      low: NONE,
      high: NONE,
      of: (standings, now) => {
        const { isAwake, ...changes } = awakeAt(read.days, now)
        return { moves: drawn(standings, settings, isAwake), ...changes }
      },
    })
  },
)
