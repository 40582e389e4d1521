import {
  type ConditionSpec,
  type Expression,
  type Json,
  type Predicate,
  isJsonObject,
  literal,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { isDsl, readExpression } from '../language/expressions.js'
import { expressionsIn, readPredicate } from '../language/predicates.js'
import type { FlowDesk } from './flow-desk.js'
import { interpolated, listOf, mapOf, valueOf } from './interpolate.js'
import { piecesOf } from './references.js'
import { type Written, writtenAt } from './written.js'

/** What must hold, as it is written at a key: the language of predicates, with values in it. */
export function readCondition(node: DocumentNode | undefined, flow: FlowDesk): ConditionSpec | undefined {
  if (node === undefined) return undefined
  const predicate = readPredicate(node, flow.desk)
  if (predicate === undefined) return undefined
  reportValues(node, flow)
  const target = node.get('target')
  const isAimed = predicate.kind === 'select' && predicate.from.kind === 'value' && target !== undefined
  if (!isAimed) return { predicate: expressionOf(predicate, node, flow) }
  return {
    subject: valueOf(writtenAt(target), flow),
    predicate: expressionOf(predicate.of, node, flow),
  }
}

/** That a value counts as true; what is not known does not. */
export function truthy(subject: Expression): ConditionSpec {
  const predicate: Predicate = { kind: 'when', state: 'truthy' }
  return { subject, predicate: literal(predicate) }
}

/** That a value is there, and equal to another. */
export function equalTo(subject: Expression, value: Expression): ConditionSpec {
  const isThere: Predicate = { kind: 'assert', of: { kind: 'when', state: 'present' } }
  return {
    subject,
    predicate: mapOf([
      ['kind', literal('all')],
      [
        'of',
        listOf([
          literal(isThere),
          mapOf([
            ['kind', literal('equals')],
            ['value', value],
          ]),
        ]),
      ],
    ]),
  }
}

/** What must hold of a number: "any", the number itself, or a predicate. */
export function readNumberCondition(written: Written | undefined, flow: FlowDesk): ConditionSpec | undefined {
  if (written === undefined) return undefined
  if (written.text?.trim() === 'any') return { predicate: literal({ kind: 'constant', holds: true }) }
  if (written.text !== undefined)
    return {
      predicate: mapOf([
        ['kind', literal('equals')],
        ['value', interpolated(written, flow)],
      ]),
    }
  return readCondition(written.node, flow)
}

/** Faults in the values of a predicate are told where they stand, once. */
function reportValues(node: DocumentNode, flow: FlowDesk): void {
  if (isDsl(node)) return
  if (node.text !== undefined) interpolated(writtenAt(node), flow)
  const parts = node.isList ? node.items() : node.entries().map(([, part]) => part)
  for (const part of parts) reportValues(part, flow)
}

/** The predicate with what its texts ask for; what cannot be read was told. */
function expressionOf(value: Json, node: DocumentNode, flow: FlowDesk): Expression {
  const asked = expressionsIn(node).find((one) => JSON.stringify(one.value) === JSON.stringify(value))
  if (asked !== undefined) return readExpression(asked, flow.desk)
  if (typeof value === 'string')
    return piecesOf(value).some(({ kind }) => kind !== 'text')
      ? interpolated({ node, text: value, raw: value, where: () => node.place }, flow, { silent: true })
      : literal(value)
  if (Array.isArray(value))
    return listOf((value as readonly Json[]).map((item) => expressionOf(item, node, flow)))
  if (!isJsonObject(value)) return literal(value)
  return mapOf(Object.entries(value).map(([key, part]) => [key, expressionOf(part, node, flow)]))
}
