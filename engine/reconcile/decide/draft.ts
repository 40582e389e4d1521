import type { Announcement, Incarnation, SlotRecord, Trouble } from '../../entity/allocation.js'
import type { Wish } from '../../entity/desired.js'
import type { HoldingRecord } from '../../entity/allocation.js'
import { copyWith } from '../../support/copy.js'
import type { FailureRecord } from '../../support/failure.js'
import { sameJson } from '../../support/json.js'
import { shownSpan } from '../../support/span.js'
import { oneMoreFailure, retrySpecOf } from '../../task/retry.js'
import { isGivenUp, isSetAside } from '../facts/verdicts.js'
import { isForced } from '../facts/removal.js'
import { restOf, wishAt } from '../facts/rest.js'
import type { Shaped } from '../calls/shape.js'
import type { Step, StepCall, Wanted } from '../facts/step.js'
import type { SlotFacts, World } from '../facts/world.js'

/** What was decided about one slot. */
export interface Verdict {
  /** The record as it shall be; the same object when nothing of it changes. */
  readonly record: SlotRecord
  /** Steps announced in that record, to be taken once it is durable. */
  readonly steps: readonly Step[]
  /** Networks and volumes that must be made first. */
  readonly holdings: readonly HoldingRecord[]
  /** What it waits for, in words. */
  readonly waits: readonly string[]
  /** Since when it waits, for those of which that is in the record. */
  readonly since: { readonly [reason: string]: number }
  /** When to look again even if nothing changes; 0 for not. */
  readonly wakeAt: number
  /** Whether it is as wanted. */
  readonly settled: boolean
  /** Whether nothing is left and its records go. */
  readonly forget: boolean
}

/**
 * A verdict in the making. Deciding functions change `record` only through it, by putting frozen values in place of
 * others.
 */
export class SlotDraft {
  readonly slot: SlotFacts
  readonly world: World
  record: SlotRecord
  readonly steps: Step[] = []
  readonly holdings: HoldingRecord[] = []
  readonly waits: string[] = []
  wakeAt = 0
  settled = true
  readonly #since: { [reason: string]: number } = {}
  readonly #open: { [key: string]: number } = {}

  constructor(slot: SlotFacts, world: World) {
    this.slot = slot
    this.world = world
    this.record = slot.record
  }

  /** What is wished of this slot. */
  get wish(): Wish {
    return wishAt(this.world.desired, this.slot.path)
  }

  /** Whether it goes without anything being ended in good order. */
  get isForced(): boolean {
    return isForced(this.world.desired, this.slot.path)
  }

  /** The facts as the draft has them now. */
  facts(): SlotFacts {
    const { slot, record } = this
    return {
      path: slot.path,
      record,
      observed: slot.observed,
      node: slot.node,
      role: slot.role,
      notBefore: slot.notBefore,
      begunAt: slot.begunAt,
      isUnderWay: (incarnation) => slot.isUnderWay(incarnation),
      isMissed: (token) => slot.isMissed(token),
    }
  }

  /** Notes that something is missing, and for whom to look again. */
  wait(reason: string, wakeAt = 0): void {
    this.settled = false
    if (!this.waits.includes(reason)) this.waits.push(reason)
    this.wake(wakeAt)
  }

  /**
   * Notes what is missing for as long as that may be: `key` names it for the whole of the wait. False once it has lasted
   * so long; the next one begins anew.
   */
  waitWithin(limit: { readonly key: string; readonly within: number }, reason: string): boolean {
    const { now } = this.world
    const since = this.record.waiting?.[limit.key] ?? now
    if (now >= since + limit.within) return false
    this.#open[limit.key] = since
    this.#since[reason] = since
    this.wait(reason, since + limit.within)
    return true
  }

  /** Forgets since when was waited for what is waited for no more. */
  forgetWaits(): void {
    const { waiting, ...rest } = this.record
    const open = this.#open
    if (Object.keys(open).length > 0) {
      if (!sameJson(waiting ?? {}, open)) this.record = copyWith<SlotRecord>(rest, { waiting: open })
    } else if (waiting !== undefined) this.record = rest
  }

  /**
   * Whether what was begun may be ended for a wish: not at once after its beginning, so that of a thousand wishes in a
   * second two are met at most.
   */
  isSteady(): boolean {
    const steadyAt = this.slot.begunAt + this.world.steadyFor
    if (this.world.now >= steadyAt) return true
    this.wait('it was begun a moment ago', steadyAt)
    return false
  }

  /** Asks to be looked at again at `at`, if not sooner. */
  wake(at: number): void {
    if (at > 0 && (this.wakeAt === 0 || at < this.wakeAt)) this.wakeAt = at
  }

