import { EntityValue, plain } from '../expression/value.js'
import { invariant } from '../support/invariant.js'
import type { Json } from '../support/json.js'
import type { StepAction } from '../spec/step-action.js'
import type { EachSpec, WorkflowSpec } from '../spec/workflow-spec.js'
import { mostAtOnce } from './concurrency.js'
import { runError } from './errors.js'
import type { Frame, LockName } from './frame.js'
import { lockFor } from './lock-step.js'
import { newBlock, newScope } from './new-block.js'
import { beginAtPoint } from './replay-points.js'
import type { BlockState, BranchesState, Flow, KeptValues, StepState } from './run-record.js'
import {
  BUSY,
  entityOf,
  failing,
  holds,
  keptAll,
  known,
  type BlockSpec,
  type Known,
  type Walk,
} from './walk.js'

/** Targets that one step takes at most. */
const MOST_TARGETS = 10_000

/** Does a workflow inside of another: once, or for each of its targets. */
export function runStep(walk: Walk, does: RunAction, step: StepState, frame: Frame): Flow {
  const { workflow } = does
  if (step.branches !== undefined) return branched(walk, does, step.branches, underLock(step.lock, frame))
  const begun = begin(walk, workflow, frame)
  if ('flow' in begun) return begun.flow
  if (begun.value === undefined) return { kind: 'done', output: previous(frame) }
  const lock = workflow.lock === undefined ? { value: undefined } : lockFor(walk, workflow.lock, step, frame)
  if ('flow' in lock) return lock.flow
  step.branches = begun.value
  return branched(walk, does, step.branches, underLock(lock.value, frame))
}

function underLock(lock: LockName | undefined, frame: Frame): Frame {
  return lock === undefined ? frame : { ...frame, locks: [...frame.locks, lock] }
}

/** Opens branches and goes on with them until none can be opened, or one ends the step. */
function branched(walk: Walk, does: RunAction, branches: BranchesState, frame: Frame): Flow {
  for (;;) {
    const flow = openBranches(walk, does, branches, frame) ?? goOn(walk, does, branches, frame)
    if (flow !== undefined) return flow
    const open = Object.keys(branches.open).length
    const isLast = branches.next >= branches.total
    if (isLast && open === 0) return finished(does.workflow, branches)
    if (isLast || walk.stopped || open >= branches.most) return BUSY
  }
}

interface RunAction {
  readonly scope: 'own' | 'shared'
  readonly bounded?: boolean
  readonly workflow: WorkflowSpec
}

function previous({ block, owner }: Frame): Json {
  return block.before?.output ?? owner.before?.output ?? null
}

/** The branches of a step before the first; undefined where the workflow is not to be done. */
function begin(walk: Walk, workflow: WorkflowSpec, frame: Frame): Known<BranchesState | undefined> {
  const { each, condition } = workflow
  if (each !== undefined) return beginEach(walk, each, frame)
  const applies = condition === undefined ? { value: true } : holds(walk, condition, frame)
  if ('flow' in applies) return applies
  return { value: applies.value ? { total: 1, most: 1, next: 0, open: {}, outputs: {} } : undefined }
}

function beginEach(walk: Walk, each: EachSpec, frame: Frame): Known<BranchesState> {
  const targets = targetsOf(walk, each, frame)
  if ('flow' in targets) return targets
  const total = targets.value.length
  const most = mostAtOnce(each.concurrency, total)
  if (most === undefined) return { flow: failing(runError('its concurrency allows none at once')) }
  if (total > MOST_TARGETS) return { flow: failing(runError(`${total} targets are too many`)) }
  const state: BranchesState = { total, most, targets: targets.value, next: 0, open: {}, outputs: {} }
  if (each.reducing === undefined) return { value: state }
  const reduced = keptAll(walk, each.reducing, frame)
  return 'flow' in reduced ? reduced : { value: { ...state, reduced: { ...reduced.value } } }
}

