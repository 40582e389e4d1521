import { describe, expect, it } from 'vitest'
import { literal, type Expression, type Json, type Seal } from '../../../engine/index.js'
import { evaluate, type Evaluation, type Snapshot } from '../../../engine/expression/evaluate.js'
import { plain } from '../../../engine/expression/value.js'
import { TEST_SEAL } from '../../support/engine-harness.js'

const seal: Seal = TEST_SEAL

const VALUES: { readonly [name: string]: Json } = { x: 4, name: 'web', list: [1, { deep: true }], none: null }

/** One entity without anything, in a run that has the variables above. */
function evaluated(expression: Expression, inARun = true): Evaluation {
  const snapshot: Snapshot = {
    nameOf: (path) => path,
    resolve: (_step, from) => [from],
    config: () => [],
    sensor: () => undefined,
    locations: () => [],
    external: () => ({ kind: 'failed', reason: 'nobody supplies anything' }),
    render: (text) => ({ text }),
    ...(inARun ? { variable: read } : {}),
  }
  return evaluate(expression, 'web', snapshot, seal)
}

function read(
  _of: string,
  [name = '', ...rest]: readonly (string | number)[],
): ReturnType<NonNullable<Snapshot['variable']>> {
  let value: Json | undefined = VALUES[name]
  for (const key of rest) value = (value as { readonly [key: string]: Json } | undefined)?.[key]
  return value === undefined ? { error: `there is no ${name}` } : { value }
}

const variable = (...path: readonly (string | number | Expression)[]): Expression => ({
  kind: 'variable',
  of: 'any',
  path,
})
const sum = (operator: '+' | '-' | '*' | '/' | '%', left: Json, right: Json): Expression => ({
  kind: 'arithmetic',
  operator,
  left: literal(left),
  right: literal(right),
})
const compare = (is: 'equal' | 'different' | 'less' | 'at-least', left: Json, right: Json): Expression => ({
  kind: 'compare',
  is,
  left: literal(left),
  right: literal(right),
})
const missing: Expression = { kind: 'sensor', of: { scope: 'self' }, sensor: 'endpoint', whenReady: false }

describe('an operator', () => {
  it.each<[string, Expression, Json]>([
    ['adds numbers, also those that are texts', sum('+', 2, '3'), 5],
    ['subtracts', sum('-', 2, 3), -1],
    ['multiplies', sum('*', 2.5, 4), 10],
    ['divides', sum('/', 7, 2), 3.5],
    ['gives what is left of a division', sum('%', 7, 4), 3],
    ['finds a number equal to the text of it', compare('equal', 1, '1'), true],
    ['finds others different', compare('different', 'a', 'b'), true],
    ['knows what is less', compare('less', 9, 10), true],
    ['finds no order where there is none', compare('at-least', [], 1), false],
    [
      'takes the last value where all are truthy',
      { kind: 'logic', operator: 'and', of: [literal(1), literal('x')] },
      'x',
    ],
    [
      'takes the first truthy value',
      { kind: 'logic', operator: 'or', of: [literal(0), literal('x'), literal(2)] },
      'x',
    ],
    [
      'chooses by truthiness and looks at nothing else',
      { kind: 'choose', by: variable('x'), then: literal('yes'), else: sum('/', 1, 0) },
      'yes',
    ],
    ['takes what is known for what is waited for', { kind: 'first-known', of: [missing, literal(1)] }, 1],
    [
      'takes what is known for what fails, and for null',
      { kind: 'first-known', of: [variable('absent'), variable('none'), literal(1)] },
      1,
    ],
    ['makes a value one of a type', { kind: 'typed', type: 'integer', value: literal('12') }, 12],
  ])('%s', (_name, expression, value) => {
    expect(evaluated(expression)).toEqual({ kind: 'ready', value })
  })

  it.each<[string, Expression, string]>([
    ['of what is no number', sum('+', 'web', 1), '"web" is no number, so + cannot be calculated'],
    ['of a division by nothing', sum('/', 1, 0), '1 / 0 is no number'],
    [
      'of what cannot be of its type',
      { kind: 'typed', type: 'integer', value: literal('3+1') },
      '"3+1" must be a whole number',
    ],
    [
      'of a sensor that must be there at once',
      { kind: 'sensor', of: { scope: 'self' }, sensor: 'endpoint', whenReady: false, atOnce: true },
      'web has no sensor endpoint',
    ],
  ])('fails because %s', (_name, expression, reason) => {
    expect(evaluated(expression)).toEqual({ kind: 'failed', reason })
  })

  it('waits where an operand is not known yet', () => {
    const expression: Expression = { kind: 'arithmetic', operator: '+', left: missing, right: literal(1) }
    expect(evaluated(expression)).toEqual({ kind: 'waiting', on: ['web: sensor endpoint has not been set'] })
  })

  it('keeps a secret that it calculates with', () => {
    const sealed = seal.seal('pin', '41')
    const made = evaluated({ kind: 'arithmetic', operator: '+', left: sealed, right: literal(1) })
    expect(made.kind === 'ready' && plain(made.value)).not.toBe(42)
  })
})

describe('a variable', () => {
  it.each<[string, Expression, Json]>([
    ['is read', variable('x'), 4],
    ['is read by position and key', variable('list', 1, 'deep'), true],
    ['is read by a key that must be found out first', variable(literal('name')), 'web'],
  ])('%s', (_name, expression, value) => {
    expect(evaluated(expression)).toEqual({ kind: 'ready', value })
  })

  it('fails where there is none', () => {
    expect(evaluated(variable('absent'))).toEqual({ kind: 'failed', reason: 'there is no absent' })
  })

  it('fails where no workflow is done', () => {
    expect(evaluated(variable('x'), false)).toEqual({
      kind: 'failed',
      reason: 'a variable has a value only while a workflow is done',
    })
  })
})
