import type { HoldingRecord, Trouble } from '../entity/allocation.js'
import type { FailureRecord } from '../support/failure.js'
import { oneMoreFailure } from '../task/retry.js'
import { decideHolding } from './holding.js'
import { KEYS } from './keys.js'
import type { HoldingState } from './landscape.js'
import type { StepOutcome } from './step.js'
import type { Turn } from './turn.js'
import { worldFor } from './tracked-world.js'
import type { Workbench } from './workbench.js'

/** Milliseconds before a "not now" is asked about again, where the far end names no time. */
const ASK_AGAIN = 500

/** Keeps networks and volumes: made before their first user, gone with the last. */
export class HoldingKeeper {
  readonly #bench: Workbench

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  /** Puts a new one into the books. */
  add(record: HoldingRecord, turn: Turn): void {
    const { landscape } = this.#bench
    if (landscape.holdings.has(record.id)) return
    landscape.addHolding(record)
    turn.put(KEYS.holding(landscape.desired.id, record.id), record)
    this.#bench.begin(record.id)
  }

  /** Nothing is left of a slot: what followed it, and what all share, may go. */
  release(path: string): void {
    const { landscape } = this.#bench
    this.#bench.request(landscape.ownedBy(path))
    if (landscape.existing === 0) this.#bench.request(landscape.ownedBy(''))
  }

  look(id: string, turn: Turn): void {
    const { landscape, ports, now } = this.#bench
    const state = landscape.holdings.get(id)
    if (state === undefined) return
    this.#hear(state, turn, now)
    const wanted = this.#isWanted(state.record)
    const verdict = decideHolding({ ...state, wanted }, worldFor(id, now, ports.sources))
    if (verdict.forget) {
      this.#forget(state, turn)
      return
    }
    if (verdict.record !== state.record) {
      state.record = verdict.record
      turn.put(KEYS.holding(landscape.desired.id, id), verdict.record)
    }
    if (verdict.steps.length > 0) {
      state.underWay = true
      state.touched = landscape.nextTouch()
    }
    turn.steps.push(...verdict.steps)
    this.#bench.settle(id, verdict.settled, verdict.wakeAt)
  }

  /** Networks stay while anything may need them; volumes follow their slot. */
  #isWanted({ owner }: HoldingRecord): boolean {
    const { landscape } = this.#bench
    const { wish } = landscape.desired
    if (owner === '') return wish !== 'gone' || landscape.existing > 0
    const slot = landscape.slots.get(owner)
    if (slot === undefined) return false
    return (
      !slot.condition.gone ||
      (wish !== 'gone' && slot.record.retired === undefined && slot.node !== undefined)
    )
  }

  #hear(state: HoldingState, turn: Turn, now: number): void {
    const { landscape, news } = this.#bench
    const { id } = state.record
    const heard = news.take(id)
    if (heard === undefined) return
    for (const outcome of heard.outcomes) this.#takeOutcome(state, outcome, now)
    for (const seen of heard.resources.values()) state.seen = seen
    if (heard.outcomes.length > 0) turn.put(KEYS.holding(landscape.desired.id, id), state.record)
    this.#bench.request(landscape.notify(id))
  }

  #takeOutcome(state: HoldingState, { answer, step }: StepOutcome, now: number): void {
    state.underWay = false
    state.seen = undefined
    switch (answer.kind) {
      case 'pending':
        state.notBefore = now + ASK_AGAIN
        return
      case 'not-ready':
        state.notBefore = now + (answer.retryAfter ?? ASK_AGAIN)
        return
      case 'unknown':
      case 'refused':
        this.#trouble(state, answer.failure, now)
        return
      case 'conflict':
        this.#trouble(
          state,
          { cause: 'conflict', retry: 'never', message: `its name is held by ${answer.holder}` },
          now,
        )
        return
      default:
        this.#done(state, step.announcement.kind === 'destroy' ? 'gone' : 'present')
    }
  }

  #done(state: HoldingState, stage: HoldingRecord['stage']): void {
    const { step: _step, trouble: _trouble, ...record } = state.record
    this.#bench.landscape.troubled.delete(record.id)
    state.record = { ...record, stage }
  }

  #trouble(state: HoldingState, failure: FailureRecord, now: number): void {
    const { landscape, ports } = this.#bench
    const how = { now, jitter: ports.sources.jitter(), recovery: landscape.desired.recovery }
    const trouble: Trouble = oneMoreFailure(state.record.trouble, failure, how)
    landscape.troubled.add(state.record.id)
    state.record = { ...state.record, trouble }
  }

  #forget(state: HoldingState, turn: Turn): void {
    const { landscape } = this.#bench
    const { id, owner } = state.record
    turn.delete(KEYS.holding(landscape.desired.id, id))
    this.#bench.request(landscape.removeHolding(state))
    if (owner !== '') this.#bench.request([owner])
  }
}