function targetsOf(walk: Walk, { targets }: EachSpec, frame: Frame): Known<readonly Json[]> {
  const { world } = walk
  if (targets.kind === 'value') {
    const found = known(walk, targets.of, frame)
    if ('flow' in found) return found
    const list = Array.isArray(found.value) ? (found.value as readonly Json[]) : [found.value]
    return { value: list.map((one) => world.keep(one)) }
  }
  if (targets.kind === 'range') return rangeOf(walk, targets, frame)
  const of = entityOf(walk, targets.of, frame)
  if ('flow' in of) return of
  return { value: world.entities(targets.kind, of.value).map((path) => world.keep(new EntityValue(path))) }
}

function rangeOf(
  walk: Walk,
  { from, to }: Extract<EachSpec['targets'], { readonly kind: 'range' }>,
  frame: Frame,
): Known<readonly Json[]> {
  const [first, last] = [known(walk, from, frame), known(walk, to, frame)]
  if ('flow' in first) return first
  if ('flow' in last) return last
  const [low, high] = [Number(plain(first.value)), Number(plain(last.value))]
  if (!Number.isInteger(low) || !Number.isInteger(high) || high - low > MOST_TARGETS)
    return { flow: failing(runError('its range is not between whole numbers, or too long')) }
  return { value: Array.from({ length: Math.max(0, high - low + 1) }, (_none, at) => low + at) }
}

/** Opens as many branches as may be open; a flow where one cannot be opened. */
function openBranches(walk: Walk, does: RunAction, branches: BranchesState, frame: Frame): Flow | undefined {
  while (branches.next < branches.total && Object.keys(branches.open).length < branches.most) {
    const position = branches.next
    const block = nextBranch(walk, does, branches, frame)
    if ('flow' in block) return block.flow
    branches.next += 1
    if (block.value !== undefined) branches.open[position] = block.value
  }
  return undefined
}

/** The next branch before its first step; undefined where its condition does not hold. */
function nextBranch(
  walk: Walk,
  { scope, workflow }: RunAction,
  branches: BranchesState,
  frame: Frame,
): Known<BlockState | undefined> {
  const variables = variablesFor(workflow.each, branches)
  const target = targetPath(walk, branches)
  const entity = target ?? frame.block.entity
  const local: Frame = { ...frame, local: variables, block: { ...frame.block, entity } }
  const applies = appliesTo(walk, workflow, target, local)
  if ('flow' in applies) return applies
  if (!applies.value) return { value: undefined }
  const input = keptAll(walk, workflow.input, local)
  if ('flow' in input) return input
  const block = newBlock(
    entity,
    scope === 'own' ? newScope({ ...input.value, ...frame.step?.input }, variables) : undefined,
  )
  if (frame.block === walk.run.root) beginAtPoint(walk.run, block)
  if (workflow.timeout === undefined) return { value: block }
  const within = known(walk, workflow.timeout, local)
  return 'flow' in within ? within : { value: { ...block, deadline: walk.world.now + Number(within.value) } }
}

function appliesTo(
  walk: Walk,
  workflow: WorkflowSpec,
  target: string | undefined,
  frame: Frame,
): Known<boolean> {
  if (workflow.each === undefined || workflow.condition === undefined) return { value: true }
  const subject = frame.local?.[firstName(workflow.each)] ?? null
  const about = target === undefined ? ({ kind: 'value', value: subject } as const) : undefined
  return holds(walk, workflow.condition, frame, about)
}

function firstName({ as }: EachSpec): string {
  return typeof as === 'string' ? as : (as[0] ?? '')
}

function targetPath({ world }: Walk, { targets, next }: BranchesState): string | undefined {
  const value = targets === undefined ? undefined : world.open(targets[next] ?? null)
  return value instanceof EntityValue && world.exists(value.path) ? value.path : undefined
}

