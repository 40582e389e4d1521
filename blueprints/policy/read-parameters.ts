import {
  type Json,
  type JsonObject,
  type PolicyParameter,
  isJsonObject,
  parameterFaults,
} from '../../engine/index.js'
import { type DocumentNode, textAt } from '../read/document-node.js'
import { plainCopy } from '../read/plain-copy.js'
import { durationOf } from '../resolve/amounts.js'
import { patternError } from '../resolve/constraints.js'
import { present } from '../resolve/present.js'
import type { Notes } from './notes.js'

const NAME = /^[a-z][A-Za-z0-9_]{0,62}$/

/** The engine's names of the types that a parameter can have. */
const TYPES: { readonly [type: string]: string } = {
  number: 'float',
  integer: 'integer',
  text: 'string',
  flag: 'boolean',
  duration: 'duration',
}

const WORDS = ['min', 'max', 'oneOf', 'pattern'] as const

/** The parameters of a policy, each with the value that it has where it is given none. */
export function readParameters(node: DocumentNode | undefined, notes: Notes): readonly PolicyParameter[] {
  return (node?.entries() ?? []).map(([name, written]) => {
    const parameter = readParameter(name, written, notes)
    if (!NAME.test(name)) {
      const hint = 'letters, digits and _, beginning with a small letter'
      notes.report('BP1201', `a parameter cannot be called "${name}"`, written, hint)
    }
    const own = parameter.value === undefined ? {} : { [name]: parameter.value }
    for (const [, fault] of parameterFaults([parameter], own))
      notes.report(
        'BP1702',
        `the default of "${name}" ${fault}`,
        written.get('default') ?? written,
        'write another',
      )
    return parameter
  })
}

/** Values of parameters that are given by name in a document. */
export function readGiven(
  node: DocumentNode | undefined,
  parameters: readonly PolicyParameter[],
  notes: Notes,
): JsonObject {
  if (node === undefined || !isJsonObject(node.value)) return {}
  const given = givenValues(node.value, parameters)
  const names = parameters.map((one) => one.name)
  for (const [name, fault] of parameterFaults(parameters, given)) {
    const code = names.includes(name) ? 'BP1702' : 'BP1703'
    const hint = names.length === 0 ? 'the policy has none' : `there is ${names.join(', ')}`
    notes.report(code, `the parameter "${name}" ${fault}`, node.get(name) ?? node, hint)
  }
  return given
}

/** Values as parameters take them: durations in milliseconds. */
export function givenValues(given: JsonObject, parameters: readonly PolicyParameter[]): JsonObject {
  const entries = Object.entries(given).map(([name, value]) => {
    const { type = '' } = parameters.find((one) => one.name === name) ?? {}
    return [name, valueOf(plainCopy(value), type)] as const
  })
  return Object.fromEntries(entries)
}

function readParameter(name: string, node: DocumentNode, notes: Notes): PolicyParameter {
  const written = isJsonObject(node.value) ? node.get('default')?.value : node.value
  const type = TYPES[textAt(node, 'type') ?? typeOf(written)] ?? 'string'
  const constraints = constraintsOf(node, notes)
  const value = written === undefined ? undefined : valueOf(written, type)
  const description = textAt(node, 'description') ?? ''
  return { name, type, description, constraints, ...present({ value }) }
}

/** A pattern that cannot be used is told, and not checked. */
function constraintsOf(node: DocumentNode, notes: Notes): readonly JsonObject[] {
  return WORDS.flatMap((word) => {
    const limit = node.get(word)
    if (limit === undefined) return []
    const error = word === 'pattern' ? patternError(limit.text ?? '') : undefined
    if (error === undefined) return [{ [word]: plainCopy(limit.value) }]
    const hint = 'look-around and back references do not exist'
    notes.report('BP1705', `the pattern cannot be used: ${error}`, limit, hint)
    return []
  })
}

function valueOf(value: Json, type: string): Json {
  return type === 'duration' ? (durationOf(value) ?? value) : value
}

function typeOf(value: Json | undefined): string {
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'flag' : 'text'
}
