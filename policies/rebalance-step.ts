import type { Intent, JsonObject, Reading, Turn } from '../engine/index.js'
import { askBudget } from './budget.js'
import { LAYOUT, type MemberBook, conditionIn, memberIn, withMember, withoutMember } from './members.js'
import type { StepAtOnce } from './operators/fold.js'
import { wakeAmong } from './operators/window.js'

/** How a rebalancer is set. Times in milliseconds. */
export interface RebalanceSettings {
  /** By how many members a site may have more than another one. */
  readonly tolerance: number
  readonly after: number
  readonly attempts: number
  readonly period: number
  readonly retryAfter: number
}

/** Where a member is. */
interface Sited extends JsonObject {
  readonly incarnation: number
  readonly up: boolean
  readonly site: string
}

/** A member that is being moved. */
interface Move extends JsonObject {
  readonly entity: string
  readonly incarnation: number
  readonly from: string
  /** When it was asked for last. */
  readonly at: number
}

/** What a rebalancer remembers. */
export interface RebalanceMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly members: MemberBook<Sited>
  /** Since when it could be better balanced, with all members up; null while it could not. */
  readonly since: number | null
  readonly move: Move | null
  /** When members were moved. */
  readonly moves: readonly number[]
  /** Until when nothing is moved, since the last move was of no use. */
  readonly restUntil: number
}

/** Nobody is anywhere. */
export const IN_BALANCE: RebalanceMemory = {
  layout: LAYOUT,
  members: {},
  since: null,
  move: null,
  moves: [],
  restUntil: 0,
}

/** A move that was asked for and did not begin is asked for again after this many milliseconds. */
const ASK_AGAIN = 30_000

/** Takes all in that is told at once, and moves one member where that makes it more even. */
export function rebalanceSteps(
  settings: RebalanceSettings,
  sites: readonly string[],
): StepAtOnce<RebalanceMemory> {
  return {
    note: (memory, readings) => ({ memory: readings.reduce(noted, memory), intents: [] }),
    decide: (memory, now) => {
      const seen = arrived(settings, memory, now)
      return decided(settings, seen, { uneven: unevenIn(settings, sites, seen.members), now })
    },
  }
}

function noted(memory: RebalanceMemory, reading: Reading): RebalanceMemory {
  const condition = conditionIn(reading)
  const { entity } = reading
  if (condition === undefined) return memory
  if ((memberIn(memory.members, entity)?.incarnation ?? 0) > condition.incarnation) return memory
  if (condition.state === 'gone') return { ...memory, members: withoutMember(memory.members, entity) }
  const { incarnation, up, site = '' } = condition
  return { ...memory, members: withMember(memory.members, entity, { incarnation, up, site }) }
}

/** A move is over when another incarnation of the member is up, or the member is gone. Was it of no use, none is made for a while. */
function arrived({ retryAfter }: RebalanceSettings, memory: RebalanceMemory, now: number): RebalanceMemory {
  const { move, members } = memory
  if (move === null) return memory
  const member = memberIn(members, move.entity)
  if (member === undefined) return { ...memory, move: null }
  if (member.incarnation === move.incarnation || !member.up || member.site === '') return memory
  const restUntil = member.site === move.from ? now + retryAfter : memory.restUntil
  return { ...memory, move: null, since: null, restUntil }
}

/** The site with the most members and the one with the fewest. */
interface Uneven {
  readonly most: string
  readonly least: string
  readonly reason: string
}

function unevenIn(
  { tolerance }: RebalanceSettings,
  sites: readonly string[],
  members: MemberBook<Sited>,
): Uneven | undefined {
  const counts = new Map(sites.map((site) => [site, 0]))
  for (const { site } of Object.values(members))
    if (site !== '') counts.set(site, (counts.get(site) ?? 0) + 1)
  const known = [...counts].filter(([site]) => sites.includes(site))
  const [first] = known
  if (first === undefined) return undefined
  const most = known.reduce((a, b) => (b[1] > a[1] ? b : a), first)
  const least = known.reduce((a, b) => (b[1] < a[1] ? b : a), first)
  if (most[1] - least[1] <= tolerance) return undefined
  return { most: most[0], least: least[0], reason: `${most[0]} has ${most[1]}, ${least[0]} has ${least[1]}` }
}

interface Moment {
  readonly uneven: Uneven | undefined
  readonly now: number
}

function decided(
  settings: RebalanceSettings,
  memory: RebalanceMemory,
  { uneven, now }: Moment,
): Turn<RebalanceMemory> {
  if (memory.move !== null) return askedAgain(memory, memory.move, now)
  const areUp = Object.values(memory.members).every(({ up, site }) => up && site !== '')
  if (uneven === undefined || !areUp) return { memory: { ...memory, since: null }, intents: [] }
  const since = Math.min(memory.since ?? now, now)
  const due = Math.max(since + settings.after, memory.restUntil)
  const waiting = { ...memory, since }
  if (due > now) return { memory: waiting, intents: [], ...wakeAmong([due], now) }
  return moved(settings, waiting, uneven, now)
}

function moved(
  settings: RebalanceSettings,
  memory: RebalanceMemory,
  { most, reason }: Uneven,
  now: number,
): Turn<RebalanceMemory> {
  const budget = askBudget(settings, memory.moves, now, 'moves')
  if (!budget.fits) {
    const hold: Intent = { kind: 'hold', rule: 'move-budget', reason: `${budget.reason}; ${reason}` }
    return { memory, intents: [hold], ...wakeAmong([budget.roomAt], now) }
  }
  const chosen = newestAt(most, memory.members)
  if (chosen === undefined) return { memory, intents: [] }
  const [entity, { incarnation }] = chosen
  const move = { entity, incarnation, from: most, at: now }
  const moves = [...budget.spent, now]
  return asked({ ...memory, move, moves }, { entity, incarnation, reason: `to another zone: ${reason}` }, now)
}

/** Its number is the highest there. */
function newestAt(site: string, members: MemberBook<Sited>): readonly [string, Sited] | undefined {
  const numberOf = (path: string): number => Number(path.slice(path.lastIndexOf('/') + 1))
  return Object.entries(members)
    .filter(([, member]) => member.site === site)
    .sort(([a], [b]) => numberOf(b) - numberOf(a))[0]
}

/** While its member still is what it was: what was held back is granted later. */
function askedAgain(memory: RebalanceMemory, move: Move, now: number): Turn<RebalanceMemory> {
  const { entity, incarnation, from } = move
  if (memberIn(memory.members, entity)?.incarnation !== incarnation) return { memory, intents: [] }
  const due = Math.min(move.at, now) + ASK_AGAIN
  if (now < due) return { memory, intents: [], ...wakeAmong([due], now) }
  const reason = `to another zone: too many are in ${from}`
  return asked({ ...memory, move: { ...move, at: now } }, { entity, incarnation, reason }, now)
}

function asked(
  memory: RebalanceMemory,
  about: { readonly entity: string; readonly incarnation: number; readonly reason: string },
  now: number,
): Turn<RebalanceMemory> {
  const intent: Intent = { kind: 'replace', ...about, elsewhere: true }
  return { memory, intents: [intent], ...wakeAmong([now + ASK_AGAIN], now) }
}
