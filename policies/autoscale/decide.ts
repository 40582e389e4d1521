import type { Output, Turn } from '../../engine/index.js'
import { yieldOf } from '../enrichers/enricher.js'
import { EMPTY_WINDOW, wakeAmong } from '../operators/window.js'
import { type Activity, activityAt } from './activity.js'
import { type Room, ceilingAt, roomChangesAt } from './ceiling.js'
import { doubtful } from './doubtful.js'
import { excessOf } from './excess.js'
import { type Forecast, forecastAt, noteNeed } from './forecast.js'
import { gated } from './gate.js'
import type { Judged } from './judged.js'
import { type Limits, limitsAt, tellsAll } from './limits.js'
import type { AutoscaleMemory } from './memory.js'
import { type Proposal, neededCount, proposalOf, together } from './propose.js'
import { longestPeriod, notePresent } from './rates.js'
import { type Tally, tallyOf, upIn, withoutRoom } from './roster.js'
import type { AutoscaleSettings, Metric } from './settings.js'
import { type Scene, type Survey, surveyOf } from './survey.js'
import { sustained } from './sustained.js'
import { CONTENT, type Wish } from './wish.js'

/** What the pool as it stands asks for. */
export function decide(
  settings: AutoscaleSettings,
  before: AutoscaleMemory,
  now: number,
): Turn<AutoscaleMemory, Output> {
  const tally = tallyOf(before.roster, now, settings.warmUp)
  const room = roomIn(before, tally)
  const memory = standing(settings, before, room, now)
  const scene: Scene = { settings, memory, tally, now }
  const limits = limitsAt(settings, memory, now)
  const judged = isAsleep(scene) ? rest(memory) : judge(scene, limits)
  const wakes = [limits.changesAt, tally.warmAt, ...roomChangesAt(memory.ceiling, room, now, settings)]
  return finished(scene, limits, { ...judged, wakes: [...judged.wakes, ...wakes] })
}

function roomIn({ roster }: AutoscaleMemory, { present }: Tally): Room {
  return { present, up: upIn(roster), lacking: withoutRoom(roster) }
}

/** The memory with what follows from who is there. */
function standing(
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  room: Room,
  now: number,
): AutoscaleMemory {
  const { ceiling: known, rates, ...others } = memory
  const hasBegun = memory.hasBegun === true || room.present >= settings.initial
  const ceiling = ceilingAt(known, room, now, settings)
  const longest = longestPeriod(settings.ratesOut, settings.ratesIn)
  return {
    ...others,
    ...(hasBegun ? { hasBegun } : {}),
    ...(ceiling === undefined ? {} : { ceiling }),
    ...(longest === 0 ? {} : { rates: notePresent(rates, room.present, now, longest) }),
  }
}

/** Where nobody is there, only what speaks of all that there is to do can say something, and only once somebody could have been. */
function isAsleep({ settings, memory, tally }: Scene): boolean {
  if (tally.present > 0) return false
  const { activity, metrics } = settings
  const mayWake = activity !== undefined || metrics.some(({ source }) => tellsAll(source))
  return !mayWake || memory.hasBegun !== true
}

function rest(memory: AutoscaleMemory): Judged {
  return { memory, wish: CONTENT, wakes: [] }
}

function judge(scene: Scene, limits: Limits): Judged {
  const { settings, memory, now } = scene
  const activity =
    settings.activity === undefined ? undefined : activityAt(settings.activity, memory.activity, now)
  const judged =
    (activity === undefined ? undefined : byActivity(scene, limits, activity)) ??
    byBounds(scene, limits) ??
    byMetrics(scene, limits)
  return { ...judged, wakes: [...judged.wakes, activity === undefined ? undefined : changeOf(activity)] }
}

function changeOf(activity: Activity): number | undefined {
  return 'changesAt' in activity ? activity.changesAt : undefined
}

/** Nobody stays where there has been nothing to do, and somebody comes where there is. */
function byActivity({ memory, tally }: Scene, limits: Limits, activity: Activity): Judged | undefined {
  const { present } = tally
  if (activity.kind === 'idle' && present > 0 && !limits.isScheduled)
    return emptied(memory, { kind: 'ask', count: 0, reason: activity.reason, atOnce: true })
  if (present > 0) return undefined
  if (limits.isScheduled)
    return emptied(memory, { kind: 'ask', count: limits.min, reason: limits.whyLeast, atOnce: true })
  if (activity.kind === 'unknown') return { memory, wish: { kind: 'hold', ...activity.doubt }, wakes: [] }
  if (activity.kind !== 'busy') return rest(memory)
  return emptied(memory, { kind: 'ask', count: limits.min, reason: activity.reason, atOnce: true })
}

/** What was needed before says nothing any more. */
function emptied(memory: AutoscaleMemory, wish: Wish): Judged {
  return { memory: { ...memory, out: EMPTY_WINDOW, in: EMPTY_WINDOW }, wish, wakes: [] }
}

/** A count beyond the bounds is brought back at once, whatever is known of the load. */
function byBounds(
  { memory, tally: { present } }: Scene,
  { min, max, whyLeast, whyMost, isScheduled }: Limits,
): Judged | undefined {
  if (present === 0) return undefined
  if (present < min && (isScheduled || memory.hasBegun === true))
    return emptied(memory, { kind: 'ask', count: min, reason: whyLeast, atOnce: true })
  if (present > max) return emptied(memory, { kind: 'ask', count: max, reason: whyMost, atOnce: true })
  return undefined
}

