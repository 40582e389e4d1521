import {
  type ConcurrencySpec,
  type ConditionSpec,
  type EachSpec,
  type Expression,
  type StepSpec,
  type TargetsSpec,
  type WorkflowSpec,
  literal,
} from '../../../../engine/index.js'
import { present } from '../../../resolve/present.js'
import { readConcurrency } from './concurrency.js'
import { equalTo, readCondition, truthy } from './conditions.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated, valueOf } from './interpolate.js'
import { readLock } from './locks.js'
import { readReplayable } from './settings.js'
import type { StepFields } from './step-fields.js'
import type { Made } from './step-kind.js'
import { bracketed, isBracketed } from './value-types.js'
import { type Written, writtenAt } from './written.js'

/** Keys of a step that is a workflow itself. */
export const NESTED_KEYS: readonly string[] = [
  ...[
    'steps',
    'target',
    'target_var_name',
    'target_index_var_name',
    'concurrency',
    'reducing',
    'lock',
    'workflowOutput',
  ],
]

/** A step, or several, that are done where something holds. One alone that has no condition of its own has this one. */
export function branch(fields: StepFields, flow: FlowDesk): Made | undefined {
  const inner = stepsIn(fields, flow)
  if (inner === undefined) return undefined
  const { steps, only } = inner
  const given = present({ condition: askedOf(fields, flow) })
  if (only !== undefined && only.condition === undefined && only.id === undefined)
    return { ...only, ...given }
  return { does: { kind: 'run', scope: 'shared', workflow: plainWorkflow(steps) }, ...given }
}

/** The condition that a line says: that a value is truthy, or equal to another. */
function askedOf(fields: StepFields, flow: FlowDesk): ConditionSpec | undefined {
  const [target, equals] = [fields.get('condition_target'), fields.get('condition_equals')]
  if (target === undefined) return undefined
  const subject = interpolated(target, flow)
  return equals === undefined ? truthy(subject) : equalTo(subject, interpolated(equals, flow))
}

interface Inner {
  readonly steps: readonly StepSpec[]
  /** The step of the line, where there is one. */
  readonly only?: StepSpec
}

/** The steps that are written at a key, or the one in the line; undefined where that cannot be read. */
function stepsIn(fields: StepFields, flow: FlowDesk): Inner | undefined {
  const line = fields.get('step')
  const node = fields.node('steps')
  if (line === undefined) return { steps: node === undefined ? [] : flow.steps(node) }
  if (node !== undefined) {
    report(flow, 'BP1109', line, {
      error: 'the line and "steps" both say what is done',
      hint: 'keep one of them',
    })
    return undefined
  }
  const only = flow.line(line)
  return only === undefined ? undefined : { steps: [only], only }
}

/** A workflow that is nothing but steps. */
export function plainWorkflow(steps: readonly StepSpec[]): WorkflowSpec {
  return { steps, input: {}, replay: { allowed: true, fromStart: false }, idempotent: false }
}

/** Steps of which the first is done whose condition holds. */
export function cases(fields: StepFields, flow: FlowDesk): Made | undefined {
  const node = fields.node('cases')
  const value = fields.get('value')
  if (node === undefined) return undefined
  const steps = flow.steps(node)
  const open = steps.slice(0, -1).find((step) => step.condition === undefined)
  if (open !== undefined) {
    const hint = 'only the last one may be without; give it a "condition"'
    const place = flow.desk.origins.of(open)
    flow.desk.reportAt('BP1811', 'a case without a condition hides those after it', place, {
      hint,
      pointer: node.pointer,
    })
  }
  return {
    does: {
      kind: 'switch',
      cases: steps.map(({ condition, ...step }) => ({
        steps: [flow.desk.origins.mark(step, flow.desk.origins.of(steps[0]) ?? node.place)],
        ...present({ condition }),
      })),
      ...(value === undefined ? {} : { value: valueOf(value, flow) }),
    },
  }
}

