import type { Announcement, Incarnation } from '../entity/allocation.js'
import { ANY_MEMBER, pathSeenFrom, type SpecNode } from '../entity/spec-tree.js'
import { copyWith } from '../support/copy.js'
import { callAhead, graceOf, phaseWork, refOf } from './call.js'
import { machineOf, runStateOf } from './condition.js'
import type { SlotDraft, Wanted } from './draft.js'
import { whyUnwanted } from './gap.js'
import { successors } from './order.js'
import { resume } from './realise.js'
import { endRun } from './serve.js'
import type { StepCall } from './step.js'

/** Takes an incarnation on its way out one step further: stop command, end of its run, removal. */
export function retire(draft: SlotDraft, one: Incarnation): void {
  draft.settled = false
  if (one.stage === 'ready' || draft.slot.isUnderWay(one.number)) return
  if (one.stage === 'retiring' && draft.world.desired.force) {
    remove(draft, copyWith(withoutStep(one), { stage: 'removing' }))
    return
  }
  if (one.step !== undefined && isEnding(one.step)) {
    finishStopCommand(draft, one)
    return
  }
  if (one.stage === 'retiring' && !mayEnd(draft, one)) return
  if (one.stage === 'retiring') end(draft, withoutStep(one))
  else remove(draft, withoutStep(one))
}

/** Stops what runs on the current incarnation and keeps its machine. */
export function stopCurrent(draft: SlotDraft, current: Incarnation): void {
  draft.settled = false
  if (draft.slot.isUnderWay(current.number)) return
  if (current.step !== undefined && isEnding(current.step)) {
    finishStopCommand(draft, current)
    return
  }
  if (!draft.isSteady()) return
  if (current.stage === 'creating') {
    draft.put(withoutStep(current))
    draft.leave('stopped before it existed', 'removing')
    return
  }
  if (!mayEnd(draft, current)) return
  const one = withoutStep(current)
  draft.put(one)
  if (hasLiveRun(one)) end(draft, one)
  else halt(draft, one)
}

function hasLiveRun(one: Incarnation): boolean {
  return one.run !== undefined && one.run.stage !== 'ended'
}

function isEnding(step: Announcement): boolean {
  return (
    step.kind === 'stop-command' || step.kind === 'end-run' || step.kind === 'halt' || step.kind === 'destroy'
  )
}

/** A stop command may fail or take too long: the run is ended all the same. */
function finishStopCommand(draft: SlotDraft, one: Incarnation): void {
  const { step } = one
  const run = step === undefined ? undefined : runStateOf(machineOf(one, draft.slot.observed), step.token)
  if (step?.kind !== 'stop-command' || run === undefined || run.state === 'running') {
    resume(draft, one)
    return
  }
  end(draft, copyWith(withoutStep(one), { phases: { ...one.phases, stop: one.run?.token ?? '' } }))
}

/** Runs the stop command if there is one, then ends the run. */
function end(draft: SlotDraft, one: Incarnation): void {
  draft.put(one)
  const node = nodeOf(draft, one)
  if (!hasLiveRun(one)) return
  const command = stopCommandDue(draft, one)
  if (command === undefined) {
    endRun(draft, node, one, one.leaves ?? 'to be stopped')
    return
  }
  draft.announce(one, command.wanted, command.call)
}

function stopCommandDue(
  draft: SlotDraft,
  one: Incarnation,
): { readonly wanted: Wanted; readonly call: StepCall } | undefined {
  const { world, slot } = draft
  if (world.desired.force || one.run === undefined || one.phases['stop'] === one.run.token) return undefined
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

function halt(draft: SlotDraft, one: Incarnation): void {
  const machine = machineOf(one, draft.slot.observed)
  const stoppable = draft.world.capabilities(one.location)?.stoppable !== false
  if (machine?.state !== 'running' || !stoppable) return
  draft.announce(
    one,
    { kind: 'halt', token: one.token, digest: one.digest, reason: 'to be stopped' },
    { verb: 'stop', ref: refOf(one, one.generation + 1), grace: graceOf(draft.world) },
  )
}

function remove(draft: SlotDraft, one: Incarnation): void {
  if (!mayRemove(draft, one)) return
  draft.put(one)
  const wanted = {
    kind: 'destroy',
    token: one.token,
    digest: one.digest,
    reason: one.leaves ?? 'no longer wanted',
  } as const
  draft.announce(one, wanted, { verb: 'destroy', ref: refOf(one, one.generation + 1) })
}

/** A whole landscape stops in reverse order; a single member waits for nobody but what is inside it. */
function mayEnd(draft: SlotDraft, one: Incarnation): boolean {
  if (draft.world.desired.wish === 'running') return true
  return laterOnes(draft, one).every((path) => {
    if (draft.world.isQuiet(path)) return true
    draft.wait(`${path} ends first`)
    return false
  })
}

function mayRemove(draft: SlotDraft, one: Incarnation): boolean {
  const { world, slot } = draft
  // What is inside of a slot that is still wanted goes on while its own machine is replaced.
  const stays = world.desired.wish === 'running' && whyUnwanted(draft.facts(), world) === undefined
  if (!stays && !world.childrenGone(slot.path) && isLast(draft, one)) {
    draft.wait('what is inside it goes first')
    return false
  }
  if (world.desired.wish !== 'gone') return true
  return laterOnes(draft, one).every((path) => {
    if (world.isGone(path)) return true
    draft.wait(`${path} goes first`)
    return false
  })
}

function isLast(draft: SlotDraft, one: Incarnation): boolean {
  return (
    draft.record.current === undefined && draft.record.leaving.every((other) => other.number === one.number)
  )
}

function laterOnes(draft: SlotDraft, one: Incarnation): readonly string[] {
  const { world, slot } = draft
  const tree = world.tree(world.desired.version)
  const node = tree.at(slot.path) ?? nodeOf(draft, one)
  if (node === undefined) return []
  return successors(tree, node)
    .filter((later) => !later.pattern.startsWith(`${node.pattern}/${ANY_MEMBER}`))
    .map((later) => pathSeenFrom(later, slot.path))
}

function nodeOf(draft: SlotDraft, one: Incarnation): SpecNode | undefined {
  return draft.world.tree(one.version).at(draft.slot.path) ?? draft.slot.node
}

function withoutStep(one: Incarnation): Incarnation {
  const { step: _step, ...rest } = one
  return rest
}
