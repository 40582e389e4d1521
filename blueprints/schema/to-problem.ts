import type { ErrorObject } from 'ajv'
import {
  type Json,
  type JsonObject,
  type Problem,
  type SourcePlace,
  isJsonObject,
} from '../../engine/index.js'
import { type ProblemCode, type ProblemExtras, problem } from '../problems.js'
import { type Path, pathOf, pointerOf } from '../read/document.js'
import type { DocumentNode } from '../read/document-node.js'
import { nearestName, suggestionFor } from '../suggest.js'
import { present } from '../resolve/present.js'

/** One complaint of the validator. */
export type SchemaFault = ErrorObject<string, { readonly [name: string]: unknown }>

/** The validator's complaints as problems with places: those that follow from others are left out. */
export function toProblems(faults: readonly SchemaFault[], node: DocumentNode): readonly Problem[] {
  const unknown = faults.filter((fault) => fault.keyword === 'additionalProperties')
  const wrong = new Set(faults.filter((fault) => FINAL.has(fault.keyword)).map((fault) => fault.instancePath))
  const kept = faults.filter((fault) => {
    if (GROUPS.has(fault.keyword)) return false
    if (!FINAL.has(fault.keyword) && wrong.has(fault.instancePath)) return false
    return fault.keyword !== 'required' || !isMisspelt(fault, unknown)
  })
  const seen = new Set<string>()
  return kept.map((fault) => toProblem(fault, node)).filter((one) => isNew(one, seen))
}

/** Complaints that only say that others within them exist. */
const GROUPS = new Set(['if', 'then', 'else', 'anyOf', 'oneOf', 'allOf', 'propertyNames'])

/** Complaints after which no other about the same value means anything. */
const FINAL = new Set(['type', 'unsupported'])

function isNew(one: Problem, seen: Set<string>): boolean {
  const key = `${one.code} ${one.pointer ?? ''} ${one.message}`
  if (seen.has(key)) return false
  seen.add(key)
  return true
}

/** Whether a key is missing because it was written wrongly: then the unknown key says it. */
function isMisspelt(fault: SchemaFault, unknown: readonly SchemaFault[]): boolean {
  const missing = textOf(fault.params['missingProperty'])
  return unknown.some(
    (other) =>
      other.instancePath === fault.instancePath &&
      nearestName(textOf(other.params['additionalProperty']), [missing]) !== undefined,
  )
}

interface Where {
  readonly node: DocumentNode
  readonly path: Path
  readonly key: string
  readonly place: SourcePlace
  readonly pointer: string
}

function toProblem(fault: SchemaFault, node: DocumentNode): Problem {
  const path = [...node.path, ...pathOf(fault.instancePath)]
  const { document } = node
  const where = {
    node,
    path,
    key: String(path.at(-1) ?? ''),
    place: document.place(path),
    pointer: pointerOf(path),
  }
  const make = MAKERS[fault.keyword] ?? otherProblem
  return make(fault, where)
}

type Maker = (fault: SchemaFault, where: Where) => Problem

const MAKERS: { readonly [keyword: string]: Maker } = {
  additionalProperties: unknownKey,
  type: wrongType,
  required: missingKey,
  enum: notAllowed,
  const: notAllowed,
  unsupported: notSupported,
  minimum: outOfBounds,
  maximum: outOfBounds,
  exclusiveMinimum: outOfBounds,
  exclusiveMaximum: outOfBounds,
  multipleOf: outOfBounds,
  pattern: wrongForm,
}

function unknownKey(fault: SchemaFault, where: Where): Problem {
  const key = textOf(fault.params['additionalProperty'])
  const path = [...where.path, key]
  const place = where.node.document.keyPlace(path)
  const known = Object.keys(objectOf(fault.parentSchema, 'properties'))
  const given = Object.keys(isJsonObject(fault.data as Json) ? (fault.data as JsonObject) : {})
  const free = known.filter((name) => !given.includes(name))
  const near = nearestName(key, free)
  const hint = suggestionFor(key, free)
  return problem('BP1103', `unknown key "${key}"`, place, {
    pointer: pointerOf(path),
    ...present({ hint }),
    ...(near === undefined
      ? {}
      : { fix: { title: `Change "${key}" to "${near}"`, edits: [{ range: place.range, text: near }] } }),
  })
}

