import type { Announcement, Incarnation } from '../../entity/allocation.js'
import { ANY_MEMBER, pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { graceOf, refOf } from '../calls/call.js'
import { machineOf } from '../facts/condition.js'
import type { SlotDraft } from './draft.js'
import { endRun, finishStopCommand, hasLiveRun, withoutStep } from './end-run.js'
import { whyUnwanted } from './gap.js'
import { successors } from '../facts/order.js'
import { versionAt } from '../facts/rollout.js'
import { isDrained } from './spread.js'

/** Takes an incarnation on its way out one step further: stop command, end of its run, removal. */
export function retire(draft: SlotDraft, one: Incarnation): void {
  draft.settled = false
  if (one.stage === 'ready' || draft.slot.isUnderWay(one.number)) return
  if (one.stage === 'retiring' && draft.isForced) {
    remove(draft, copyWith(withoutStep(one), { stage: 'removing' }))
    return
  }
  if (one.step !== undefined && isEnding(one.step)) {
    finishStopCommand(draft, one, reasonOf(one))
    return
  }
  if (!mayGo(draft, one)) return
  if (one.stage === 'retiring') endRun(draft, withoutStep(one), reasonOf(one))
  else remove(draft, withoutStep(one))
}

/** What serves ends in its turn, and nothing goes that traffic is still sent to. */
function mayGo(draft: SlotDraft, one: Incarnation): boolean {
  return (one.stage !== 'retiring' || mayEnd(draft, one)) && isDrained(draft, one) && isLeft(draft, one)
}

/** What works on a machine leaves it before that goes, unless that is gone already. */
function isLeft(draft: SlotDraft, one: Incarnation): boolean {
  const { slot, world } = draft
  if (slot.node?.spec.sharesMachine !== true || draft.isForced) return true
  if (machineOf(one, slot.observed)?.state !== 'running' || !world.hasGuests(slot.path, one.token))
    return true
  draft.wait('what works on its machine leaves first')
  return false
}

function mayStop(draft: SlotDraft, current: Incarnation): boolean {
  return mayEnd(draft, current) && isDrained(draft, current) && isUnused(draft)
}

/** What works on a machine ends before that is stopped. */
function isUnused(draft: SlotDraft): boolean {
  const { slot, world } = draft
  if (slot.node?.spec.sharesMachine !== true || world.childrenQuiet(slot.path)) return true
  draft.wait('what works on its machine ends first')
  return false
}

/** Stops what runs on the current incarnation and keeps its machine. */
export function stopCurrent(draft: SlotDraft, current: Incarnation): void {
  draft.settled = false
  if (draft.slot.isUnderWay(current.number)) return
  if (current.step !== undefined && isEnding(current.step)) {
    finishStopCommand(draft, current, reasonOf(current))
    return
  }
  if (!draft.isSteady()) return
  if (current.stage === 'creating') {
    draft.put(withoutStep(current))
    draft.leave('stopped before it existed', 'removing')
    return
  }
  if (!mayStop(draft, current)) return
  const one = withoutStep(current)
  draft.put(one)
  if (hasLiveRun(one)) endRun(draft, one, reasonOf(one))
  else halt(draft, one)
}

function isEnding(step: Announcement): boolean {
  return (
    step.kind === 'stop-command' || step.kind === 'end-run' || step.kind === 'halt' || step.kind === 'destroy'
  )
}

function reasonOf({ leaves }: Incarnation): string {
  return leaves ?? 'to be stopped'
}

function halt(draft: SlotDraft, one: Incarnation): void {
  const machine = machineOf(one, draft.slot.observed)
  const stoppable = draft.world.capabilities(one.location)?.stoppable !== false
  if (machine?.state !== 'running' || !stoppable || one.on !== undefined) return
  draft.announce(
    one,
    { kind: 'halt', token: one.token, digest: one.digest, reason: 'to be stopped' },
    { verb: 'stop', ref: refOf(one, one.generation + 1), grace: graceOf(draft.world, draft.slot.path) },
  )
}

function remove(draft: SlotDraft, one: Incarnation): void {
  if (!mayRemove(draft, one)) return
  if (one.on !== undefined) {
    leaveMachine(draft, one)
    return
  }
  draft.put(one)
  const wanted = {
    kind: 'destroy',
    token: one.token,
    digest: one.digest,
    reason: one.leaves ?? 'no longer wanted',
  } as const
  draft.announce(one, wanted, { verb: 'destroy', ref: refOf(one, one.generation + 1) })
}

/** The machine is another's and stays. It is shown to be on its way out before nothing is left of it. */
function leaveMachine(draft: SlotDraft, one: Incarnation): void {
  const shown = draft.slot.record.leaving.find(({ number }) => number === one.number)
  if (shown?.stage === 'removing') draft.drop(one)
  else {
    draft.put(withoutStep(one))
    draft.lookAgain()
  }
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
  const tree = world.tree(versionAt(world.desired, slot.path))
  const node = tree.at(slot.path) ?? nodeOf(draft, one)
  if (node === undefined) return []
  return successors(tree, node)
    .filter((later) => !later.pattern.startsWith(`${node.pattern}/${ANY_MEMBER}`))
    .map((later) => pathSeenFrom(later, slot.path))
}

function nodeOf(draft: SlotDraft, one: Incarnation): SpecNode | undefined {
  return draft.world.tree(one.version).at(draft.slot.path) ?? draft.slot.node
}
