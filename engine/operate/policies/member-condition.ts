import type { MemberCondition, Reading } from '../../ports/policy.js'
import { isOfThePlace } from '../../support/failure.js'
import { openTrouble, serviceOf, type Condition } from '../../reconcile/facts/condition.js'
import { machineToken } from '../../reconcile/facts/shared-machine.js'
import { siteKey } from '../../reconcile/facts/placement.js'
import type { Landscape, SlotState } from '../../reconcile/facts/landscape.js'
import { isUpdated } from '../../reconcile/facts/rollout-value.js'

/** The reading that tells how a slot stands at `at`. */
export function conditionReading(state: SlotState, landscape: Landscape, at: number): Reading {
  return { kind: 'member', at, entity: state.path, sensor: '', value: memberCondition(state, landscape) }
}

/** How a slot stands, in the words of the policy port. A process that lives but is not healthy has not failed. */
function memberCondition(state: SlotState, landscape: Landscape): MemberCondition {
  const { condition, record, observed } = state
  const lives = livesUnhealthy(state)
  const { number: incarnation, run } = record.current ?? NO_INCARNATION
  const reason = lives ? observed?.health?.reason : undefined
  return {
    state: condition.state === 'failed' ? failedAs(state, lives) : SHOWN_AS[condition.state],
    up: condition.up,
    incarnation,
    run: run === undefined ? 0 : run.number,
    updated: isUpdated(state, landscape),
    failures: failuresOf(state, landscape),
    reason: reason ?? condition.reason,
    ...(record.current?.stage === 'ready' ? { site: siteKey(record.current) } : {}),
    ...causeOf(state, lives),
  }
}

/** How often in a row it has failed, and not its place. */
function failuresOf({ record }: SlotState, { desired }: Landscape): number {
  const trouble = openTrouble(record, desired)
  return trouble === undefined || isOfThePlace(trouble.failure) ? 0 : trouble.attempts
}

/** Of what could not be begun, why. */
function causeOf(
  { condition, record: { trouble } }: SlotState,
  lives: boolean,
): Pick<MemberCondition, 'cause'> {
  if (condition.state !== 'failed' || lives || trouble === undefined) return {}
  return { cause: trouble.failure.cause }
}

/** Only a run that has ended has failed; what could not be begun, or answers badly, is another matter. */
function failedAs({ record, node, observed }: SlotState, lives: boolean): MemberCondition['state'] {
  const { current } = record
  if (lives) return 'running'
  if (current === undefined || node === undefined) return 'starting'
  const ended = current.run?.stage === 'ended' || serviceOf(current, node, observed).kind === 'failed'
  return ended ? 'failed' : 'starting'
}

const NO_INCARNATION = { number: 0, run: undefined }

function livesUnhealthy({ record, node, observed }: SlotState): boolean {
  if (record.current === undefined || node === undefined) return false
  // Of what its place cannot see nobody knows whether it lives.
  if (observed?.unseen?.[machineToken(record.current)] !== undefined) return false
  return serviceOf(record.current, node, observed).kind === 'unhealthy'
}

const SHOWN_AS: { readonly [state in Exclude<Condition['state'], 'failed'>]: MemberCondition['state'] } = {
  created: 'starting',
  waiting: 'starting',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopping',
  completed: 'running',
  quarantined: 'stopping',
  removing: 'stopping',
  gone: 'gone',
}
