import type { Incarnation, SlotRecord, StepKind, Trouble } from '../../entity/allocation.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { RunState } from '../../entity/resource.js'
import { judge, valueSubject } from '../../expression/predicate.js'
import { copyWith } from '../../support/copy.js'
import { isOfThePlace } from '../../support/failure.js'
import {
  incarnations,
  isServing,
  machineOf,
  mayRun,
  runStateOf,
  serviceKind,
  serviceOf,
} from '../facts/condition.js'
import type { SlotDraft } from './draft.js'
import { jobDigest } from '../facts/digests.js'
import { whyUnwanted } from './gap.js'
import { givePermitsBack } from './gates.js'
import { noteLoss } from './lost.js'
import { refreshedRun } from './outcome.js'
import { versionAt } from '../facts/rollout.js'
import { newRun } from './serve.js'
import type { SlotFacts } from '../facts/world.js'

/** Milliseconds that something must stay up before its past failures are forgotten. */
const CALM = 10_000

/** Failed attempts in a row before a member that never came up is set aside, and how many of a role may be. */
const QUARANTINE_AFTER = 5
const QUARANTINE_MOST = 2

/**
 * Takes in what the world shows: stages move forward, finished runs become receipts or failures, vanished machines make
 * their incarnation leave. Announces nothing.
 */
export function advance(draft: SlotDraft): void {
  for (const one of incarnations(draft.record)) noteLoss(draft, one)
  const { current } = draft.record
  if (current !== undefined) advanceCurrent(draft, current)
  for (const one of draft.record.leaving) advanceLeaving(draft, one)
  noteUp(draft)
  givePermitsBack(draft)
  // Of what cannot be seen nobody knows whether another one is needed: `onHostLost` decides.
  if (draft.record.current?.lost !== undefined) return
  setAside(draft)
  makeWay(draft)
}

function advanceCurrent(draft: SlotDraft, current: Incarnation): void {
  const { slot } = draft
  const node = slot.node
  if (slot.isUnderWay(current.number)) return
  if (isGone(draft, current)) return
  takeMachine(draft, current)
  takePhase(draft)
  takeReload(draft)
  takeHalt(draft)
  takeOff(draft)
  if (node === undefined) return
  takePhasesDone(draft, node)
  takeRun(draft, node)
}

/**
 * A member that never came up although others do is set aside for inspection, or goes where its failure is none to look into; a
 * few of each role at most.
 */
function setAside(draft: SlotDraft): void {
  const { slot, world, record } = draft
  const { trouble } = record
  if (trouble === undefined || !hasFailedForGood(trouble)) return
  if (slot.role === undefined || record.upSerial === world.desired.serial || !mayQuarantine(slot)) return
  const tally = world.tally(slot.role)
  if (tally.up === 0 || tally.quarantined + world.discarded(slot.role) >= QUARANTINE_MOST) return
  draft.record = isWorthALook(slot, trouble)
    ? copyWith(record, { trouble: copyWith(trouble, { verdict: 'quarantine' }) })
    : copyWith(record, { retired: `it never came up: ${trouble.failure.message}` })
}

/** An incarnation whose retries have run out makes way for another one; when that does not help either, people are told. */
function makeWay(draft: SlotDraft): void {
  const { record, slot } = draft
  const { current, trouble } = record
  if (trouble?.verdict !== 'replace' || (current !== undefined && slot.isUnderWay(current.number))) return
  const { verdict: _verdict, ...past } = trouble
  const replaced = trouble.replaced ?? 0
  const stays = current === undefined || replaced > 0
  draft.record = copyWith(record, {
    trouble: copyWith<Trouble>(past, {
      attempts: 0,
      since: draft.world.now,
      replaced: replaced + 1,
      ...(stays ? { verdict: 'alert' } : {}),
    }),
  })
  if (current !== undefined) draft.leave(`${trouble.attempts} attempts have failed`, draft.wayOut())
}

function hasFailedForGood({ attempts, verdict, failure }: Trouble): boolean {
  return attempts >= QUARANTINE_AFTER && verdict !== 'quarantine' && !isOfThePlace(failure)
}

/** What cannot be judged is looked into. */
function isWorthALook({ node }: SlotFacts, { failure }: Trouble): boolean {
  const filter = node?.parent?.spec.members?.quarantineFilter
  if (filter === undefined) return true
  const { message, cause: kind } = failure
  const verdict = judge(filter, valueSubject({ message, kind }))
  return verdict.kind === 'failed' || verdict.holds
}

function mayQuarantine({ node }: SlotFacts): boolean {
  return node?.parent?.spec.members?.quarantine === true
}

