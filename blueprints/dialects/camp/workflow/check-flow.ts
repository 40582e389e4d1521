import type { NextStep, StepSpec, WorkflowSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { present } from '../../../resolve/present.js'
import { suggestionFor } from '../../../suggest.js'
import { variablesAsked, variablesSet } from './flow-variables.js'

/** Where a workflow is checked, and what it can read beside what it says itself. */
export interface FlowChecking {
  readonly desk: TranslationDesk
  readonly given: readonly string[]
}

/** What does not fit together in a workflow: where steps go on, their ids, steps that nothing leads to, variables. */
export function checkFlow(workflow: WorkflowSpec, checking: FlowChecking): void {
  checkSteps(workflow.steps, { ...checking, around: [] })
  checkVariables(workflow, checking)
}

interface Standing extends FlowChecking {
  /** Ids of the workflows around this one that it may go to. */
  readonly around: readonly string[]
}

function checkSteps(steps: readonly StepSpec[], standing: Standing): void {
  const own = steps.flatMap(({ id }) => id ?? [])
  checkIds(steps, standing)
  const ids = [...own, ...standing.around]
  for (const step of steps) {
    checkJump(step.next, ids, standing)
    if (step.does.kind === 'retry' && step.does.from?.kind === 'step')
      checkJump(step.does.from, ids, standing)
    for (const inner of handled(step)) checkInner(inner, ids, standing)
    if (step.does.kind !== 'run') continue
    const { scope, workflow } = step.does
    checkSteps(workflow.steps, { ...standing, around: scope === 'shared' ? ids : [] })
  }
  checkReached(steps, standing)
}

/** Steps of handlers and cases: they go to steps of the workflow that they are in. */
function checkInner(step: StepSpec, ids: readonly string[], standing: Standing): void {
  checkJump(step.next, ids, standing)
  if (step.does.kind === 'retry' && step.does.from?.kind === 'step') checkJump(step.does.from, ids, standing)
  for (const inner of handled(step)) checkInner(inner, ids, standing)
  if (step.does.kind === 'run')
    checkSteps(step.does.workflow.steps, { ...standing, around: step.does.scope === 'shared' ? ids : [] })
}

function handled(step: StepSpec): readonly StepSpec[] {
  const cases = step.does.kind === 'switch' ? step.does.cases.flatMap((one) => one.steps) : []
  return [...(step.onError?.steps ?? []), ...cases]
}

function checkIds(steps: readonly StepSpec[], { desk }: Standing): void {
  const seen = new Set<string>()
  for (const step of steps) {
    if (step.id === undefined) continue
    if (seen.has(step.id)) {
      const hint = 'give one of them another id'
      desk.reportAt('BP1813', `two steps have the id "${step.id}"`, desk.origins.of(step), { hint })
    }
    seen.add(step.id)
  }
}

function checkJump(
  next: NextStep | { readonly kind: 'start' | 'last' | 'end' } | undefined,
  ids: readonly string[],
  { desk }: Standing,
): void {
  if (next?.kind !== 'step' || ids.includes(next.id) || next.id.includes('${')) return
  const hint = suggestionFor(next.id, [...ids, 'start', 'end', 'exit'])
  desk.reportAt(
    'BP1812',
    `there is no step with the id "${next.id}"`,
    desk.origins.of(next),
    present({ hint }),
  )
}

/** A step behind one that always goes on elsewhere is done only where something leads to its id. */
function checkReached(steps: readonly StepSpec[], { desk }: Standing): void {
  for (const [at, step] of steps.entries()) {
    const after = steps[at + 1]
    if (after === undefined || !isWayOut(step) || after.id !== undefined) continue
    const hint = 'give it an id and go to it, or give the step before it a condition'
    desk.reportAt('BP1815', 'nothing leads to this step', desk.origins.of(after), {
      severity: 'warning',
      hint,
    })
  }
}

function isWayOut({ condition, next, does, onError }: StepSpec): boolean {
  if (condition !== undefined || onError !== undefined) return false
  if (does.kind === 'return' || does.kind === 'fail' || does.kind === 'retry') return true
  return next !== undefined
}

/** Names that are asked for and that nothing can have set: only a warning, as a step's output may have them. */
function checkVariables(workflow: WorkflowSpec, { desk, given }: FlowChecking): void {
  const { names, isOpen } = variablesSet(workflow)
  if (isOpen) return
  const known = [...given, ...names]
  for (const asked of variablesAsked(workflow)) {
    const [name] = asked.path
    if (typeof name !== 'string' || known.includes(name)) continue
    const hint = suggestionFor(name, known)
    desk.reportAt('BP1814', `nothing sets the variable "${name}"`, desk.origins.of(asked), {
      severity: 'warning',
      ...present({ hint }),
    })
  }
}
