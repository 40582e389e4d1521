import type { Incarnation } from '../../entity/allocation.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { required } from '../../support/invariant.js'
import { callAhead, phaseWork } from '../calls/call.js'
import { serviceKind } from '../facts/condition.js'
import type { SlotDraft } from './draft.js'
import { finishStopCommand } from './end-run.js'
import type { Gap } from './gap.js'
import { resume } from './resume.js'
import { throughGates } from './gates.js'
import { mayRetry } from './retry-gate.js'
import { boot, changeRun, isBooted, serve, watchMachine } from './serve.js'

/** Takes the current incarnation one step further towards a running service. */
export function realise(draft: SlotDraft, node: SpecNode, gap: Gap): void {
  const current = required(draft.record.current, 'current incarnation')
  if (draft.slot.isUnderWay(current.number)) {
    draft.settled = false
    return
  }
  if (current.step !== undefined) {
    if (current.step.kind === 'stop-command') finishStopCommand(draft, current, 'a new run is wanted')
    else resume(draft, current)
    return
  }
  if (current.stage === 'creating') {
    draft.leave('never came to be', 'removing')
    return
  }
  if (gap.kind === 'change') changeRun(draft, node, current)
  else if (!isBooted(draft, node, current)) boot(draft, node, current)
  else if (current.stage === 'preparing') prepare(draft, node, current)
  else if (serviceKind(node) === 'process') serve(draft, node, current)
  else watchMachine(draft, node, current)
}

/** The next one-time phase. */
function prepare(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  draft.settled = false
  if (!mayRetry(draft)) return
  const phases = node.spec.software?.phases ?? {}
  const phase = (['install', 'customize'] as const).find(
    (name) => phases[name] !== undefined && current.phases[name] === undefined,
  )
  if (phase === undefined) return
  const through = throughGates(draft, current, ['start', phase])
  if (through === undefined) return
  const work = phaseWork(phase, current, draft.slot, draft.world)
  if (work?.kind !== 'ready') {
    draft.unready(work ?? { kind: 'failed', reason: `no phase ${phase}` })
    return
  }
  const token = phaseToken(current, phase)
  const wanted = {
    kind: 'phase',
    phase,
    token,
    digest: work.value.digest,
    reason: `${phase} leaves its receipt once`,
  } as const
  const call = callAhead(wanted, current, draft.slot, draft.world)
  if (call.kind === 'ready') draft.announce(through, wanted, call.value)
  else draft.unready(call)
}

/** One that was interrupted is taken up under its own token, since it may have left its receipt. */
function phaseToken({ token, generation, interrupted }: Incarnation, phase: string): string {
  return interrupted?.phase === phase ? interrupted.token : `${token}-${phase}-${generation + 1}`
}
