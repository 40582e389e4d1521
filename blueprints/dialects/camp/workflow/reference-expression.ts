import {
  type EntityReference,
  type Expression,
  type VariableSource,
  literal,
} from '../../../../engine/index.js'
import { suggestionFor } from '../../../suggest.js'
import { asRead } from '../language/states.js'
import { SENSOR_ALIASES } from '../types/types.js'
import type { Reference, ReferenceStep } from './references.js'
import type { TextFault } from './words.js'

/** What is asked for, and whether a shell reads what it gives. */
export interface Asked extends Reference {
  readonly shell?: boolean
}

/** Whether it is why something cannot be read. */
export function isFault(found: Expression | TextFault | string | number): found is TextFault {
  return typeof found === 'object' && !('kind' in found)
}

/** What `${…}` asks for, or why nothing can be asked for so. Never throws. */
export function referenceExpression(reference: Asked): Expression | TextFault {
  const { name, steps } = reference
  if (name === 'workflow') return ofWorkflow(reference)
  if (name === 'entity') return ofEntity({ scope: 'self' }, steps, reference)
  const whole = variableAt(reference, steps)
  return isFault(whole) ? whole : orOfEntity(whole, reference)
}

function variableAt(reference: Asked, steps: readonly ReferenceStep[]): Expression | TextFault {
  const { name } = reference
  if (name === 'output' || name === 'error') return variable(name, steps, reference)
  return variable('any', [name, ...steps], reference)
}

/** A variable, or a part of one, that holds an entity has what an entity has. */
function orOfEntity(whole: Expression, reference: Asked): Expression {
  const { steps } = reference
  const at = steps.findIndex((step) => typeof step === 'string' && ENTITY_WORDS.includes(step))
  if (at < 0) return whole
  const held = variableAt(reference, steps.slice(0, at))
  if (isFault(held)) return whole
  const asked = ofEntity({ scope: 'value', of: held }, steps.slice(at), reference)
  return isFault(asked) ? whole : { kind: 'first-known', of: [whole, asked] }
}

type Path = Extract<Expression, { readonly kind: 'variable' }>['path']

function variable(
  of: VariableSource,
  steps: readonly ReferenceStep[],
  reference: Asked,
): Expression | TextFault {
  const path: Path[number][] = []
  for (const step of steps) {
    const key = keyOf(step)
    if (isFault(key)) return { ...key, ...at(reference) }
    path.push(key)
  }
  return { kind: 'variable', of, path }
}

function keyOf(step: ReferenceStep): string | number | Expression | TextFault {
  if (typeof step !== 'object') return step
  return 'key' in step ? step.key : referenceExpression(step.of)
}

const WORKFLOW_PARTS: { readonly [word: string]: VariableSource } = {
  input: 'input',
  var: 'variables',
  error: 'error',
  step: 'step',
  current_step: 'current-step',
  previous_step: 'previous-step',
  error_handler: 'handled-step',
}
const RUN_WORDS = ['name', 'id', 'task_id', 'output']
const UTILITIES = ['now', 'now_iso', 'random']
const WORKFLOW_WORDS = [...RUN_WORDS, ...Object.keys(WORKFLOW_PARTS), 'util']

function ofWorkflow(reference: Asked): Expression | TextFault {
  const [word, ...rest] = reference.steps
  if (typeof word !== 'string') return fault(reference, 'the workflow by itself is no value', WORKFLOW_WORDS)
  const part = Object.hasOwn(WORKFLOW_PARTS, word) ? WORKFLOW_PARTS[word] : undefined
  if (part !== undefined) return variable(part, rest, reference)
  if (RUN_WORDS.includes(word)) return variable('run', [word, ...rest], reference)
  if (word !== 'util') return unknown(reference, `a workflow has no "${word}"`, word, WORKFLOW_WORDS)
  const [utility] = rest
  if (typeof utility === 'string' && UTILITIES.includes(utility) && rest.length === 1)
    return variable('run', [utility], reference)
  const asked = typeof utility === 'string' ? utility : ''
  return unknown(reference, `there is no workflow.util.${asked} here`, asked, UTILITIES)
}

const ENTITY_WORDS = [
  ...['sensor', 'config', 'attributeWhenReady', 'parent', 'application', 'child', 'name', 'id', 'location'],
]

type Ask = (of: EntityReference, rest: readonly ReferenceStep[], reference: Asked) => Expression | TextFault

const OF_ENTITY: { readonly [word: string]: Ask } = {
  sensor: (of, rest, reference) => named(rest, reference, (name) => sensorOf(of, name, false)),
  attributeWhenReady: (of, rest, reference) => named(rest, reference, (name) => sensorOf(of, name, true)),
  config: (of, rest, reference) =>
    named(rest, reference, (key) => ({ kind: 'config', of, key, atOnce: true })),
  parent: (of, rest, reference) => ofEntity(from('parent', of), rest, reference),
  application: (of, rest, reference) => ofEntity(from('root', of), rest, reference),
  child: ofChild,
  driver: (_of, rest, reference) => ofDriver(rest, reference),
  id: (of, rest, reference) => only(rest, [], reference, { kind: 'entity-id', of }),
  name: (of, rest, reference) => only(rest, [], reference, { kind: 'entity-id', of, as: 'name' }),
  location: (of, rest, reference) => only(rest, ['name'], reference, { kind: 'location', of, index: 0 }),
}

