import type { PolicyKind } from '../../engine/index.js'
import { callerKind } from '../calls/call.js'
import { contradiction } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { yieldOf } from '../enrichers/enricher.js'
import { balanced } from './balanced.js'
import { MOVER_FIELDS, moverOf } from './mover.js'

const FIELDS = {
  ...MOVER_FIELDS,
  low: { kind: 'number', least: 0, about: 'A container with less load is cold.' },
  high: { kind: 'number', least: 0, about: 'A container with more load is hot.' },
  lowOf: {
    kind: 'text',
    fallback: 'items.low',
    about: 'The sensor of a container that says otherwise for itself.',
  },
  highOf: { kind: 'text', fallback: 'items.high', about: 'The same for what is hot.' },
  most: { kind: 'integer', least: 1, fallback: 20, about: 'No more moves than this in one look.' },
  state: {
    kind: 'text',
    fallback: 'items.state',
    about: 'The sensor that tells how all containers are together: hot, cold or ok; none: it is not told.',
  },
} as const

/** Moves items from hot containers to cold ones. */
export const moveItems: PolicyKind = callerKind(
  {
    type: 'move-items',
    description:
      'Moves items between the members or children of its entity, from those that have too much of a load to those that have the least, or to ' +
      'those that have too little, by an effector that moves one; tells whether there is too much or too little for all of them.',
  },
  FIELDS,
  (subject, settings) => {
    const { low, high, most, state, lowOf, highOf } = settings
    if (low > high)
      return [contradiction('move-items', 'low', `"low" ${low} is above "high" ${high}`, 'Exchange the two.')]
    return moverOf(subject, settings, {
      low: lowOf,
      high: highOf,
      of: (standings) => {
        const balance = balanced(standings, { low, high }, most)
        const moves = balance.moves.map((move) => ({ ...move, reason: 'it is spread more evenly' }))
        return { moves, tells: state === NONE ? [] : [yieldOf(subject.path, state, balance.state)] }
      },
    })
  },
)