/** Steps as a workflow in this one: once, or for each of several. */
export function nested(fields: StepFields, flow: FlowDesk, scope: 'own' | 'shared'): Made | undefined {
  const inner = stepsIn(fields, flow)
  if (inner === undefined) return undefined
  const target = fields.get('target')
  const each = target === undefined ? undefined : eachOf(target, fields, flow)
  const workflow: WorkflowSpec = {
    ...plainWorkflow(inner.steps),
    ...present({ each, condition: each && readCondition(fields.form.keys.get('condition'), flow) }),
    ...settingsOf(fields, flow),
  }
  const isReduced = each === undefined && fields.node('reducing') !== undefined
  if (isReduced) return reducedOnce(workflow, fields, flow)
  return { does: { kind: 'run', scope, ...(scope === 'shared' ? { bounded: true } : {}), workflow } }
}

function settingsOf(fields: StepFields, flow: FlowDesk): Pick<WorkflowSpec, 'replay' | 'lock' | 'output'> {
  const { allowed, fromStart } = readReplayable(fields.get('replayable'), flow)
  const output = fields.get('workflowOutput')
  return {
    replay: { allowed, fromStart },
    ...present({
      lock: readLock(fields.get('lock'), flow),
      output: output === undefined ? undefined : valueOf(output, flow),
    }),
  }
}

/** Variables that are handed in and out again, of steps that are done once. */
function reducedOnce(workflow: WorkflowSpec, fields: StepFields, flow: FlowDesk): Made {
  const targets: TargetsSpec = { kind: 'value', of: literal([null]) }
  const each: EachSpec = {
    targets,
    as: 'target',
    indexAs: 'target_index',
    reducing: reducingOf(fields, flow) ?? {},
  }
  return { does: { kind: 'run', scope: 'own', workflow: { ...workflow, each } } }
}

function reducingOf(fields: StepFields, flow: FlowDesk): EachSpec['reducing'] {
  const entries = fields.node('reducing')?.entries()
  if (entries === undefined) return undefined
  return Object.fromEntries(entries.map(([key, part]) => [key, valueOf(writtenAt(part), flow)]))
}

function eachOf(target: Written, fields: StepFields, flow: FlowDesk): EachSpec {
  const concurrency = readConcurrency(fields.get('concurrency'), flow)
  const reducing = reducingOf(fields, flow)
  if (reducing !== undefined && concurrency !== undefined && !isOne(concurrency)) {
    const written = fields.get('concurrency') ?? target
    report(flow, 'BP1818', written, {
      error: 'what is handed from one to the next cannot be done at once',
      hint: 'leave out "concurrency" or "reducing"',
    })
  }
  return {
    targets: targetsOf(target, flow),
    as: namesOf(fields.text('target_var_name') ?? 'target'),
    indexAs: fields.text('target_index_var_name') ?? 'target_index',
    ...present({ concurrency: reducing === undefined ? concurrency : undefined, reducing }),
  }
}

function isOne(concurrency: ConcurrencySpec): boolean {
  return concurrency.kind === 'number' && concurrency.count === 1
}

/** `{ a, b }` names members of each target. */
function namesOf(text: string): EachSpec['as'] {
  const inside = /^\{(.*)\}$/s.exec(text.trim())?.[1]
  return inside === undefined
    ? text.trim()
    : inside
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
}

function targetsOf(target: Written, flow: FlowDesk): TargetsSpec {
  const text = target.text?.trim() ?? ''
  if (text === 'children' || text === 'members') return { kind: text }
  const range = rangeOf(text, target, flow)
  if (range !== undefined) return range
  return { kind: 'value', of: isBracketed(target, 'list') ? bracketed(target, flow) : valueOf(target, flow) }
}

function rangeOf(text: string, target: Written, flow: FlowDesk): TargetsSpec | undefined {
  const [, from = '', to = ''] = /^(.+?)\.\.(.+)$/s.exec(text) ?? []
  if (!isBound(from) || !isBound(to)) return undefined
  const second = bound(to, target, from.length + 2, flow)
  return { kind: 'range', from: bound(from, target, 0, flow), to: second }
}

function isBound(text: string): boolean {
  return /^-?\d+$/.test(text.trim()) || text.includes('${')
}

function bound(text: string, target: Written, from: number, flow: FlowDesk): Expression {
  return /^-?\d+$/.test(text.trim()) ? literal(Number(text)) : interpolated(target, flow, { text, from })
}
