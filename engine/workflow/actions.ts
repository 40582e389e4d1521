import { lackOf } from '../expression/lack.js'
import { clearText, isTruthy, plain, text } from '../expression/value.js'
import type {
  FlowAction,
  LocalAction,
  OutsideAction,
  StepAction,
  UpdateChildrenAction,
} from '../spec/step-action.js'
import type { StepSpec } from '../spec/workflow-spec.js'
import { bookStep, isBookStep } from './book-step.js'
import { runStep, switchStep } from './branches.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import { assigned, changed, quiet } from './assign.js'
import { outsideStep } from './outside-step.js'
import { retryStep } from './retry-step.js'
import { Secret } from '../support/secret.js'
import type { Flow, StepState } from './run-record.js'
import { transformed } from './transform.js'
import { treeStep } from './tree-step.js'
import { updateChildrenStep } from './update-children.js'
import { BUSY, failing, kept, known, textOf, wakeAt, type Walk } from './walk.js'

/** Does what a step says, as far as that can be done now. */
export function act(walk: Walk, spec: StepSpec, step: StepState, frame: Frame): Flow {
  const { does } = spec
  switch (does.kind) {
    case 'command':
    case 'invoke':
    case 'http':
    case 'load':
    case 'container':
      return outsideStep(walk, spec, step, frame)
    case 'update-children':
      return updateChildrenStep(walk, does, step, frame)
    default:
      return otherStep(walk, does, step, frame)
  }
}

const FLOWS: ReadonlySet<string> = new Set<FlowAction['kind']>(['return', 'run', 'switch', 'fail', 'retry'])

function isFlow(does: StepAction): does is FlowAction {
  return FLOWS.has(does.kind)
}

function flowStep(walk: Walk, does: FlowAction, step: StepState, frame: Frame): Flow {
  switch (does.kind) {
    case 'return': {
      const value = kept(walk, does.value, frame)
      return 'flow' in value ? value.flow : { kind: 'return', output: value.value }
    }
    case 'run':
      return runStep(walk, does, step, frame)
    case 'switch':
      return switchStep(walk, does, step, frame)
    case 'fail':
      return failStep(walk, does, frame)
    case 'retry':
      return retryStep(walk, does, step, frame)
  }
}

const LOCALS: ReadonlySet<string> = new Set<LocalAction['kind']>([
  ...(['nothing', 'set', 'clear', 'transform', 'wait', 'sleep', 'log'] as const),
])

function isLocal(does: StepAction): does is LocalAction {
  return LOCALS.has(does.kind)
}

type Other = Exclude<StepAction, OutsideAction | UpdateChildrenAction>

function otherStep(walk: Walk, does: Other, step: StepState, frame: Frame): Flow {
  if (isFlow(does)) return flowStep(walk, does, step, frame)
  if (isLocal(does)) return localStep(walk, does, step, frame)
  return isBookStep(does) ? bookStep(walk, does, step, frame) : treeStep(walk, does, step, frame)
}

function localStep(walk: Walk, does: LocalAction, step: StepState, frame: Frame): Flow {
  switch (does.kind) {
    case 'nothing':
      return quiet(frame)
    case 'clear':
      return changed(walk, does.variable, { value: undefined }, frame)
    case 'set': {
      const value = known(walk, does.value, frame)
      return 'flow' in value ? value.flow : assigned(walk, does, value.value, frame)
    }
    case 'transform':
      return transformStep(walk, does, frame)
    case 'wait':
      return waitStep(walk, does, frame)
    case 'sleep':
      return sleepStep(walk, does, step, frame)
    case 'log': {
      const message = textOf(walk, does.message, frame)
      if ('flow' in message) return message.flow
      walk.messages.push({ level: does.level, message: message.value })
      return quiet(frame)
    }
  }
}

function transformStep(
  walk: Walk,
  does: Extract<LocalAction, { readonly kind: 'transform' }>,
  frame: Frame,
): Flow {
  const waits = does.operations.some(({ name }) => name === 'wait')
  let value = known(walk, does.value, frame)
  if ('flow' in value) return value.flow
  if (waits && !isTruthy(plain(value.value))) return BUSY
  for (const { name, arguments: given } of does.operations) {
    const words = given.map((one) => known(walk, one, frame))
    const lacking = words.find((one) => 'flow' in one)
    if (lacking !== undefined && 'flow' in lacking) return lacking.flow
    const clear = words.map((one) => ('value' in one ? plain(one.value) : null))
    const made = transformed(name, value.value, clear, walk.world)
    if ('error' in made) return failing(runError(`${name}: ${made.error}`))
    value = made
  }
  if (does.operations.at(-1)?.name === 'return')
    return { kind: 'return', output: walk.world.keep(value.value) }
  return assigned(walk, does, value.value, frame)
}

function waitStep(walk: Walk, does: Extract<LocalAction, { readonly kind: 'wait' }>, frame: Frame): Flow {
  const value = known(walk, does.value, frame)
  if ('flow' in value) return value.flow
  if (does.for === 'value') {
    if (isTruthy(plain(value.value))) return assigned(walk, does, value.value, frame)
    walk.waits.push(`a value that ${lackOf(value.value)}`)
    return BUSY
  }
  const id = clearText(value.value)
  const state = walk.world.task(id)
  if (state === 'running') {
    walk.waits.push(`the task ${id}`)
    return BUSY
  }
  if (state !== 'succeeded')
    return failing(runError(`the task ${id} ${state ?? 'is not there'}`, 'command-failed'))
  return assigned(walk, does, id, frame)
}

function sleepStep(
  walk: Walk,
  { duration }: Extract<LocalAction, { readonly kind: 'sleep' }>,
  step: StepState,
  frame: Frame,
): Flow {
  if (step.until === undefined) {
    const found = known(walk, duration, frame)
    if ('flow' in found) return found.flow
    const ms = Number(plain(found.value))
    if (!(ms >= 0)) return failing(runError(`${JSON.stringify(plain(found.value))} is no duration`))
    step.until = step.begunAt + ms
  }
  if (walk.world.now >= step.until) return quiet(frame)
  wakeAt(walk, step.until)
  walk.waits.push('the end of its sleep')
  return BUSY
}

function failStep(
  walk: Walk,
  { message, rethrow }: Extract<StepAction, { readonly kind: 'fail' }>,
  frame: Frame,
): Flow {
  const handled = rethrow ? frame.handled?.error : undefined
  const fallback = handled?.message ?? 'the workflow was made to fail'
  const words = message === undefined ? { value: fallback } : known(walk, message, frame)
  if ('flow' in words) return words.flow
  const shown = text(words.value)
  const said = shown instanceof Secret ? shown.toString() : shown
  if (handled === undefined) return failing(runError(said, 'command-failed'))
  return failing(runError(said, handled.failure.cause, { cause: handled }))
}
