import { lackOf } from '../expression/lack.js'
import { clearText, isTruthy, plain, secretIn, text } from '../expression/value.js'
import type { BookAction, FlowAction, LocalAction, StepAction } from '../spec/step-action.js'
import type { StepSpec } from '../spec/workflow-spec.js'
import { runStep, switchStep } from './branches.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import { assigned, changed, quiet } from './assign.js'
import { outsideStep } from './outside-step.js'
import { retryStep } from './retry-step.js'
import { Secret } from '../support/secret.js'
import type { Flow, SensorWrite, StepState } from './run-record.js'
import { transformed } from './transform.js'
import { isTreeStep, TREE_STEPS, treeStep } from './tree-step.js'
import { updateChildrenStep } from './update-children.js'
import {
  BUSY,
  entityOf,
  failing,
  keysOf,
  kept,
  known,
  textOf,
  wakeAt,
  type Known,
  type Walk,
} from './walk.js'

/** What steps can do so far; a document that asks for another one is told so when it is read. */
export const DOABLE_STEPS: ReadonlySet<StepAction['kind']> = new Set<StepAction['kind']>([
  ...(['nothing', 'set', 'clear', 'transform', 'wait', 'sleep', 'log'] as const),
  ...(['return', 'run', 'switch', 'fail', 'retry'] as const),
  ...(['set-sensor', 'clear-sensor', 'command', 'invoke', 'http', 'load'] as const),
  ...TREE_STEPS,
  'update-children',
])

/** Does what a step says, as far as that can be done now. */
export function act(walk: Walk, spec: StepSpec, step: StepState, frame: Frame): Flow {
  const { does } = spec
  switch (does.kind) {
    case 'command':
    case 'invoke':
    case 'http':
    case 'load':
      return outsideStep(walk, spec, step, frame)
    case 'set-sensor':
    case 'clear-sensor':
      return sensorStep(walk, does, step, frame)
    default:
      return isFlow(does) ? flowStep(walk, does, step, frame) : otherStep(walk, does, step, frame)
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

function otherStep(walk: Walk, does: StepAction, step: StepState, frame: Frame): Flow {
  if (LOCALS.has(does.kind)) return localStep(walk, does as LocalAction, step, frame)
  if (does.kind === 'update-children') return updateChildrenStep(walk, does, step, frame)
  if (isTreeStep(does)) return treeStep(walk, does, step, frame)
  return failing(runError(`a step of the kind ${does.kind} cannot be done yet`, 'unsupported'))
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

type SensorAction = Extract<BookAction, { readonly kind: 'set-sensor' | 'clear-sensor' }>

/** A sensor is changed in one commit with what its step comes to: the walk ends here until that is durable. */
function sensorStep(walk: Walk, does: SensorAction, step: StepState, frame: Frame): Flow {
  if (step.written !== undefined) {
    const { refused } = step.written
    // What comes next may read the sensor, which has its value only once this is recorded.
    walk.stopped = true
    return refused === undefined ? quiet(frame) : failing(runError(refused, 'conflict'))
  }
  const write = sensorWrite(walk, does, frame)
  if ('flow' in write) return write.flow
  walk.write = write.value
  step.writing = true
  walk.stopped = true
  return BUSY
}

function sensorWrite(walk: Walk, does: SensorAction, frame: Frame): Known<SensorWrite> {
  const entity = entityOf(walk, does.of, frame)
  if ('flow' in entity) return entity
  const sensor = textOf(walk, does.sensor, frame)
  if ('flow' in sensor) return sensor
  const path = keysOf(walk, does.path, frame)
  if ('flow' in path) return path
  const about = { entity: entity.value, sensor: sensor.value, path: path.value }
  if (!walk.world.exists(entity.value))
    return { flow: failing(runError(`there is no entity ${entity.value}`, 'missing')) }
  return does.kind === 'clear-sensor' ? { value: about } : withValue(walk, does, about, frame)
}

function withValue(
  walk: Walk,
  does: Extract<SensorAction, { readonly kind: 'set-sensor' }>,
  about: SensorWrite,
  frame: Frame,
): Known<SensorWrite> {
  const { type, value: given, require } = does
  const value = known(walk, type === undefined ? given : { kind: 'typed', type, value: given }, frame)
  if ('flow' in value) return value
  if (secretIn(value.value) !== undefined)
    return { flow: failing(runError(`a secret cannot be put into the sensor ${about.sensor}`)) }
  const write = { ...about, value: plain(value.value) }
  if (require === undefined) return { value: write }
  const predicate = kept(walk, require.predicate, frame)
  return 'flow' in predicate ? predicate : { value: { ...write, require: predicate.value } }
}
