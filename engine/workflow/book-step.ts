import { clearText, plain, secretIn } from '../expression/value.js'
import { NAME_SETTING } from '../reconcile/facts/kept-values.js'
import type { BookAction, StepAction } from '../spec/step-action.js'
import type { Expression } from '../spec/expression.js'
import type { Json } from '../support/json.js'
import { quiet } from './assign.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import type { Flow, SensorWrite, StepState } from './run-record.js'
import { BUSY, entityOf, failing, keysOf, kept, known, textOf, type Known, type Walk } from './walk.js'

/** Kinds of steps that change what is recorded of an entity. */
const BOOK_STEPS = ['set-sensor', 'clear-sensor', 'set-config', 'clear-config', 'rename'] as const

/** Whether a step changes what is recorded of an entity. */
export function isBookStep(does: StepAction): does is BookAction {
  return (BOOK_STEPS as readonly string[]).includes(does.kind)
}

/** What is recorded is changed in one commit with what its step comes to: the walk ends here until that is durable. */
export function bookStep(walk: Walk, does: BookAction, step: StepState, frame: Frame): Flow {
  if (step.written !== undefined) {
    const { refused } = step.written
    // What comes next may read the value, which is there only once this is recorded.
    walk.stopped = true
    return refused === undefined ? quiet(frame) : failing(runError(refused, 'conflict'))
  }
  const entity = entityOf(walk, does.of, frame)
  if ('flow' in entity) return entity.flow
  if (!walk.world.exists(entity.value))
    return failing(runError(`there is no entity ${entity.value}`, 'missing'))
  const write = writeOf(walk, does, entity.value, frame)
  if ('flow' in write) return write.flow
  walk.write = write.value
  step.writing = true
  walk.stopped = true
  return BUSY
}

function writeOf(walk: Walk, does: BookAction, entity: string, frame: Frame): Known<SensorWrite> {
  switch (does.kind) {
    case 'set-sensor':
    case 'clear-sensor':
      return sensorWrite(walk, does, entity, frame)
    case 'set-config':
    case 'clear-config':
      return configWrite(walk, does, entity, frame)
    case 'rename': {
      const name = known(walk, does.name, frame)
      if ('flow' in name) return name
      const value = clearText(plain(name.value))
      return { value: { entity, book: 'settings', sensor: NAME_SETTING, path: [], value } }
    }
  }
}

function sensorWrite(
  walk: Walk,
  does: Extract<BookAction, { readonly kind: 'set-sensor' | 'clear-sensor' }>,
  entity: string,
  frame: Frame,
): Known<SensorWrite> {
  const sensor = textOf(walk, does.sensor, frame)
  if ('flow' in sensor) return sensor
  const path = keysOf(walk, does.path, frame)
  if ('flow' in path) return path
  const about = { entity, sensor: sensor.value, path: path.value }
  if (does.kind === 'clear-sensor') return { value: about }
  const value = plainOf(walk, does, `the sensor ${sensor.value}`, frame)
  if ('flow' in value) return value
  const write = { ...about, value: value.value }
  if (does.require === undefined) return { value: write }
  const predicate = kept(walk, does.require.predicate, frame)
  return 'flow' in predicate ? predicate : { value: { ...write, require: predicate.value } }
}

function configWrite(
  walk: Walk,
  does: Extract<BookAction, { readonly kind: 'set-config' | 'clear-config' }>,
  entity: string,
  frame: Frame,
): Known<SensorWrite> {
  const key = textOf(walk, does.key, frame)
  if ('flow' in key) return key
  const about = { entity, book: 'settings', sensor: key.value } as const
  if (does.kind === 'clear-config') return { value: { ...about, path: [] } }
  const path = keysOf(walk, does.path, frame)
  if ('flow' in path) return path
  const value = plainOf(walk, does, `the config ${key.value}`, frame)
  if ('flow' in value) return value
  if (path.value.length > 0)
    return partWrite(walk, does, { ...about, path: path.value, value: value.value }, frame)
  const checked = walk.world.setting(entity, key.value, value.value)
  if ('reason' in checked) return { flow: failing(runError(checked.reason)) }
  return { value: { ...about, path: [], value: checked.value } }
}

/** A part of a value that nobody has set is a part of what the document says. */
function partWrite(
  walk: Walk,
  does: Extract<BookAction, { readonly kind: 'set-config' }>,
  write: SensorWrite,
  frame: Frame,
): Known<SensorWrite> {
  const key = write.sensor
  const of = { scope: 'value', of: { kind: 'entity-id', of: does.of ?? { scope: 'self' } } } as const
  const base = known(walk, { kind: 'config', of, key }, frame)
  if ('flow' in base) return base
  if (secretIn(base.value) !== undefined)
    return { flow: failing(runError(`a part of the secret config ${key} cannot be set`)) }
  const before = base.value === null ? {} : { base: plain(base.value) }
  return { value: { ...write, ...before } }
}

/** A value as it is recorded in the clear. */
function plainOf(
  walk: Walk,
  { type, value }: { readonly type?: string; readonly value: Expression },
  where: string,
  frame: Frame,
): Known<Json> {
  const found = known(walk, type === undefined ? value : { kind: 'typed', type, value }, frame)
  if ('flow' in found) return found
  return secretIn(found.value) === undefined
    ? { value: plain(found.value) }
    : { flow: failing(runError(`a secret cannot be put into ${where}`)) }
}