function variablesFor(each: EachSpec | undefined, { targets, reduced, next }: BranchesState): KeptValues {
  if (each === undefined || targets === undefined) return {}
  const target = targets[next] ?? null
  const parts =
    typeof each.as === 'string'
      ? { [each.as]: target }
      : Object.fromEntries(each.as.map((name) => [name, memberNamed(target, name)]))
  return { ...reduced, ...parts, [each.indexAs]: next }
}

function memberNamed(target: Json, name: string): Json {
  const isMap = typeof target === 'object' && target !== null && !Array.isArray(target)
  return (isMap ? (target as { readonly [key: string]: Json })[name] : undefined) ?? null
}

/** Goes on with every open branch; a flow where one ends the step. */
function goOn(walk: Walk, does: RunAction, branches: BranchesState, frame: Frame): Flow | undefined {
  const spec = blockOf(does)
  const idempotent = does.workflow.idempotent || (does.scope === 'shared' && frame.idempotent)
  for (const [position, block] of Object.entries(branches.open)) {
    const around = { ...frame, idempotent, place: `${frame.place}.${position}` }
    const flow = walk.block(walk, block, spec, around)
    if (flow.kind === 'done') {
      branches.outputs[position] = flow.output
      reduce(branches, block.scope?.variables ?? {}, flow.output)
      const { [position]: _ended, ...open } = branches.open
      branches.open = open
    } else if (flow.kind !== 'busy') return flow
  }
  return undefined
}

function blockOf({ bounded = false, workflow: { output, onError, steps } }: RunAction): BlockSpec {
  return {
    steps,
    bounded,
    ...(onError === undefined ? {} : { onError }),
    ...(output === undefined ? {} : { output }),
  }
}

/** What one branch hands to the next: what it gives of these names, else its variables. */
function reduce(branches: BranchesState, variables: KeptValues, output: Json): void {
  const { reduced } = branches
  if (reduced === undefined) return
  const given = typeof output === 'object' && output !== null && !Array.isArray(output) ? output : {}
  for (const name of Object.keys(reduced)) {
    const value = (given as KeptValues)[name] ?? variables[name]
    if (value !== undefined) reduced[name] = value
  }
}

function finished({ each }: WorkflowSpec, { outputs, reduced }: BranchesState): Flow {
  if (reduced !== undefined) return { kind: 'done', output: reduced }
  if (each === undefined) return { kind: 'done', output: outputs[0] ?? null }
  const positions = Object.keys(outputs).map(Number)
  return { kind: 'done', output: positions.sort((a, b) => a - b).map((at) => outputs[at] ?? null) }
}

/** Does the first case that applies. */
export function switchStep(
  walk: Walk,
  does: Extract<StepAction, { readonly kind: 'switch' }>,
  step: StepState,
  frame: Frame,
): Flow {
  if (step.branches === undefined) {
    const chosen = chosenCase(walk, does, frame)
    if ('flow' in chosen) return chosen.flow
    const open = { 0: newBlock(frame.block.entity) }
    step.branches = { total: 1, most: 1, next: 1, chosen: chosen.value, open, outputs: {} }
  }
  const { chosen = 0, open } = step.branches
  const block = open[0]
  invariant(block !== undefined, 'a switch has its case open')
  const steps = does.cases[chosen]?.steps ?? []
  return walk.block(walk, block, { steps }, { ...frame, place: `${frame.place}.${chosen}` })
}

function chosenCase(
  walk: Walk,
  { value, cases }: Parameters<typeof switchStep>[1],
  frame: Frame,
): Known<number> {
  const found = value === undefined ? undefined : known(walk, value, frame)
  if (found !== undefined && 'flow' in found) return found
  const subject = found === undefined ? undefined : ({ kind: 'value', value: plain(found.value) } as const)
  for (const [at, { condition }] of cases.entries()) {
    const applies = condition === undefined ? { value: true } : holds(walk, condition, frame, subject)
    if ('flow' in applies) return applies
    if (applies.value) return { value: at }
  }
  return { flow: failing(runError('no case applies')) }
}
