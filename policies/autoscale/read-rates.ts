import type { Json, JsonObject } from '../../engine/index.js'
import {
  type At,
  type Part,
  type Readings,
  decodeMap,
  givenKeys,
  readEach,
  wrongAt,
} from '../config/nested.js'
import type { RatePolicy } from './settings.js'

const FIELDS = {
  count: { kind: 'integer', least: 1, inherited: true, about: 'So many members.' },
  percent: {
    kind: 'number',
    least: 0.1,
    inherited: true,
    about: 'So many percent of those that there were.',
  },
  per: { kind: 'duration', least: 1_000, fallback: 60_000, about: 'The time within which.' },
} as const

/** Rate policies as they are written under a key, and what is wrong with them. */
export function readRates(at: At, given: Json): Readings<RatePolicy> {
  return readEach(at, given, 'count: 4, per: 1 min', readRate)
}

function readRate(at: At, given: Json): Part<RatePolicy> {
  const decoded = decodeMap(at, FIELDS, given)
  if ('problems' in decoded) return decoded
  const [kind, other] = givenKeys(given as JsonObject, ['count', 'percent'])
  if (kind === undefined || other !== undefined)
    return { problems: [wrongAt(at, 'a rate is a number or a share', 'Write "count" or "percent".')] }
  const { per, ...amounts } = decoded.values
  return { one: { kind, amount: amounts[kind], period: per } }
}