/** What an entity is asked for: `steps` are what stands behind it. */
function ofEntity(
  of: EntityReference,
  steps: readonly ReferenceStep[],
  reference: Asked,
): Expression | TextFault {
  const [first, ...rest] = steps
  if (first === undefined) return { kind: 'entity-id', of }
  const word = typeof first === 'object' && 'key' in first ? first.key : first
  if (typeof word !== 'string') return fault(reference, 'an entity has no positions', ENTITY_WORDS)
  const ask = Object.hasOwn(OF_ENTITY, word) ? OF_ENTITY[word] : undefined
  if (ask !== undefined) return ask(of, rest, reference)
  return unknown(reference, `an entity has no "${word}"`, word, ENTITY_WORDS)
}

function from(scope: 'parent' | 'root', of: EntityReference): EntityReference {
  return of.scope === 'self' && of.from === undefined ? { scope } : { scope, from: of }
}

/** What is there where these steps stand behind it, and no others. */
function only(
  rest: readonly ReferenceStep[],
  wanted: readonly string[],
  reference: Asked,
  expression: Expression,
): Expression | TextFault {
  const fits = rest.length === wanted.length && wanted.every((word, at) => rest[at] === word)
  return fits ? expression : fault(reference, 'nothing more is known of it', ['name', 'id', 'location.name'])
}

function ofChild(
  of: EntityReference,
  [id, ...rest]: readonly ReferenceStep[],
  reference: Asked,
): Expression | TextFault {
  const key = id === undefined ? undefined : keyOf(id)
  if (key === undefined) return fault(reference, 'the id of the child is missing', ['child["web"]'])
  if (isFault(key)) return key
  const child: EntityReference = { scope: 'child', id: typeof key === 'number' ? String(key) : key, from: of }
  return ofEntity(child, rest, reference)
}

/** Where the software of the entity works, as its commands know it. */
const DIRECTORIES: { readonly [word: string]: string } = {
  runDir: '$RUN_DIR',
  installDir: '$INSTALL_DIR',
  pidFile: '$PID_FILE',
}

function ofDriver(steps: readonly ReferenceStep[], reference: Asked): Expression | TextFault {
  const [word] = steps
  const directory =
    typeof word === 'string' && Object.hasOwn(DIRECTORIES, word) ? DIRECTORIES[word] : undefined
  if (directory !== undefined && steps.length === 1 && reference.shell === true) return literal(directory)
  if (directory !== undefined) return fault(reference, 'directories are known to commands alone', ['ssh'])
  return fault(reference, 'that is not known of a driver here', Object.keys(DIRECTORIES))
}

/**
 * A value by its name, and what is in it. A name may have dots: all of them are taken for one first, then the first for the name
 * and the others for what is in it.
 */
function named(
  steps: readonly ReferenceStep[],
  reference: Asked,
  make: (name: string | Expression) => Expression,
): Expression | TextFault {
  const keys = steps.map(keyOf)
  const faulty = keys.find(isFault)
  if (faulty !== undefined) return { ...faulty, ...at(reference) }
  const [first, ...rest] = keys as readonly (string | number | Expression)[]
  if (first === undefined) return fault(reference, 'a name is missing', ['entity.sensor.name'])
  const start = make(typeof first === 'number' ? String(first) : first)
  const inside = rest.reduce<Expression>(memberOf, start)
  const isDotted = rest.length > 0 && steps.every((step) => typeof step === 'string')
  return isDotted ? { kind: 'first-known', of: [make(steps.join('.')), inside] } : inside
}

function memberOf(of: Expression, key: string | number | Expression): Expression {
  return typeof key === 'object'
    ? { kind: 'apply', function: 'member', arguments: [of, key] }
    : { kind: 'access', of, key }
}

function sensorOf(of: EntityReference, name: string | Expression, whenReady: boolean): Expression {
  const sensor = typeof name === 'string' ? (SENSOR_ALIASES[name] ?? name) : name
  return asRead({ kind: 'sensor', of, sensor, whenReady, ...(whenReady ? {} : { atOnce: true }) })
}

function unknown(reference: Asked, error: string, word: string, words: readonly string[]): TextFault {
  return { ...at(reference), error, hint: suggestionFor(word, words) ?? '' }
}

function fault(reference: Asked, error: string, words: readonly string[]): TextFault {
  return { ...at(reference), error, hint: `there is ${words.join(', ')}` }
}

function at({ offset, length }: Asked): Pick<TextFault, 'offset' | 'length'> {
  return { offset, length }
}
