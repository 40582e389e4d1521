import type { JsonObject, MemberCondition, Reading } from '../../engine/index.js'
import { type MemberBook, conditionIn, memberIn, withMember, withoutMember } from '../members.js'
import { LAYOUT } from './call.js'

/** How an election goes. Times in milliseconds. */
export interface ElectionSettings {
  readonly mode: string
  readonly stoppedWait: number
  readonly startingWait: number
}

/** One who may be chosen. */
interface Candidate extends JsonObject {
  readonly state: MemberCondition['state']
  readonly up: boolean
  /** Since when its state is this one. */
  readonly since: number
  readonly weight: number
}

/** What an election goes by. */
export interface ElectionMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly candidates: MemberBook<Candidate>
  /** Path of the one that leads; null for nobody. */
  readonly primary: string | null
  /** How often another one was chosen. */
  readonly turns: number
}

/** Nobody is known. */
export const NOBODY: ElectionMemory = { layout: LAYOUT, candidates: {}, primary: null, turns: 0 }

/** The memory with what a reading tells of a candidate. */
export function notedForElection(
  weight: string,
  memory: ElectionMemory,
  reading: Reading,
  now: number,
): ElectionMemory {
  const { candidates } = memory
  const { entity } = reading
  const condition = conditionIn(reading)
  if (condition?.state === 'gone') return { ...memory, candidates: withoutMember(candidates, entity) }
  const known = memberIn(candidates, entity)
  const next = condition === undefined ? weighed(weight, known, reading) : stands(known, condition, now)
  return next === undefined ? memory : { ...memory, candidates: withMember(candidates, entity, next) }
}

function stands(known: Candidate | undefined, { state, up }: MemberCondition, now: number): Candidate {
  const since = known?.state === state && known.up === up ? known.since : now
  return { state, up, since, weight: known?.weight ?? 0 }
}

function weighed(
  weight: string,
  known: Candidate | undefined,
  { kind, sensor, value }: Reading,
): Candidate | undefined {
  if (kind !== 'sensor' || sensor !== weight || known === undefined) return undefined
  return { ...known, weight: typeof value === 'number' && Number.isFinite(value) ? value : 0 }
}

/** What comes of an election. */
export interface Elected {
  readonly primary: string | null
  /** When it is to be looked at again although nothing is told. */
  readonly wakeAt?: number
  readonly fault?: string
}

/** @source Brooklyn: ElectPrimaryEffector. The heaviest is waited for while it may come up; after that the next one has its turn. */
export function elected(settings: ElectionSettings, memory: ElectionMemory, now: number): Elected {
  const { candidates, primary } = memory
  const leading = primary !== null && memberIn(candidates, primary)?.up === true ? primary : null
  if (leading !== null && settings.mode === 'failover') return { primary: leading }
  const ranked = rankedOf(memory)
  const tie = settings.mode === 'strict' ? tieAmong(ranked) : undefined
  if (tie !== undefined) return { primary: null, fault: tie }
  const found = ranked.find(([, one]) => one.up || waitsUntil(settings, one) > now)
  if (found === undefined) return { primary: null, fault: 'nobody who could lead is up' }
  const [path, candidate] = found
  if (candidate.up) return { primary: path }
  return { primary: leading, wakeAt: waitsUntil(settings, candidate), fault: `${path} is waited for` }
}

function waitsUntil(settings: ElectionSettings, candidate: Candidate): number {
  return candidate.since + waitFor(settings, candidate)
}

function waitFor({ startingWait, stoppedWait }: ElectionSettings, { state }: Candidate): number {
  return state === 'starting' ? startingWait : stoppedWait
}

/** The heaviest first; of those that weigh the same whoever leads, then by path. */
function rankedOf({ candidates, primary }: ElectionMemory): readonly (readonly [string, Candidate])[] {
  const firstOf = (path: string): number => (path === primary ? 0 : 1)
  return Object.entries(candidates)
    .filter(([, { weight }]) => weight >= 0)
    .sort(([a, one], [b, other]) => other.weight - one.weight || firstOf(a) - firstOf(b) || (a < b ? -1 : 1))
}

function tieAmong(ranked: readonly (readonly [string, Candidate])[]): string | undefined {
  const [first, second] = ranked
  if (first === undefined || second?.[1].weight !== first[1].weight) return undefined
  return `${first[0]} and ${second[0]} have the same weight, ${first[1].weight}`
}
