import type { Announcement, Incarnation, StepKind } from '../../entity/allocation.js'
import type { ResourceState } from '../../entity/resource.js'
import { required } from '../../support/invariant.js'
import { callOf } from '../calls/call.js'
import { machineOf, runStateOf } from '../facts/condition.js'
import type { SlotDraft } from './draft.js'
import { mayRetry } from './retry-gate.js'

/** Steps that are not over when their run is seen to run: a service is launched, an end is still to come. */
const ASKED_ANYWAY: ReadonlySet<StepKind> = new Set(['launch', 'end-run'])

/** Takes up an announced step whose outcome is open. */
export function resume(draft: SlotDraft, incarnation: Incarnation): void {
  const { slot, world } = draft
  const step = required(incarnation.step, 'announced step')
  draft.settled = false
  if (isSeenUnderWay(step, machineOf(incarnation, slot.observed))) {
    draft.wait(`${step.phase ?? step.kind} is under way`)
    return
  }
  if (world.now < slot.notBefore) {
    draft.wait(waitOf(step, incarnation, draft), slot.notBefore)
    return
  }
  if (!mayRetry(draft)) return
  draft.repeat(incarnation, step, callOf(step, incarnation, slot, world))
}

function waitOf(step: Announcement, incarnation: Incarnation, { slot, world }: SlotDraft): string {
  const call = callOf(step, incarnation, slot, world)
  const what = step.phase ?? step.kind
  return call.kind === 'ready' && call.value.verb === 'workflow'
    ? `${what} is under way, as the workflow run ${step.token}`
    : `${what} is tried again later`
}

/** Whether the far end works at it by itself; asking again would tell nothing new. */
function isSeenUnderWay(step: Announcement, machine: ResourceState | undefined): boolean {
  if (step.kind === 'ensure') return machine?.state === 'creating'
  return runStateOf(machine, step.token)?.state === 'running' && !ASKED_ANYWAY.has(step.kind)
}