function byMetrics(scene: Scene, limits: Limits): Judged {
  const { settings, tally } = scene
  const known = surveysOf(scene)
  const sure = known.filter(({ survey }) => survey.doubt === undefined)
  const proposals = sure.map(({ metric, survey }) => proposalOf(metric.aim, survey, tally.present))
  const loads = together(proposals)
  const isSure = sure.length === known.length
  const { scene: learnt, forecast } = learning(scene, isSure ? loads?.need : undefined)
  const proposal = loads === undefined ? undefined : raised(settings, loads, forecast)
  const stale = sure.map(({ survey }) => survey.staleAt)
  const judged =
    isSure && proposal !== undefined
      ? byProposal(learnt, limits, { proposal, forecast })
      : doubtful(learnt, limits, { known, proposal })
  return { ...judged, wakes: [...judged.wakes, ...stale, forecast?.changesAt] }
}

/** What the metrics say; a pool that nothing happened to says nothing, where something else does. */
function surveysOf(scene: Scene): readonly { readonly metric: Metric; readonly survey: Survey }[] {
  const all = scene.settings.metrics.map((metric) => ({ metric, survey: surveyOf(metric, scene) }))
  const speaking = all.filter(
    ({ metric, survey }) => metric.source.kind !== 'events' || survey.doubt === undefined,
  )
  return speaking.length > 0 ? speaking : all
}

/** Takes in what is needed now for the season, where one is learnt. */
function learning(
  scene: Scene,
  need: number | undefined,
): { readonly scene: Scene; readonly forecast?: Forecast } {
  const { settings, memory, now } = scene
  if (settings.forecast === undefined) return { scene }
  const forecast = noteNeed(settings.forecast, memory.forecast, need, now)
  return {
    scene: { ...scene, memory: { ...memory, forecast } },
    forecast: forecastAt(settings.forecast, forecast, now),
  }
}

/** What is going to be needed is needed, where it may be acted on. */
function raised(
  { forecast: how }: AutoscaleSettings,
  loads: Proposal,
  forecast: Forecast | undefined,
): Proposal {
  const ahead = forecast?.count
  if (how === undefined || how.mode === 'only' || ahead === undefined) return loads
  const text = `${loads.text}; ${ahead} are forecast`
  return (
    together([
      { ...loads, text },
      { ...loads, ideal: ahead, fewest: ahead, text },
    ]) ?? loads
  )
}

/** The windows say what lasted; members go at once where a forecast that has proved itself agrees. */
function byProposal(
  { settings, memory, tally, now }: Scene,
  limits: Limits,
  { proposal, forecast }: { readonly proposal: Proposal; readonly forecast: Forecast | undefined },
): Judged {
  const { present, ready } = tally
  const count = neededCount(proposal, { ...settings, ...limits }, present)
  const isForeseen = isProven(settings, forecast)
  const windows = isForeseen ? { ...settings, scaleInAfter: 0 } : settings
  const found = sustained(windows, memory, { count, text: proposal.text, present, ready: ready.length }, now)
  const { doubtedSince: _sure, ...known } = memory
  const { out, in: into, wish, changesAt } = found
  return { memory: { ...known, out, in: into }, wish, proposal, wakes: [changesAt] }
}

function isProven({ forecast: how }: AutoscaleSettings, forecast: Forecast | undefined): boolean {
  if (how?.mode !== 'both' || forecast?.count === undefined) return false
  return forecast.error !== undefined && forecast.error <= how.mostError
}

/** What passes the gate, and what is told beside it. */
function finished(scene: Scene, limits: Limits, judged: Judged): Turn<AutoscaleMemory, Output> {
  const { settings, tally, now } = scene
  const { present } = tally
  const excess = excessOf(settings, judged.memory, { proposal: judged.proposal, max: limits.max }, now)
  const { wish, wakeAt } = gated(settings, judged.memory, judged.wish, { present, now })
  const memory = asked(settings, { ...judged.memory, ...excess.memory }, wish, now)
  const rested = wish.kind === 'ask' ? memory.quietUntil : undefined
  return {
    memory,
    intents: [...outputsOf(settings.role, wish), ...excess.told, ...forecastTold(settings, memory, now)],
    ...wakeAmong([...judged.wakes, wakeAt, rested, excess.changesAt], now),
  }
}

function asked(
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  wish: Wish,
  now: number,
): AutoscaleMemory {
  // A clock that went back makes no rest longer.
  const quietUntil = Math.min(memory.quietUntil, now + settings.cooldown)
  if (wish.kind !== 'ask') return { ...memory, quietUntil }
  const { rates } = memory
  return {
    ...memory,
    quietUntil: wish.atOnce === true ? quietUntil : now + settings.cooldown,
    ...(rates === undefined ? {} : { rates: { ...rates, asked: wish.count } }),
  }
}

function outputsOf(entity: string, wish: Wish): readonly Output[] {
  if (wish.kind === 'none') return []
  if (wish.kind === 'hold') return [{ kind: 'hold', rule: wish.rule, reason: wish.reason }]
  return [{ kind: 'scale', entity, count: wish.count, reason: wish.reason }]
}

function forecastTold(
  { role, forecast: how }: AutoscaleSettings,
  { forecast }: AutoscaleMemory,
  now: number,
): readonly Output[] {
  if (how === undefined || forecast === undefined) return []
  const { count, error } = forecastAt(how, forecast, now)
  return [
    yieldOf(role, 'autoscale.forecast', count ?? null),
    yieldOf(role, 'autoscale.forecast.error', error ?? null),
  ]
}