/** A machine that is gone, or of no more use, ends its incarnation. */
function isGone(draft: SlotDraft, current: Incarnation): boolean {
  const machine = machineOf(current, draft.slot.observed)
  const made = current.stage !== 'creating'
  const gone = (made && machine?.state === 'absent') || machine?.state === 'failed'
  if (!gone) return false
  const reason =
    machine.reason ?? (machine.state === 'absent' ? 'its machine is gone' : 'its machine has failed')
  if (current.on === undefined) draft.fail({ cause: 'missing', retry: 'soon', message: reason })
  const { step: _step, ...rest } = current
  draft.put(rest)
  draft.leave(reason, 'removing')
  return true
}

/** The machine came to be after its making was only begun. */
function takeMachine(draft: SlotDraft, current: Incarnation): void {
  const machine = machineOf(current, draft.slot.observed)
  const there = machine?.state === 'running' || machine?.state === 'stopped'
  if (!there || current.stage !== 'creating') return
  const { step: _step, ...rest } = current
  const made = copyWith<Incarnation>(rest, { stage: 'preparing' })
  const { node } = draft.slot
  const runs =
    node !== undefined &&
    serviceKind(node) === 'machine' &&
    machine.state === 'running' &&
    made.run === undefined
  draft.put(
    runs
      ? copyWith(made, {
          run: copyWith(newRun(draft, node, made, 'begun with its machine'), { stage: 'launched' }),
        })
      : made,
  )
}

/** A one-time phase has ended: its receipt is kept, or its failure counted. */
function takePhase(draft: SlotDraft): void {
  const { current } = draft.record
  const step = current?.step
  if (current === undefined || step?.kind !== 'phase' || step.phase === undefined) return
  const run = runStateOf(machineOf(current, draft.slot.observed), step.token)
  if (run === undefined || run.state === 'running') return
  const { step: _step, interrupted: _interrupted, ...rest } = current
  if (run.state === 'exited' && run.exitCode === 0) {
    draft.put(copyWith<Incarnation>(rest, { phases: { ...current.phases, [step.phase]: step.digest } }))
    return
  }
  draft.put(rest)
  draft.fail({ cause: 'command-failed', retry: 'soon', message: `${step.phase} ${howRunEnded(run)}` })
}

/** A reload has ended: the files that it was for are in use, or its failure is counted and it is tried again. */
function takeReload(draft: SlotDraft): void {
  const { current } = draft.record
  if (current?.step?.kind !== 'refresh') return
  const { step, ...rest } = current
  const run = runStateOf(machineOf(current, draft.slot.observed), step.token)
  if (run === undefined || run.state === 'running') return
  if (run.state === 'exited' && run.exitCode === 0) {
    draft.put(copyWith<Incarnation>(rest, refreshedRun(current, step.digest)))
    return
  }
  draft.put(rest)
  draft.fail({ cause: 'command-failed', retry: 'soon', message: `reload ${howRunEnded(run)}` })
}

/** The machine is seen to have stopped before the one who stopped it was answered: nothing on it runs any more. */
function takeHalt(draft: SlotDraft): void {
  const { current } = draft.record
  const kind = current?.step?.kind
  if (current === undefined || (kind !== 'halt' && kind !== 'end-run' && kind !== 'stop-command')) return
  if (machineOf(current, draft.slot.observed)?.state !== 'stopped') return
  const { step: _step, ...rest } = current
  const { run } = current
  draft.put(
    run === undefined ? rest : copyWith<Incarnation>(rest, { run: copyWith(run, { stage: 'ended' }) }),
  )
}

/**
 * Work on a machine that others have turned off goes on when that is on again: a service as another run, a one-time phase
 * under its own token, since it may have left its receipt.
 */
function takeOff(draft: SlotDraft): void {
  const { current } = draft.record
  if (current?.step === undefined || !NEEDS_POWER.has(current.step.kind)) return
  if (machineOf(current, draft.slot.observed)?.state !== 'stopped') return
  const { step, ...rest } = current
  const { phase, token } = step
  draft.put(phase === undefined ? rest : copyWith<Incarnation>(rest, { interrupted: { phase, token } }))
}

const NEEDS_POWER: ReadonlySet<StepKind> = new Set<StepKind>(['phase', 'launch', 'refresh'])

function takePhasesDone(draft: SlotDraft, node: SpecNode): void {
  const { current } = draft.record
  if (current?.stage !== 'preparing' || current.step !== undefined) return
  const machine = machineOf(current, draft.slot.observed)
  const phases = node.spec.software?.phases ?? {}
  const missing = (['install', 'customize'] as const).some(
    (phase) => phases[phase] !== undefined && current.phases[phase] === undefined,
  )
  const booted = machine?.state === 'running'
  if (booted && !missing) draft.put(copyWith(current, { stage: 'ready' }))
}

