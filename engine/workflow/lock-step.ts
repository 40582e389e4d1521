import type { WorkflowSpec } from '../spec/workflow-spec.js'
import { runError } from './errors.js'
import type { Frame, LockName } from './frame.js'
import type { StepState } from './run-record.js'
import { BUSY, entityOf, failing, textOf, type Known, type Walk } from './walk.js'

type LockSpec = NonNullable<WorkflowSpec['lock']>

/**
 * The lock that a step is to be done under, once it holds it; undefined where what is around it holds it already. The ticket is in
 * the step from the first time that it is asked for, so that its turn is kept whatever happens to the engine.
 */
export function lockFor(
  walk: Walk,
  spec: LockSpec,
  step: StepState,
  frame: Frame,
): Known<LockName | undefined> {
  const wanted = step.lock === undefined ? nameOf(walk, spec, frame) : { value: step.lock }
  if ('flow' in wanted) return wanted
  const { entity, name } = wanted.value
  if (frame.locks.some((held) => held.entity === entity && held.name === name)) return { value: undefined }
  const { place } = frame
  const answer = walk.world.lock(walk.run.id, { entity, name, place })
  if (answer.ticket !== undefined) step.lock = { entity, name, place, ticket: answer.ticket }
  if (answer.kind === 'held') return { value: { entity, name } }
  walk.waits.push(`the lock ${name} of ${entity}, which the run ${answer.holder} holds`)
  return { flow: BUSY }
}

function nameOf(walk: Walk, spec: LockSpec, frame: Frame): Known<LockName> {
  const entity = entityOf(walk, spec.of, frame)
  if ('flow' in entity) return entity
  const name = textOf(walk, spec.name, frame)
  if ('flow' in name) return name
  if (walk.world.exists(entity.value)) return { value: { entity: entity.value, name: name.value } }
  return { flow: failing(runError(`there is no entity ${entity.value}`, 'missing')) }
}
