import { type Json, type JsonObject, canonicalJson, digestOf } from '../../engine/index.js'
import { wakeAmong } from '../operators/window.js'

/** When what is wanted is told. Milliseconds. */
export interface TellingPace {
  /** It is told when it has not changed for so long, … */
  readonly quiet: number
  /** … or has been another one for so long. */
  readonly most: number
  /** It is told again after so long, whatever came of it; 0: never. */
  readonly again: number
}

/** The fields of a pace. */
export const PACE_FIELDS = {
  quiet: {
    kind: 'duration',
    least: 0,
    fallback: 500,
    about: 'It is called when nothing has changed for so long.',
  },
  most: {
    kind: 'duration',
    least: 0,
    fallback: 5_000,
    about: 'It is called at the latest so long after the first change, though there are more.',
  },
  again: {
    kind: 'duration',
    least: 0,
    fallback: 300_000,
    about: 'It is called again after so long although nothing has changed, in case it failed; 0: never.',
  },
} as const

/** What somebody is to be told, and was told last. */
export interface Telling extends JsonObject {
  /** Null: nothing is known. */
  readonly wanted: Json
  /** Digest of what was told last; '' before the first. */
  readonly told: string
  readonly toldAt: number
  /** Since when it is not what was told; null while it is. */
  readonly since: number | null
  readonly changedAt: number
  readonly calls: number
  /** Whether whoever is to be told is not up. */
  readonly isAway: boolean
}

/** The sensor that says whether whoever is to be told is up. */
export const LISTENS = 'service.isUp'

/** Before anything is known. */
export const SILENT: Telling = {
  ...{ wanted: null, told: '', toldAt: 0, since: null, changedAt: 0, calls: 0 },
  isAway: false,
}

/** Takes in what is to be told from now on. What comes back to what was told needs no telling. */
export function wanting(telling: Telling, wanted: Json, now: number): Telling {
  if (canonicalJson(wanted) === canonicalJson(telling.wanted)) return telling
  const isTold = wanted === null || digestOf(wanted) === telling.told
  return { ...telling, wanted, changedAt: now, since: isTold ? null : (telling.since ?? now) }
}

/** Takes in whether whoever is to be told is up. Who has come back may be another, and has been told nothing. */
export function heardOf(telling: Telling, isUp: boolean, now: number): Telling {
  if (telling.isAway === !isUp) return telling
  if (!isUp) return { ...telling, isAway: true }
  const since = telling.wanted === null ? null : now
  return { ...telling, isAway: false, told: '', since, changedAt: now }
}

/** What comes of a look at the clock. */
export interface Told {
  readonly telling: Telling
  /** What is told now, with a name that nothing else is told under. */
  readonly tell?: { readonly value: Json; readonly key: string; readonly isAgain: boolean }
  readonly wakeAt?: number
}

/** Tells what is due. A clock that went back delays nothing by more than a pace. */
export function tellDue(telling: Telling, pace: TellingPace, now: number): Told {
  const due = dueAt(telling, pace, now)
  if (due === undefined) return { telling }
  if (due > now) return { telling, ...wakeAmong([due], now) }
  const calls = telling.calls + 1
  const told = { ...telling, told: digestOf(telling.wanted), toldAt: now, since: null, calls }
  const tell = { value: telling.wanted, key: String(calls), isAgain: telling.since === null }
  return { telling: told, tell, ...wakeAmong([dueAt(told, pace, now)], now) }
}

function dueAt(telling: Telling, { quiet, most, again }: TellingPace, now: number): number | undefined {
  const { wanted, since, changedAt, toldAt, told, isAway } = telling
  if (wanted === null || isAway) return undefined
  if (since !== null) return Math.min(changedAt + quiet, since + most, now + Math.max(quiet, most))
  return again === 0 || told === '' ? undefined : Math.min(toldAt, now) + again
}
