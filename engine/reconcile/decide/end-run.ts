import type { Announcement, Incarnation } from '../../entity/allocation.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { callAhead, phaseWork } from '../calls/call.js'
import { machineOf, runStateOf, serviceKind } from '../facts/condition.js'
import type { SlotDraft } from './draft.js'
import type { Wanted } from '../facts/step.js'
import { throughGates } from './gates.js'
import { resume } from './resume.js'
import type { StepCall } from '../facts/step.js'

/** Nothing holds back what goes by force, or what has begun to end. */
function isOnItsWayOut(draft: SlotDraft, { phases, run }: Incarnation): boolean {
  return draft.isForced || run?.stage === 'ending' || phases['stop'] === run?.token
}

/** Runs the stop command if there is one, then ends the run. */
export function endRun(draft: SlotDraft, one: Incarnation, reason: string): void {
  draft.put(one)
  if (!hasLiveRun(one)) return
  const through = isOnItsWayOut(draft, one) ? one : throughGates(draft, one, ['stop'])
  if (through === undefined) return
  const command = stopCommandDue(draft, through)
  if (command === undefined) endAtOnce(draft, through, reason)
  else draft.announce(through, command.wanted, command.call)
}

/** Ends the run once its stop command is over; that may fail or take too long: the run is ended all the same. */
export function finishStopCommand(draft: SlotDraft, one: Incarnation, reason: string): void {
  if (one.step?.kind !== 'stop-command' || !isOver(draft, one, one.step)) {
    resume(draft, one)
    return
  }
  draft.settled = false
  endRun(draft, copyWith(withoutStep(one), { phases: { ...one.phases, stop: one.run?.token ?? '' } }), reason)
}

/** One that nobody has seen begin, and that the document has no more or cannot say now, is not waited for. */
function isOver({ slot, world }: SlotDraft, one: Incarnation, { token }: Announcement): boolean {
  const run = runStateOf(machineOf(one, slot.observed), token)
  if (run !== undefined) return run.state !== 'running'
  return phaseWork('stop', one, slot, world)?.kind !== 'ready'
}

/** Whether a run of it has begun and is not known to have ended. */
export function hasLiveRun({ run }: Incarnation): boolean {
  return run !== undefined && run.stage !== 'ended'
}

/** An incarnation whose announced step is over. */
export function withoutStep(one: Incarnation): Incarnation {
  const { step: _step, ...rest } = one
  return rest
}

function endAtOnce(draft: SlotDraft, one: Incarnation, reason: string): void {
  const { run } = one
  if (run === undefined) return
  const next = copyWith(one, { run: copyWith(run, { stage: 'ending' }) })
  const node = nodeOf(draft, one)
  const process = node !== undefined && serviceKind(node) === 'process'
  if (!process && one.on !== undefined) {
    // Nothing of its own runs: the machine is another's.
    const stage = run.stage === 'ending' ? 'ended' : 'ending'
    draft.put(copyWith(one, { run: copyWith(run, { stage }) }))
    draft.lookAgain()
    return
  }
  const wanted = { kind: process ? 'end-run' : 'halt', token: run.token, digest: run.digest, reason } as const
  const call = callAhead(wanted, next, draft.slot, draft.world)
  if (call.kind !== 'ready') return
  draft.put(next)
  draft.announce(next, wanted, call.value)
}

/** As it was launched. */
function nodeOf(draft: SlotDraft, { run, version }: Incarnation): SpecNode | undefined {
  return draft.world.tree(run?.version ?? version).at(draft.slot.path) ?? draft.slot.node
}

function stopCommandDue(
  draft: SlotDraft,
  one: Incarnation,
): { readonly wanted: Wanted; readonly call: StepCall } | undefined {
  const { world, slot } = draft
  if (draft.isForced || one.run === undefined || one.phases['stop'] === one.run.token) return undefined
  if (machineOf(one, slot.observed)?.state !== 'running') return undefined
  const work = phaseWork('stop', one, slot, world)
  if (work?.kind !== 'ready') return undefined
  const token = `${one.token}-stop-${one.generation + 1}`
  const wanted = {
    kind: 'stop-command',
    phase: 'stop',
    token,
    digest: work.value.digest,
    reason: 'in good order',
  } as const
  const call = callAhead(wanted, one, slot, world)
  return call.kind === 'ready' ? { wanted, call: call.value } : undefined
}
