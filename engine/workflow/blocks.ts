import { required } from '../support/invariant.js'
import type { Json } from '../support/json.js'
import type { HandlerSpec, StepSpec } from '../spec/workflow-spec.js'
import { act } from './actions.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import { newBlock } from './new-block.js'
import { noteReplayPoint } from './replay-points.js'
import type { AgainFrom, BlockState, Flow, RunError, Scope, StepResult, StepState } from './run-record.js'
import {
  BUSY,
  failing,
  holds,
  kept,
  keptAll,
  known,
  wakeAt,
  type Around,
  type BlockSpec,
  type Known,
  type Walk,
} from './walk.js'

/** Steps that are taken before what they came to is made durable. */
const STEPS_IN_A_ROW = 200

/** Goes on with a list of steps until it ends, must wait, or leaves for somewhere else. */
export function walkBlock(walk: Walk, block: BlockState, spec: BlockSpec, around: Around): Flow {
  const owned = block.scope === undefined ? around : { ...around, scope: block.scope, owner: block }
  for (;;) {
    if (walk.stopped) return BUSY
    const flow = handledBlock(walk, block, spec, owned) ?? walkOn(walk, block, spec, owned)
    const ended = settled(block, spec, owned, flow)
    if (ended === 'goes on') continue
    if (ended.kind !== 'done' || spec.output === undefined) return ended
    const frame: Frame = { ...owned, run: walk.run, world: walk.world, block, output: ended.output }
    const value = kept(walk, spec.output, frame)
    return 'flow' in value ? value.flow : { kind: 'done', output: value.value }
  }
}

/** One more step; or the end of the list. */
function walkOn(walk: Walk, block: BlockState, spec: BlockSpec, around: Around): Flow | undefined {
  if (block.deadline !== undefined) {
    if (walk.world.now >= block.deadline) return failing(runError('its time is up', 'timeout'))
    wakeAt(walk, block.deadline)
  }
  const step = spec.steps[block.at]
  if (step === undefined) return { kind: 'done', output: block.before?.output ?? null }
  walk.steps += 1
  if (walk.steps > STEPS_IN_A_ROW) walk.stopped = true
  return walk.stopped ? BUSY : oneStep(walk, block, step, around)
}

/** What a flow means for the list that it came from: an end, or a step to go on with. */
function settled(
  block: BlockState,
  spec: BlockSpec,
  around: Around,
  flow: Flow | undefined,
): Flow | 'goes on' {
  if (flow === undefined) return 'goes on'
  const isOwner = around.owner === block
  switch (flow.kind) {
    case 'failed':
      return spec.onError === undefined || block.handler !== undefined
        ? flow
        : beginHandling(block, flow.error)
    case 'return':
      return isOwner ? { kind: 'done', output: flow.output } : flow
    case 'jump':
      return jumped(block, spec, flow, isOwner)
    case 'again':
      return isOwner ? again(block, around.scope, spec, flow) : flow
    default:
      return flow
  }
}

function jumped(
  block: BlockState,
  { steps, bounded }: BlockSpec,
  flow: Extract<Flow, { readonly kind: 'jump' }>,
  isOwner: boolean,
): Flow | 'goes on' {
  const { next } = flow
  const isBounded = isOwner || bounded === true
  if (next.kind === 'exit' || (next.kind === 'end' && isBounded)) return { kind: 'done', output: flow.output }
  const at = next.kind === 'step' ? steps.findIndex(({ id }) => id === next.id) : isBounded ? 0 : -1
  if (at < 0)
    return isOwner ? failing(runError(`there is no step ${'id' in next ? next.id : next.kind}`)) : flow
  goTo(block, at)
  return 'goes on'
}

function again(
  block: BlockState,
  scope: Scope,
  { steps }: BlockSpec,
  { from, restore }: Extract<Flow, { readonly kind: 'again' }>,
): Flow | 'goes on' {
  const at = placeOf(block, steps, from)
  if (at < 0) return failing(runError(`there is no step ${'id' in from ? from.id : ''}`))
  const { point } = block
  const variables = point?.at === at ? point.variables : at === 0 ? scope.initial : undefined
  if (restore && variables !== undefined) scope.variables = { ...variables }
  goTo(block, at)
  return 'goes on'
}

/** The step from which something is done again; below zero where there is none of its id. */
function placeOf({ at, point, handler }: BlockState, steps: readonly StepSpec[], from: AgainFrom): number {
  if (from.kind === 'step') return steps.findIndex(({ id }) => id === from.id)
  if (from.kind === 'start') return 0
  return from.kind === 'failed' && handler !== undefined ? at : (point?.at ?? 0)
}

function goTo(block: BlockState, at: number): void {
  block.at = at
  delete block.step
  delete block.handler
}

function beginHandling(block: BlockState, error: RunError): 'goes on' {
  const { index = block.at, input = {} } = block.step ?? {}
  const result: StepResult = { index, input, output: error.data ?? null, error }
  delete block.step
  block.handler = { error, result, block: newBlock(block.entity) }
  return 'goes on'
}

/** The list's own handler, where that is at work. */
function handledBlock(walk: Walk, block: BlockState, spec: BlockSpec, around: Around): Flow | undefined {
  const { handler } = block
  if (handler === undefined) return undefined
  const flow = handle(walk, handler, required(spec.onError, 'handler'), {
    ...around,
    place: `${around.place}!`,
  })
  return flow.kind === 'jump' && flow.next.kind === 'exit' ? { kind: 'done', output: flow.output } : flow
}

