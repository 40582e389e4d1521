import type { Announcement, Incarnation } from '../../entity/allocation.js'
import type { ObservedRecord } from '../../entity/observation.js'
import type { ResourceState, RunState } from '../../entity/resource.js'
import type { CommandAnswer, EnsureAnswer, RunAnswer } from '../../ports/location.js'
import { copyWith } from '../../support/copy.js'
import { nameTaken, type FailureRecord } from '../../support/failure.js'
import { incarnations, machineOf } from '../facts/condition.js'
import { SlotDraft } from './draft.js'
import { machineToken } from '../facts/shared-machine.js'
import { withResource } from '../facts/resources.js'
import type { StepOutcome } from '../facts/step.js'
import type { SlotFacts, World } from '../facts/world.js'

/** What an outcome makes of a slot's books. */
export interface TakenOutcome {
  readonly record: SlotFacts['record']
  readonly observed: ObservedRecord
  /** Earliest time for repeating the step, where the far end asked for one; 0 otherwise. */
  readonly notBefore: number
}

/** Milliseconds before a "not now" or "begun" is asked about again, where the far end names no time. */
const ASK_AGAIN = 500

/** Takes in what came back for a step. An unknown outcome keeps the announcement: it is looked up, never assumed. */
export function takeOutcome(slot: SlotFacts, outcome: StepOutcome, world: World): TakenOutcome {
  const draft = new SlotDraft(slot, world)
  const observed = slot.observed ?? {
    kind: 'observed',
    path: slot.path,
    at: world.now,
    resources: [],
    attributes: {},
  }
  const taker = new Taker(draft, observed, outcome)
  taker.take()
  return { record: draft.record, observed: taker.observed, notBefore: taker.notBefore }
}

class Taker {
  observed: ObservedRecord
  notBefore = 0
  readonly #draft: SlotDraft
  readonly #outcome: StepOutcome

  constructor(draft: SlotDraft, observed: ObservedRecord, outcome: StepOutcome) {
    this.#draft = draft
    this.observed = observed
    this.#outcome = outcome
  }

  take(): void {
    const one = this.#incarnation()
    const { answer } = this.#outcome
    if (one === undefined) return
    this.#see()
    if (one.step?.generation !== this.#outcome.step.announcement.generation) return
    if (answer.kind === 'not-ready') this.#askAgain(answer.retryAfter)
    else if (answer.kind === 'pending') this.#begun(one)
    else if (answer.kind === 'unknown') this.#draft.fail(answer.failure)
    else if (answer.kind === 'refused') this.#refused(one, answer.failure)
    else if (answer.kind === 'conflict') this.#refused(one, nameTaken(answer.holder))
    else this.#done(one, answer)
  }

  #incarnation(): Incarnation | undefined {
    return incarnations(this.#draft.record).find((one) => one.number === this.#outcome.step.incarnation)
  }

  #see(): void {
    const { seen } = this.#outcome
    if (seen !== undefined) this.observed = withResource(this.observed, seen.token, seen, this.#now())
  }

  #askAgain(retryAfter: number | undefined): void {
    this.notBefore = this.#now() + (retryAfter ?? ASK_AGAIN)
  }

  #begun(one: Incarnation): void {
    this.notBefore = this.#now() + ASK_AGAIN
    if (one.step?.kind !== 'ensure' || machineOf(one, this.observed) !== undefined) return
    const creating: ResourceState = { token: one.token, kind: 'machine', state: 'creating' }
    this.observed = withResource(this.observed, one.token, creating, this.#now())
  }

