import type { SlotRecord, StepKind, Trouble } from '../../entity/allocation.js'
import type { ObservedRecord, ShownState } from '../../entity/observation.js'
import { copyWith } from '../../support/copy.js'
import { incarnations, type Condition } from '../facts/condition.js'
import { decideSlot } from '../decide/decide.js'
import type { Verdict } from '../decide/draft.js'
import type { HoldingKeeper } from './holding-keeper.js'
import { KEYS } from '../facts/keys.js'
import type { SlotState } from '../facts/landscape.js'
import { machineToken } from '../facts/shared-machine.js'
import { emptyObservation, withNews, type News } from '../facts/news.js'
import { isSpreadByPlace } from '../calls/needs.js'
import { takeOutcome } from '../decide/outcome.js'
import type { Turn } from './turn.js'
import { worldFor } from '../facts/tracked-world.js'
import { ZONE_FAILURE, newTry, withTry, type Turned } from '../facts/zone-tries.js'
import type { Workbench } from './workbench.js'

/** Takes what was heard about slots into their records, decides, and writes what was decided. */
export class SlotKeeper {
  readonly #bench: Workbench
  readonly #holdings: HoldingKeeper

  constructor(bench: Workbench, holdings: HoldingKeeper) {
    this.#bench = bench
    this.#holdings = holdings
  }

  look(state: SlotState, turn: Turn): void {
    const { landscape, ports, now } = this.#bench
    const { record, observed } = this.#heard(state, now)
    const facts = landscape.facts(state, { record, observed })
    const verdict = decideSlot(facts, worldFor(state.path, now, ports.sources))
    const before = { record: state.record, up: state.condition.up }
    if (verdict.forget) this.#forget(state, turn)
    else this.#apply(state, verdict, { observed, turn, now })
    if (facts.record.retired === undefined && verdict.record.retired !== undefined)
      this.#noteDiscarded(state, turn)
    this.#noteTry(state, before, turn)
  }

  /** The records with what was heard put in, outcome by outcome. */
  #heard(state: SlotState, now: number): Pick<SlotState, 'record' | 'observed'> {
    const news = this.#bench.news.take(state.path)
    return news === undefined ? state : this.#withNews(state, news, now)
  }

  #withNews(state: SlotState, news: News, now: number): Pick<SlotState, 'record' | 'observed'> {
    const { landscape, ports } = this.#bench
    let { record, observed } = state
    const world = worldFor(state.path, now, ports.sources)
    for (const outcome of news.outcomes) {
      state.underWay = orNone(state.underWay.filter((number) => number !== outcome.step.incarnation))
      const taken = takeOutcome(landscape.facts(state, { record, observed }), outcome, world)
      record = taken.record
      observed = taken.observed
      state.notBefore = taken.notBefore
    }
    forgetGone(news, record, landscape.setOf(state.path)?.record.token)
    return { record, observed: withNews(observed ?? emptyObservation(state.path, now), news, now) }
  }

  #apply(state: SlotState, verdict: Verdict, context: Context): void {
    const { landscape, ports } = this.#bench
    const { turn, now, observed } = context
    const before = state.condition
    const stepsBefore = stepTokens(state.record)
    const { trouble } = state.record
    const leavingBefore = state.record.leaving.length
    const changed = { record: verdict.record !== state.record, observed: observed !== state.observed }
    if (changed.record || changed.observed || isSpreadByPlace(state.node)) {
      this.#bench.request(landscape.change(state, { record: verdict.record, observed }, now))
    }
    if (changed.record) {
      this.#tellStepsOver(state, stepsBefore, turn)
      turn.put(KEYS.slot(landscape.desired.id, state.path), verdict.record)
      state.stored = true
    }
    this.#release(state, before)
    if (state.record.leaving.length < leavingBefore) this.#holdings.releaseUndeclared()
    if (isAside(state.condition) !== isAside(before)) this.#countAgain(state)
    this.#showAndTell(state, before, { ...context, observedChanged: changed.observed, trouble })
    for (const holding of verdict.holdings) this.#holdings.add(holding, turn)
    this.#announce(state, verdict, turn)
    noteWaits(state, verdict, now)
    this.#bench.settle(state.path, verdict.settled, verdict.wakeAt)
    if (!verdict.settled && mayShowNews(state)) ports.heat(state.path, state)
  }

  #tellStepsOver(state: SlotState, before: readonly string[], turn: Turn): void {
    const now = stepTokens(state.record)
    if (before.some((token) => !now.includes(token)))
      turn.after.push(() => {
        this.#bench.ports.stepOver(state)
      })
  }

  /** Nothing of it is there any more, or is to be: what was never begun may hold a volume all the same. */
  #release({ path, record, node, condition }: SlotState, before: Condition): void {
    const { landscape } = this.#bench
    const unwanted = record.retired !== undefined || node === undefined || landscape.desired.wish === 'gone'
    const isOver = condition.gone && (!before.gone || unwanted)
    if (isOver || (unwanted && landscape.setOf(path) !== undefined)) this.#holdings.release(path)
  }

  /** One member more or less counts: another one takes its place, or one too many goes. */
  #countAgain({ role }: SlotState): void {
    if (role !== undefined) this.#bench.request([role])
  }

  /** A member goes because it never came up: another takes its place, and how often that was so is in its role's record. */
  #noteDiscarded({ role: path, path: own }: SlotState, turn: Turn): void {
    const { landscape } = this.#bench
    const role = path === undefined ? undefined : landscape.roles.get(path)
    if (role === undefined) return
    const { id, recovery } = landscape.desired
    const { discarded } = role.record
    const count = discarded?.recovery === recovery ? discarded.count + 1 : 1
    role.record = copyWith(role.record, { discarded: { count, recovery } })
    turn.put(KEYS.role(id, role.path), role.record)
    this.#bench.request([role.path, ...[...landscape.slotsWithin(own)].map((inside) => inside.path)])
  }

  /** How an attempt came out in one of several zones is in its role's record: others go elsewhere where too many have failed. */
  #noteTry(state: SlotState, before: Turned, turn: Turn): void {
    const { landscape, now } = this.#bench
    const role = state.role === undefined ? undefined : landscape.roles.get(state.role)
    const after = { record: state.record, up: state.condition.up }
    const found = role === undefined ? undefined : newTry(state.node, before, after, now)
    if (role === undefined || found === undefined) return
    const { within } = role.node?.spec.members?.zoneFailure ?? ZONE_FAILURE
    role.record = withTry(role.record, found, within)
    turn.put(KEYS.role(landscape.desired.id, role.path), role.record)
  }

  #announce(state: SlotState, verdict: Verdict, turn: Turn): void {
    for (const step of verdict.steps) {
      state.underWay = [...state.underWay, step.incarnation]
      state.touched = this.#bench.landscape.nextTouch()
      if (BEGINNINGS.has(step.announcement.kind)) state.begunAt = this.#bench.now
      turn.steps.push(step)
    }
  }

  /** How often something has failed is told though it is shown as before: its former incarnation may serve meanwhile. */
  #showAndTell(
    state: SlotState,
    before: Condition,
    context: Context & { readonly observedChanged: boolean; readonly trouble: Trouble | undefined },
  ): void {
    const isToldNow = hasMoved(state)
    this.#show(state, before, context)
    const { attempts } = state.record.trouble ?? NO_TROUBLE
    if (!isToldNow && attempts !== (context.trouble ?? NO_TROUBLE).attempts)
      this.#tell(state, before, context.turn)
  }

  /** Keeps the shown state beside the observation when either changed. */
  #show(state: SlotState, before: Condition, context: Context & { readonly observedChanged: boolean }): void {
    const { turn, now } = context
    const moved = hasMoved(state)
    if (!moved && !context.observedChanged) return
    if (!state.stored && state.observed === undefined) return
    const shown = shownState(state, now)
    state.observed = copyWith(state.observed ?? emptyObservation(state.path, now), { at: now, shown })
    state.since = shown.since
    turn.put(KEYS.seen(this.#bench.landscape.desired.id, state.path), state.observed)
    if (moved) this.#tell(state, before, turn)
    else
      turn.after.push(() => {
        this.#bench.ports.observedChanged(state)
      })
  }

  #tell(state: SlotState, before: Condition, turn: Turn): void {
    turn.after.push(() => {
      this.#bench.ports.conditionChanged(state, before)
    })
  }

  #forget(state: SlotState, turn: Turn): void {
    const { landscape, wakes } = this.#bench
    const { id } = landscape.desired
    const before = state.condition
    this.#bench.request(landscape.removeSlot(state))
    wakes.delete(state.path)
    turn.delete(KEYS.slot(id, state.path))
    turn.delete(KEYS.seen(id, state.path))
    if (state.role !== undefined) this.#bench.request([state.role])
    this.#holdings.release(state.path)
    state.condition = { ...before, state: 'gone', up: false, quiet: true, gone: true }
    this.#tell(state, before, turn)
  }
}

