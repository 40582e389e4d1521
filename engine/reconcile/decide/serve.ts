import type { HostMachine, Incarnation, RunAllocation } from '../../entity/allocation.js'
import type { Floor } from '../../entity/desired.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { callAhead, liveFiles, phaseWork, refOf } from '../calls/call.js'
import { machineOf, openTrouble, serviceKind, serviceOf } from '../facts/condition.js'
import { predecessorsUp } from './create.js'
import type { SlotDraft } from './draft.js'
import { endRun } from './end-run.js'
import { throughGates } from './gates.js'
import { formOf } from '../facts/digests.js'
import { mayRetry } from './retry-gate.js'
import { filesDigest } from '../calls/shape.js'
import { versionAt } from '../facts/rollout.js'

/** Whether the machine runs, and counts as a run where it is the service itself. */
export function isBooted(draft: SlotDraft, node: SpecNode, current: Incarnation): boolean {
  const machine = machineOf(current, draft.slot.observed)
  if (serviceKind(node) === 'machine' && (current.run === undefined || current.run.stage === 'ended'))
    return false
  return machine?.state === 'running'
}

/** Starts the machine; where the machine is the service, that is a new run of it. */
export function boot(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  if (!mayRelaunch(draft, node, current) || !predecessorsUp(draft, node)) return
  if (current.on !== undefined) {
    useMachine(draft, node, current, current.on)
    return
  }
  const number = (current.run?.number ?? 0) + 1
  const run = serviceKind(node) === 'machine' ? newRun(draft, node, current, `boot ${number}`) : current.run
  const next = run === undefined ? current : copyWith(current, { run })
  draft.put(next)
  draft.announce(
    next,
    { kind: 'boot', token: current.token, digest: current.digest, reason: 'to run' },
    {
      verb: 'start',
      ref: refOf(current, current.generation + 1),
    },
  )
}

/** The machine is another's, who starts it; what needs nothing but that runs with it. */
function useMachine(draft: SlotDraft, node: SpecNode, current: Incarnation, { path }: HostMachine): void {
  if (machineOf(current, draft.slot.observed)?.state !== 'running') {
    draft.wait(`the machine of ${path} does not run, or is not seen yet`)
    return
  }
  const run = newRun(draft, node, current, 'with its machine')
  draft.put(copyWith(current, { run: copyWith(run, { stage: 'launched' }) }))
  draft.lookAgain()
}

/** Launches the service, or keeps its live files and environment as they should be. */
export function serve(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  const { run } = current
  if (run?.stage === 'launched') {
    keep(draft, node, current, run)
    return
  }
  launch(draft, node, current)
}

function launch(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  draft.settled = false
  if (!mayRelaunch(draft, node, current) || !predecessorsUp(draft, node)) return
  const { slot, world } = draft
  const isFirst = current.run === undefined
  const through = throughGates(draft, current, isFirst ? ['start', 'launch'] : ['launch'])
  if (through === undefined) return
  const work = phaseWork('launch', current, slot, world)
  const files = liveFiles(slot, world)
  if (work?.kind !== 'ready' || files.kind !== 'ready') {
    draft.unready(work ?? { kind: 'failed', reason: 'no launch command' })
    draft.unready(files)
    return
  }
  const run = copyWith(newRun(draft, node, current, work.value.digest), {
    files: filesDigest(files.value),
  })
  const wanted = {
    kind: 'launch',
    token: run.token,
    digest: run.digest,
    reason: `run ${run.number}`,
  } as const
  const next = copyWith(through, { run })
  const call = callAhead(wanted, next, slot, world)
  if (call.kind !== 'ready') return
  draft.put(next)
  draft.announce(next, wanted, call.value)
}

/** A running service whose environment or live files have changed is launched anew, or told. */
function keep(draft: SlotDraft, node: SpecNode, current: Incarnation, run: RunAllocation): void {
  const { slot, world } = draft
  if (serviceOf(current, node, slot.observed).kind !== 'up') draft.settled = false
  if (node.spec.job !== undefined) return
  const work = phaseWork('launch', current, slot, world)
  if (work?.kind === 'ready' && work.value.digest !== run.digest) {
    changeRun(draft, node, current)
    return
  }
  const files = liveFiles(slot, world)
  if (files.kind !== 'ready' || filesDigest(files.value) === run.files) return
  const digest = filesDigest(files.value)
  const token = `${current.token}-reload-${current.generation + 1}`
  const wanted = {
    kind: 'refresh',
    token,
    digest,
    reason: 'what its files are made from has changed',
  } as const
  const call = callAhead(wanted, current, slot, world)
  if (call.kind === 'ready' && mayRetry(draft)) draft.announce(current, wanted, call.value)
}

/** Ends the present run, so that a new one is launched; members one after another while they serve. */
export function changeRun(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  draft.settled = false
  const { slot } = draft
  const up = serviceOf(current, node, slot.observed).kind === 'up'
  const others = up ? othersDown(draft, node, current) : 0
  if (others > 0) {
    draft.wait(`${others} of ${slot.role ?? ''} are not up; one changes at a time`)
    return
  }
  if (up && !draft.isSteady()) return
  endRun(draft, current, 'a new run is wanted')
}

/** How many members of its role are not up, which must be first; nobody where all are asked to begin anew together. */
function othersDown({ slot, world }: SlotDraft, node: SpecNode, current: Incarnation): number {
  if (slot.role === undefined) return 0
  const isTogether = node.isMember && node.parent?.spec.members?.restart === 'parallel'
  if (isTogether && isRestartAsked(current, world.desired.floors[slot.path])) return 0
  const { members, up } = world.tally(slot.role)
  return members - up
}

/** A machine that is its own service needs nothing done; it is settled once it is up. */
export function watchMachine(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  if (serviceOf(current, node, draft.slot.observed).kind !== 'up') draft.settled = false
}

/** A service that failed is launched again by whoever decides about it: a restart policy, or the default back-off. */
function mayRelaunch(draft: SlotDraft, node: SpecNode, current: Incarnation): boolean {
  const { desired } = draft.world
  const trouble = openTrouble(draft.record, desired)
  draft.settled = false
  if (trouble === undefined) return true
  const ended = current.run?.stage === 'ended' && trouble.failure.cause === 'command-failed'
  if (!ended || !draft.world.policyRestarts(node, draft.slot.path)) return mayRetry(draft)
  if (isRestartAsked(current, desired.floors[draft.slot.path])) return true
  draft.wait(`its restart policy decides: ${trouble.failure.message}`)
  return false
}

function isRestartAsked({ number, run }: Incarnation, floor: Floor | undefined): boolean {
  if (floor?.run === undefined || floor.runOf !== number) return false
  return floor.run > (run?.number ?? 0)
}

/** The next run of an incarnation, not begun yet. */
export function newRun(
  draft: SlotDraft,
  node: SpecNode,
  current: Incarnation,
  digest: string,
): RunAllocation {
  const number = (current.run?.number ?? 0) + 1
  const version = versionAt(draft.world.desired, draft.slot.path)
  const form = formOf(draft.world.tree(version), node).run
  return { number, token: `${current.token}-run-${number}`, version, form, digest, stage: 'launching' }
}