/** The service has ended by itself: a job's end is its purpose, anything else a failure. */
function takeRun(draft: SlotDraft, node: SpecNode): void {
  const { current } = draft.record
  const run = current?.run
  if (current === undefined || run?.stage !== 'launched' || isBusy(current)) return
  if (node.spec.job !== undefined && takeJob(draft, node, current)) return
  const service = serviceOf(current, node, draft.slot.observed)
  if (service.kind !== 'failed') return
  const { step: _step, ...rest } = current
  draft.put(copyWith<Incarnation>(rest, { run: copyWith(run, { stage: 'ended' }) }))
  if (draft.wish !== 'running') return
  draft.fail({ cause: 'command-failed', retry: 'soon', message: service.reason })
}

/** Whether something is done to it that tells by itself how it ends; a reload ends with the run that it is for. */
function isBusy({ step }: Incarnation): boolean {
  return step !== undefined && step.kind !== 'refresh'
}

function takeJob(draft: SlotDraft, node: SpecNode, current: Incarnation): boolean {
  const machine = machineOf(current, draft.slot.observed)
  const run = current.run
  const ended = run === undefined ? undefined : runStateOf(machine, run.token)
  const exitCode =
    serviceKind(node) === 'process'
      ? exitOf(ended)
      : machine?.state === 'stopped'
        ? machine.exitCode
        : undefined
  if (exitCode !== 0) return false
  const { world, slot } = draft
  const done = jobDigest(world.tree(versionAt(world.desired, slot.path)), node)
  draft.record = copyWith(draft.record, { done })
  draft.leave('its job is done', mayRun(current, draft.slot.observed) ? 'retiring' : 'removing')
  draft.clearTrouble()
  return true
}

function exitOf(run: RunState | undefined): number | undefined {
  return run?.state === 'exited' ? run.exitCode : undefined
}

function advanceLeaving(draft: SlotDraft, one: Incarnation): void {
  const { slot } = draft
  if (slot.isUnderWay(one.number)) return
  if (one.stage === 'ready') advanceServing(draft, one)
  else if (one.stage === 'retiring' && one.step === undefined && hasEnded(one, slot)) {
    draft.put(copyWith(one, { stage: 'removing' }))
  }
}

/** An incarnation that serves until its successor does retires once that is so, or once nobody is to serve. */
function advanceServing(draft: SlotDraft, one: Incarnation): void {
  const { slot, world, record } = draft
  const { node } = slot
  const { current } = record
  const succeeded =
    node !== undefined &&
    current !== undefined &&
    isServing(current, node, slot.observed) &&
    !isWorkedOn(draft, one)
  const unwanted = draft.wish !== 'running' || whyUnwanted(draft.facts(), world) !== undefined
  if (succeeded || unwanted || isHostLeaving(draft, one)) draft.put(copyWith(one, { stage: 'retiring' }))
  else if (machineOf(one, slot.observed)?.state === 'absent') draft.put(copyWith(one, { stage: 'removing' }))
}

/** Others work on its machine still, and go on to its successor's. */
function isWorkedOn({ slot, world }: SlotDraft, one: Incarnation): boolean {
  return slot.node?.spec.sharesMachine === true && world.hasGuests(slot.path, one.token)
}

/** The machine that it works on goes: it is not served on that any longer. */
function isHostLeaving({ world }: SlotDraft, { on }: Incarnation): boolean {
  if (on === undefined) return false
  const { current, leaving = [] } = world.slot(on.path)?.record ?? NO_HOST
  return (
    current?.token !== on.token && !leaving.some((one) => one.token === on.token && one.stage === 'ready')
  )
}

const NO_HOST: Partial<SlotRecord> = {}

function hasEnded(one: Incarnation, slot: SlotFacts): boolean {
  const { run } = one
  if (run === undefined || run.stage === 'ended' || !mayRun(one, slot.observed)) return true
  return slot.node !== undefined && serviceOf(one, slot.node, slot.observed).kind === 'failed'
}

/** Remembers under which wish the slot was up, and forgets past failures after a calm while. */
function noteUp(draft: SlotDraft): void {
  const { slot, world, record } = draft
  const { current, trouble } = record
  if (current === undefined || slot.node === undefined || !isServing(current, slot.node, slot.observed))
    return
  if (record.upSerial !== world.desired.serial)
    draft.record = copyWith(draft.record, { upSerial: world.desired.serial })
  if (trouble === undefined) return
  const calmAt = Math.max(trouble.retryAt, slot.observed?.at ?? 0) + CALM
  if (world.now >= calmAt) draft.clearTrouble()
  else draft.wake(calmAt)
}

function howRunEnded(run: RunState): string {
  if (run.state === 'exited') return `ended with exit code ${run.exitCode ?? '?'}`
  return run.state === 'timed-out' ? 'took longer than its limit' : 'was lost'
}