  /** Certainly not done. What makes things ends here; what ends things is kept and tried again. */
  #refused(one: Incarnation, failure: FailureRecord): void {
    // Where it works on another's machine, that was told something meanwhile: it is asked again as of now.
    if (one.on !== undefined && failure.cause === 'stale') this.#askAgain(undefined)
    else this.#failed(one, failure)
  }

  #failed(one: Incarnation, failure: FailureRecord): void {
    const kind = one.step?.kind
    if (kind === 'ensure') this.#neverWas(one)
    else if (kind === 'launch' || kind === 'boot') this.#clear(one, endedRun(one))
    else if (kind === 'phase' || kind === 'refresh') this.#clear(one, {})
    else if (kind === 'stop-command')
      this.#clear(one, { phases: { ...one.phases, stop: one.run?.token ?? '' } })
    this.#draft.fail(failure)
  }

  #neverWas(one: Incarnation): void {
    const { record } = this.#draft
    if (record.current?.number === one.number) {
      const { current: _current, ...rest } = record
      this.#draft.record = rest
    } else {
      const leaving = record.leaving.filter((other) => other.number !== one.number)
      this.#draft.record = copyWith(record, { leaving })
    }
    this.observed = withResource(this.observed, one.token, undefined, this.#now())
  }

  #done(one: Incarnation, answer: EnsureAnswer | CommandAnswer | RunAnswer): void {
    if ('resource' in answer)
      this.observed = withResource(this.observed, one.token, answer.resource, this.#now())
    if ('run' in answer) this.#ran(one, answer.run)
    const reloads = one.step?.kind === 'refresh' && 'run' in answer
    if (one.step === undefined || reloads) return
    if (this.#outcome.step.call.verb === 'workflow') this.#workflowDone(one, one.step)
    else this.#stepDone(one, one.step)
  }

  /** Its run has ended well. */
  #workflowDone(one: Incarnation, { kind, phase = '', digest }: Announcement): void {
    const done = kind === 'stop-command' ? (one.run?.token ?? '') : digest
    if (kind === 'launch') this.#clear(one, begunRun(one))
    else this.#clear(one, { phases: { ...one.phases, [phase]: done } })
  }

  /** A phase and a stop command are begun, not done: their runs tell when, as a reload's does. */
  #stepDone(one: Incarnation, step: Announcement): void {
    switch (step.kind) {
      case 'phase':
      case 'stop-command':
        return
      case 'ensure':
        this.#clear(one, {})
        return
      case 'boot':
      case 'launch':
        this.#clear(one, begunRun(one))
        return
      case 'end-run':
      case 'halt':
        this.#clear(one, endedRun(one))
        return
      case 'refresh':
        this.#clear(one, refreshedRun(one, step.digest))
        return
      default:
        this.#over(one, step.kind)
    }
  }

  /** It does not run, or is gone: what went wrong on the way there is over. */
  #over(one: Incarnation, kind: 'fence' | 'destroy'): void {
    if (kind === 'destroy') this.#gone(one)
    else {
      this.#clear(one, { fenced: true })
      this.#draft.clearTrouble()
    }
  }

  #ran(one: Incarnation, run: RunState): void {
    const machine = machineOf(one, this.observed) ?? {
      token: machineToken(one),
      kind: 'machine',
      state: 'running',
    }
    const runs = [...(machine.runs ?? []).filter((other) => other.token !== run.token), run]
    this.observed = withResource(this.observed, machine.token, { ...machine, runs }, this.#now())
  }

  #clear(one: Incarnation, change: Partial<Incarnation>): void {
    const { step: _step, ...rest } = one
    this.#draft.put(copyWith<Incarnation>(rest, change))
  }

  #gone(one: Incarnation): void {
    const { record } = this.#draft
    const leaving = record.leaving.filter((other) => other.number !== one.number)
    this.#draft.record = copyWith(record, { leaving })
    this.observed = withResource(this.observed, one.token, undefined, this.#now())
  }

  #now(): number {
    return this.#draft.world.now
  }
}

/** A run whose files are in place, and known to it. */
export function refreshedRun({ run }: Incarnation, files: string): Partial<Incarnation> {
  return run === undefined ? {} : { run: copyWith(run, { files }) }
}

function begunRun({ run }: Incarnation): Partial<Incarnation> {
  return run?.stage === 'launching' ? { run: copyWith(run, { stage: 'launched' }) } : {}
}

function endedRun(one: Incarnation): Partial<Incarnation> {
  return one.run === undefined ? {} : { run: copyWith(one.run, { stage: 'ended' }) }
}