/** What was seen of an incarnation just before its removal was answered says nothing any more. */
function forgetGone(news: News, record: SlotRecord, set: string | undefined): void {
  const tokens = new Set([...incarnations(record).map(machineToken), set])
  for (const token of news.resources.keys()) if (!tokens.has(token)) news.resources.delete(token)
  const unseen = Object.entries(news.unseen ?? {}).filter(([token]) => tokens.has(token))
  if (news.unseen !== undefined) news.unseen = Object.fromEntries(unseen)
}

/** What goes on being waited for is waited for since it was first told. */
function noteWaits(state: SlotState, { waits, since }: Verdict, now: number): void {
  const before = state.waitsSince
  state.waits = orNone(waits)
  if (waits.length > 0)
    state.waitsSince = Object.fromEntries(waits.map((wait) => [wait, since[wait] ?? before[wait] ?? now]))
}

function stepTokens(record: SlotRecord): readonly string[] {
  return incarnations(record).flatMap(({ step }) => step?.token ?? [])
}

function isAside({ state }: Condition): boolean {
  return state === 'quarantined'
}

/** Entities at rest share one empty list. */
function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list
}

const NONE: readonly never[] = []

const NO_TROUBLE: Pick<Trouble, 'attempts'> = { attempts: 0 }

/** Steps by which something comes to serve. */
const BEGINNINGS: ReadonlySet<StepKind> = new Set<StepKind>(['ensure', 'boot', 'launch'])

interface Context {
  readonly observed: ObservedRecord | undefined
  readonly turn: Turn
  readonly now: number
}

/** Whether looking could tell something: what a call is under way for is looked at when that has been answered. */
function mayShowNews({ record, underWay }: SlotState): boolean {
  return incarnations(record).some((one) => !underWay.includes(one.number))
}

function hasMoved({ observed, condition }: SlotState): boolean {
  const shown = observed?.shown
  if (shown === undefined) return true
  return shown.state !== condition.state || shown.up !== condition.up || shown.reason !== condition.reason
}

/** The state as shown; its time is that of the last change of state, not of reason. */
function shownState({ observed, condition }: SlotState, now: number): ShownState {
  const { state, up, reason } = condition
  const shown = observed?.shown
  const same = shown?.state === state && shown.up === up
  return { state, up, reason, since: same ? shown.since : now }
}