  /** Puts an incarnation in the place of the one with its number. */
  put(incarnation: Incarnation): void {
    const { current, leaving } = this.record
    if (current?.number === incarnation.number) this.record = copyWith(this.record, { current: incarnation })
    else
      this.record = copyWith(this.record, {
        leaving: leaving.map((one) => (one.number === incarnation.number ? incarnation : one)),
      })
  }

  /** Moves the current incarnation to those that leave. */
  leave(reason: string, stage: Incarnation['stage']): void {
    const { current, ...rest } = this.record
    if (current === undefined) return
    const leaving = [...rest.leaving, copyWith(current, { leaves: reason, stage })]
    this.record = copyWith<SlotRecord>(rest, { leaving })
  }

  /** Asks to be looked at again at once: its record alone has changed, which nobody tells. */
  lookAgain(): void {
    this.settled = false
    this.wake(this.world.now)
  }

  /** Takes out an incarnation of which nothing is there. */
  drop({ number }: Incarnation): void {
    this.lookAgain()
    const leaving = this.record.leaving.filter((one) => one.number !== number)
    this.record = copyWith(this.record, { leaving })
  }

  /** How the current incarnation goes: gracefully when a service may be running, at once when nothing can be. */
  wayOut(): 'retiring' | 'removing' {
    const { current } = this.record
    const isAbrupt = this.isForced || restOf(this.world.desired, this.slot.path)?.abrupt === true
    const graceful = current?.run !== undefined && current.run.stage !== 'ended' && !isAbrupt
    return graceful && current.stage !== 'creating' ? 'retiring' : 'removing'
  }

  /** Counts a failure. */
  fail(failure: FailureRecord): void {
    this.settled = false
    this.record = copyWith(this.record, { trouble: this.#moreTrouble(failure) })
  }

  /** Forgets what went wrong. */
  clearTrouble(): void {
    const { trouble, ...rest } = this.record
    if (trouble !== undefined) this.record = rest
  }

  /** Announces a step for an incarnation; its call is taken once the record is durable. */
  announce(incarnation: Incarnation, wanted: Wanted, call: StepCall): void {
    const announcement: Announcement = {
      generation: incarnation.generation + 1,
      at: this.world.now,
      attempt: (this.record.trouble?.attempts ?? 0) + 1,
      desired: this.world.desired.generation,
      ...wanted,
    }
    const stepped = copyWith(incarnation, { generation: announcement.generation, step: announcement })
    this.put(stepped)
    this.#take(stepped, announcement, call)
  }

  /** Takes an announced step (again): after a restart, an unknown outcome, or a "not now". */
  repeat(incarnation: Incarnation, step: Announcement, call: Shaped<StepCall>): void {
    this.settled = false
    if (call.kind === 'ready') this.#take(incarnation, step, call.value)
    else this.unready(call)
  }

  /** Notes what something still waits for, that this took too long, or that it can never be. */
  unready(unready: Shaped<unknown>, before = ''): void {
    this.settled = false
    if (unready.kind === 'ready') return
    if (unready.kind === 'failed') {
      this.fail({ cause: 'invalid', retry: 'never', message: `${before}${unready.reason}` })
      return
    }
    for (const on of unready.on) this.wait(`${before}${on}`)
    for (const { on, ...limit } of unready.limits ?? []) {
      if (this.waitWithin(limit, `${before}${on}`)) continue
      const message = `${before}${on}; it was waited for ${shownSpan(limit.within)} and no longer`
      this.fail({ cause: 'timeout', retry: 'soon', message })
      this.wake(this.record.trouble?.retryAt ?? 0)
    }
  }

  /** The finished verdict. */
  verdict(forget = false): Verdict {
    const { record, steps, holdings, waits, wakeAt, settled } = this
    return {
      record,
      steps,
      holdings,
      waits,
      since: this.#since,
      wakeAt,
      settled: settled && steps.length === 0 && holdings.length === 0,
      forget,
    }
  }

  #take(incarnation: Incarnation, announcement: Announcement, call: StepCall): void {
    const { location, number } = incarnation
    this.settled = false
    this.steps.push({ key: this.slot.path, incarnation: number, location, announcement, call })
  }

  #moreTrouble(failure: FailureRecord): Trouble {
    const { world, record, slot } = this
    const trouble = oneMoreFailure(record.trouble, failure, {
      now: world.now,
      jitter: world.jitter(),
      recovery: world.desired.recovery,
      spec: slot.node === undefined ? undefined : retrySpecOf(slot.node.spec),
      wasUp: record.upSerial === world.desired.serial,
    })
    // What is set aside or given up stays so until somebody recovers it, whatever its end still meets.
    const { verdict } = record.trouble ?? {}
    const stays = isSetAside({ record }, world) || isGivenUp({ record }, world)
    return stays && verdict !== undefined ? { ...trouble, verdict } : trouble
  }
}
