import type { Json } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { formatDuration } from '../config/duration.js'
import { type At, type Part, decodeMap, inside, wrongAt } from '../config/nested.js'
import type { ForecastSettings } from './settings.js'

const FIELDS = {
  mode: {
    kind: 'text',
    fallback: 'forecast-only',
    oneOf: ['forecast-only', 'out', 'both'],
    about:
      'forecast-only: told, and nothing done; out: there are as many as are forecast; both: members also go as soon as load and forecast agree.',
  },
  season: {
    kind: 'duration',
    least: 120_000,
    fallback: 86_400_000,
    about: 'After which time it is the same again.',
  },
  bucket: { kind: 'duration', least: 60_000, fallback: 900_000, about: 'The parts of a season.' },
  over: { kind: 'integer', least: 1, fallback: 7, about: 'Seasons over which is averaged.' },
  lead: { kind: 'duration', least: 0, fallback: 300_000, about: 'How far ahead members are to be there.' },
  mostError: {
    kind: 'number',
    least: 0,
    fallback: 0.2,
    about: 'Members go for a forecast only while it was off by no more than this share of late.',
  },
} as const

/** Parts of a season that are remembered at most. */
const MOST_PARTS = 1_000

/** How a forecast is made, as it is written under a key. */
export function readForecast(at: At, given: Json): Part<ForecastSettings> {
  const decoded = decodeMap(at, FIELDS, given)
  return 'values' in decoded ? forecastOf(at, decoded.values) : decoded
}

function forecastOf(at: At, { mode, ...values }: Values<typeof FIELDS>): Part<ForecastSettings> {
  const { season, bucket, lead } = values
  const parts = season / bucket
  const wrong = (key: string, message: string, hint: string): Part<ForecastSettings> => ({
    problems: [wrongAt(inside(at, key), message, hint)],
  })
  if (!Number.isInteger(parts) || parts < 2)
    return wrong(
      'bucket',
      `a season of ${formatDuration(season)} has no whole parts of ${formatDuration(bucket)}`,
      'Write 15 min.',
    )
  if (parts > MOST_PARTS)
    return wrong('bucket', `a season has ${parts} parts; ${MOST_PARTS} are remembered`, 'Write longer parts.')
  if (lead > season) return wrong('lead', 'it looks further ahead than a season', 'Write 5 min.')
  return { one: { ...values, mode: mode === 'forecast-only' ? 'only' : (mode as 'out' | 'both') } }
}
