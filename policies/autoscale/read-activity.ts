import type { Json } from '../../engine/index.js'
import { type At, type Part, decodeMap } from '../config/nested.js'
import type { ActivitySettings } from './settings.js'

const FIELDS = {
  sensor: { kind: 'text', about: 'Tells whether there is anything to do: a number, or true.' },
  from: { kind: 'text', fallback: 'self', about: 'Whose sensor it is: self, or the path of an entity.' },
  above: { kind: 'number', least: 0, fallback: 0, about: 'A number above this is something to do.' },
  idleAfter: {
    kind: 'duration',
    least: 0,
    fallback: 300_000,
    about: 'How long there must have been nothing to do until nobody is left.',
  },
  staleAfter: { kind: 'duration', least: 1, fallback: 60_000, about: 'An older value is no longer trusted.' },
} as const

/** What wakes a pool that has nobody, as it is written under a key. */
export function readActivity(at: At, given: Json): Part<ActivitySettings> {
  const decoded = decodeMap(at, FIELDS, given)
  return 'values' in decoded ? { one: decoded.values } : decoded
}
