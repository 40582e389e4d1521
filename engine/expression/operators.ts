import type { Expression, OperatorExpression } from '../spec/expression.js'
import type { Order } from '../spec/predicate.js'
import { unreachable } from '../support/invariant.js'
import type { Json } from '../support/json.js'
import { compareValues, equalsLoosely } from './compare.js'
import { collect, failed, ready, andThen, type Evaluation } from './evaluation.js'
import { typeFault, typedValue } from './parameter-type.js'
import { EntityValue, isTruthy, madeOf, plain, revealed, secretIn, type Value } from './value.js'

/** Evaluates one operand where it stands. */
export type Operand = (expression: Expression) => Evaluation

/** What an operator gives. */
export function operated(expression: OperatorExpression, value: Operand): Evaluation {
  switch (expression.kind) {
    case 'arithmetic':
      return pair(expression, value, (left, right) => calculated(expression.operator, left, right))
    case 'compare':
      return pair(expression, value, (left, right) =>
        ready(holds(expression.is, revealed(left), revealed(right))),
      )
    case 'logic':
      return decided(expression, value)
    case 'choose':
      return andThen(value(expression.by), (by) =>
        value(isTruthy(plain(by)) ? expression.then : expression.else),
      )
    case 'first-known':
      return firstKnown(expression.of, value)
    case 'typed':
      return andThen(value(expression.value), (found) => typed(expression.type, found))
    default:
      return unreachable(expression)
  }
}

/** A value as one of a type, or why it cannot be that. */
export function typed(type: string, value: Value): Evaluation {
  if (value instanceof EntityValue || secretIn(value) !== undefined) return ready(value)
  const made = typedValue(type, plain(value))
  const fault = typeFault(type, made)
  return fault === undefined ? ready(made) : failed(`${JSON.stringify(plain(value))} ${fault}`)
}

function pair(
  { left, right }: { readonly left: Expression; readonly right: Expression },
  value: Operand,
  use: (left: Value, right: Value) => Evaluation,
): Evaluation {
  return collect([value(left), value(right)], ([first = null, second = null]) => use(first, second))
}

const CALCULATE: { readonly [operator: string]: (left: number, right: number) => number } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
}

function calculated(operator: string, left: Value, right: Value): Evaluation {
  const [a, b] = [numberOf(revealed(left)), numberOf(revealed(right))]
  if (a === undefined || b === undefined) {
    const shown = JSON.stringify(plain(a === undefined ? left : right))
    return failed(`${shown} is no number, so ${operator} cannot be calculated`)
  }
  const made = CALCULATE[operator]?.(a, b) ?? Number.NaN
  if (!Number.isFinite(made)) return failed(`${a} ${operator} ${b} is no number`)
  return ready(secretIn([left, right]) === undefined ? made : madeOf([left, right], 'number', String(made)))
}

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\s*[-+]?\d{1,300}(\.\d{1,300})?([eE][-+]?\d{1,3})?\s*$/.test(value))
    return undefined
  return Number(value)
}

function holds(is: 'equal' | 'different' | Order, left: Json, right: Json): boolean {
  if (is === 'equal') return equalsLoosely(left, right)
  if (is === 'different') return !equalsLoosely(left, right)
  const order = compareValues(left, right)
  return order !== undefined && IN_ORDER[is](order)
}

const IN_ORDER: { readonly [is in Order]: (order: number) => boolean } = {
  less: (order) => order < 0,
  'at-most': (order) => order <= 0,
  more: (order) => order > 0,
  'at-least': (order) => order >= 0,
}

function decided(
  { operator, of }: { readonly operator: 'and' | 'or'; readonly of: readonly Expression[] },
  value: Operand,
): Evaluation {
  let last: Evaluation = ready(operator === 'and')
  for (const one of of) {
    last = value(one)
    if (last.kind !== 'ready' || isTruthy(plain(last.value)) === (operator === 'or')) return last
  }
  return last
}

function firstKnown(of: readonly Expression[], value: Operand): Evaluation {
  let last: Evaluation = ready(null)
  for (const one of of) {
    last = value(one)
    if (last.kind === 'ready' && last.value !== null) return last
  }
  return last
}
