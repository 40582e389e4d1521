import type { Expression, StepSpec, WorkflowSpec } from '../../../../engine/index.js'
import { entityOf } from './entities.js'
import { type FlowDesk, report } from './flow-desk.js'
import { valueOf } from './interpolate.js'
import type { Made } from './step-kind.js'
import { type Written, writtenAt } from './written.js'
import { present } from '../../../resolve/present.js'

type Lock = NonNullable<WorkflowSpec['lock']>

/** `lock: name`, or a map of a name and the entity that has it. */
export function readLock(written: Written | undefined, flow: FlowDesk): Lock | undefined {
  if (written === undefined) return undefined
  const { node } = written
  if (written.text !== undefined) return { name: nameOf(valueOf(written, flow)) }
  const [name, entity] = [node.get('name'), node.get('entity')]
  if (name === undefined) {
    report(flow, 'BP1104', written, { error: 'a lock needs a name', hint: 'e.g. lock: packages' })
    return undefined
  }
  const of = entity === undefined ? undefined : entityOf(writtenAt(entity), flow)
  return { name: nameOf(valueOf(writtenAt(name), flow)), ...present({ of }) }
}

function nameOf(value: Expression): string | Expression {
  return value.kind === 'literal' && typeof value.value === 'string' ? value.value : value
}

/** A step that is done under a lock: it alone, in a workflow that shares the variables. */
export function locked({ does, input = {}, ...made }: Made, lock: Lock, flow: FlowDesk, at: Written): Made {
  const step: StepSpec = flow.desk.origins.mark({ input, does }, at.where(0, (at.raw ?? '').length))
  const workflow: WorkflowSpec = {
    steps: [step],
    input: {},
    replay: { allowed: true, fromStart: false },
    idempotent: false,
    lock,
  }
  return { ...made, does: { kind: 'run', scope: 'shared', workflow } }
}