function handle(
  walk: Walk,
  handler: NonNullable<BlockState['handler']>,
  spec: HandlerSpec,
  around: Around,
): Flow {
  const { error, result, block } = handler
  const flow = walkBlock(walk, block, { steps: spec.steps }, { ...around, handled: { error, result } })
  if (flow.kind === 'failed' && flow.error !== error)
    return failing(flow.error.cause === undefined ? { ...flow.error, cause: error } : flow.error)
  return flow.kind === 'done' && block.applied !== true ? failing(error) : flow
}

/** Begins, goes on with, or ends the step that a list is at; undefined where that goes on with another one. */
function oneStep(walk: Walk, block: BlockState, spec: StepSpec, around: Around): Flow | undefined {
  const frame: Frame = {
    ...around,
    run: walk.run,
    world: walk.world,
    block,
    place: `${around.place}/${block.at}`,
  }
  if (block.step === undefined) {
    const begun = begin(walk, spec, frame)
    if ('flow' in begun) return begun.flow
    if (!begun.value) {
      block.at += 1
      return undefined
    }
  }
  const step = required(block.step, 'step')
  const within: Frame = { ...frame, step: { ...step, ...named(spec) } }
  const flow = step.handler === undefined ? tried(walk, spec, step, within) : undefined
  const raised = flow?.kind === 'failed' ? raise(spec, step, within, flow.error) : flow
  return ended(walk, spec, within, raised ?? handledStep(walk, spec, step, within))
}

function named({ id, name }: StepSpec): { readonly id?: string; readonly name?: string } {
  return { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) }
}

/** Whether the step applies; then it has begun. */
function begin(walk: Walk, spec: StepSpec, frame: Frame): Known<boolean> {
  const { block, scope } = frame
  const ofTargets = spec.does.kind === 'run' && spec.does.workflow.each !== undefined
  if (spec.condition !== undefined && !ofTargets) {
    const applies = holds(walk, spec.condition, frame)
    if ('flow' in applies || !applies.value) return applies
  }
  const input = keptAll(walk, spec.input, frame)
  if ('flow' in input) return input
  const timeout = spec.timeout === undefined ? { value: undefined } : known(walk, spec.timeout, frame)
  if ('flow' in timeout) return timeout
  const { now } = walk.world
  const deadline = timeout.value === undefined ? {} : { deadline: now + Number(timeout.value) }
  block.applied = true
  block.step = {
    index: block.at,
    begunAt: now,
    input: { ...input.value },
    variables: { ...scope.variables },
    ...deadline,
  }
  notePoint(spec, frame)
  return { value: true }
}

function notePoint(spec: StepSpec, frame: Frame): void {
  const { replay } = spec
  const { block, owner, scope } = frame
  if (block !== owner) return
  noteReplayPoint(spec, frame)
  if (replay === 'none') delete owner.point
  else if (replay !== undefined) owner.point = { at: block.at, variables: { ...scope.variables } }
}

function tried(walk: Walk, spec: StepSpec, step: StepState, frame: Frame): Flow {
  if (step.deadline !== undefined) {
    if (walk.world.now >= step.deadline) return failing(runError('its time is up', 'timeout'))
    wakeAt(walk, step.deadline)
  }
  return act(walk, spec, step, frame)
}

/** Begins the step's handler where it has one. */
function raise(spec: StepSpec, step: StepState, frame: Frame, error: RunError): Flow | undefined {
  if (spec.onError === undefined) return failing(error)
  const { index, input } = step
  const id = spec.id === undefined ? {} : { id: spec.id }
  const result: StepResult = { index, ...id, input, output: error.data ?? null, error }
  delete step.branches
  delete step.effect
  delete step.deadline
  step.handler = { error, result, block: newBlock(frame.block.entity) }
  return undefined
}

function handledStep(walk: Walk, spec: StepSpec, step: StepState, frame: Frame): Flow {
  const around = { ...frame, place: `${frame.place}!` }
  const handler = required(step.handler, 'handler')
  const flow = handle(walk, handler, required(spec.onError, 'handler'), around)
  if (flow.kind !== 'again' || flow.from.kind !== 'failed') return flow
  if (flow.restore) frame.scope.variables = { ...step.variables }
  delete frame.block.step
  return { kind: 'jump', next: { kind: 'step', id: '' }, output: null }
}

/** What a step's flow means for the list: its end is recorded, and the list goes on. */
function ended(walk: Walk, spec: StepSpec, frame: Frame, flow: Flow): Flow | undefined {
  const { block } = frame
  if (block.step === undefined) return undefined
  if (flow.kind !== 'done') return flow
  const output =
    spec.output === undefined
      ? { value: flow.output }
      : kept(walk, spec.output, { ...frame, output: flow.output })
  if ('flow' in output) return output.flow
  note(spec, frame, block.step, output.value)
  delete block.step
  block.at += 1
  return spec.next === undefined ? undefined : { kind: 'jump', next: spec.next, output: output.value }
}

function note({ id }: StepSpec, { block, owner }: Frame, { index, input }: StepState, output: Json): void {
  const result: StepResult = { index, input, output, ...(id === undefined ? {} : { id }) }
  block.before = result
  if (id !== undefined) owner.results = { ...owner.results, [id]: result }
}