function wrongType(fault: SchemaFault, where: Where): Problem {
  const asked = fault.params['type']
  const types = (Array.isArray(asked) ? asked : [asked]).map(
    (type) => TYPE_WORDS[textOf(type)] ?? textOf(type),
  )
  const expected =
    types.length < 2 ? (types[0] ?? '') : `${types.slice(0, -1).join(', ')} or ${types.at(-1) ?? ''}`
  return at(where, 'BP1102', `${subject(where)} must be ${expected}, not ${shown(fault.data as Json)}`, {
    hint: `write ${expected}`,
  })
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
}

function missingKey(fault: SchemaFault, where: Where): Problem {
  const key = textOf(fault.params['missingProperty'])
  const place = where.path.length === 0 ? where.place : where.node.document.keyPlace(where.path)
  return problem('BP1104', `${subject(where)} needs the key "${key}"`, place, {
    pointer: where.pointer,
    hint: `add "${key}:"`,
  })
}

function notAllowed(fault: SchemaFault, where: Where): Problem {
  const allowed =
    fault.keyword === 'const'
      ? [fault.params['allowedValue']]
      : (fault.params['allowedValues'] as readonly unknown[])
  const words = allowed.map((value) => textOf(value))
  const written = typeof fault.data === 'string' ? fault.data : ''
  const near = nearestName(written, words)
  const { range } = where.place
  return at(where, 'BP1105', `${subject(where)} cannot be ${shown(fault.data as Json)}`, {
    hint: near === undefined ? `write one of ${words.join(', ')}` : `did you mean "${near}"?`,
    ...(near === undefined
      ? {}
      : { fix: { title: `Change it to "${near}"`, edits: [{ range, text: near }] } }),
  })
}

function notSupported(fault: SchemaFault, where: Where): Problem {
  const place = where.node.document.keyPlace(where.path)
  const hint = textOf(fault.schema)
  return problem('BP1108', `"${where.key}" is not supported yet`, place, { pointer: where.pointer, hint })
}

function outOfBounds(fault: SchemaFault, where: Where): Problem {
  const limit = textOf(fault.params['limit'] ?? fault.params['multipleOf'])
  const comparison = BOUND_WORDS[fault.keyword] ?? 'fit'
  const message = `${subject(where)} must be ${comparison} ${limit}; it is ${shown(fault.data as Json)}`
  return at(where, 'BP1107', message, { hint: `write a number ${comparison} ${limit}` })
}

const BOUND_WORDS: { readonly [keyword: string]: string } = {
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'more than',
  exclusiveMaximum: 'less than',
  multipleOf: 'a multiple of',
}

function wrongForm(fault: SchemaFault, where: Where): Problem {
  const about = objectOf(fault.parentSchema, '')['description']
  const hint = typeof about === 'string' ? about : `it must fit ${textOf(fault.params['pattern'])}`
  return at(where, 'BP1106', `${subject(where)} cannot be ${shown(fault.data as Json)}`, { hint })
}

function otherProblem(fault: SchemaFault, where: Where): Problem {
  return at(where, 'BP1106', `${subject(where)} ${fault.message ?? 'has the wrong form'}`, {
    hint: 'see the page of this code',
  })
}

function at(where: Where, code: ProblemCode, message: string, extras: ProblemExtras): Problem {
  return problem(code, message, where.place, { pointer: where.pointer, ...extras })
}

function subject(where: Where): string {
  const { path } = where
  if (path.length === 0) return 'the document'
  const last = where.key
  return /^[0-9]+$/.test(last) && path.length > 1
    ? `item ${Number(last) + 1} of "${String(path.at(-2))}"`
    : `"${last}"`
}

function shown(value: Json): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string')
    return value.length > 40 ? `the text "${value.slice(0, 40)}…"` : `the text "${value}"`
  return String(value)
}

function objectOf(schema: Json | undefined, key: string): JsonObject {
  if (!isJsonObject(schema)) return {}
  const found = key === '' ? schema : schema[key]
  return isJsonObject(found) ? found : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}
