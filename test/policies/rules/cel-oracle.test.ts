import { isCelError, run, isCelList } from '@bufbuild/cel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { ExpressionLanguage } from '../../../policies/rules/expression.js'

// Another implementation of CEL has to give the same. Numbers are doubles on both sides: that whole numbers go together with them
// is ours (see expression.test.ts), as are the functions that CEL does not have.

const LANGUAGE = new ExpressionLanguage({ a: 'number', b: 'number', t: 'text', f: 'flag', xs: 'numbers' })

const values = fc.record({
  a: fc.constantFrom(0, 1, -2.5, 7, 1e9),
  b: fc.constantFrom(0, 3, -1, 0.5),
  t: fc.constantFrom('', 'web', 'web-1', 'Ä€'),
  f: fc.boolean(),
  xs: fc.constantFrom<readonly number[]>([], [1], [3, 1, 2], [-1, 0, 4, 4]),
})

/** Expressions by the type of what they give. */
const { flag, number, text, list } = fc.letrec<{ flag: string; number: string; text: string; list: string }>(
  (tie) => ({
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('a', 'b', '0.0', '1.0', '2.5', '-4.0', '1e3'),
      fc
        .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
        .map(([x, sign, y]) => `(${x} ${sign} ${y})`),
      fc.tuple(tie('flag'), tie('number'), tie('number')).map(([c, x, y]) => `(${c} ? ${x} : ${y})`),
      tie('number').map((x) => `-(${x})`),
      fc.tuple(tie('list'), fc.nat(4)).map(([xs, at]) => `${xs}[${at}]`),
    ),
    flag: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('f', 'true', 'false'),
      fc
        .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'))
        .map(([x, sign, y]) => `(${x} ${sign} ${y})`),
      fc
        .tuple(tie('flag'), fc.constantFrom('&&', '||'), tie('flag'))
        .map(([x, sign, y]) => `(${x} ${sign} ${y})`),
      tie('flag').map((x) => `!(${x})`),
      fc
        .tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'))
        .map(([x, f, y]) => `${x}.${f}(${y})`),
      fc
        .tuple(tie('text'), fc.constantFrom('==', '!=', '<'), tie('text'))
        .map(([x, sign, y]) => `(${x} ${sign} ${y})`),
      fc.tuple(tie('number'), tie('list')).map(([x, xs]) => `(${x} in ${xs})`),
      fc
        .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'))
        .map(([xs, loop]) => `${xs}.${loop}(x, x > a)`),
      fc.tuple(tie('list'), fc.nat(3)).map(([xs, size]) => `size(${xs}) > ${size}`),
      fc.tuple(tie('text'), fc.nat(3)).map(([x, size]) => `size(${x}) == ${size}`),
    ),
    text: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('t', '""', '"web"', "'-1'", '"Ä"'),
      fc.tuple(tie('text'), tie('text')).map(([x, y]) => `(${x} + ${y})`),
    ),
    list: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.constantFrom('xs', '[a, b]', '[1.0, 2.0]'),
      fc.tuple(tie('number'), tie('number')).map(([x, y]) => `[${x}, ${y}]`),
      tie('list').map((xs) => `${xs}.map(x, x * 2.0)`),
      tie('list').map((xs) => `${xs}.filter(x, x > b)`),
      fc.tuple(tie('list'), tie('list')).map(([xs, ys]) => `(${xs} + ${ys})`),
    ),
  }),
)

/** What the other one gives; undefined for an error, and for a number that JSON has not. */
function oracle(expression: string, given: { readonly [name: string]: Json }): Json | undefined {
  try {
    return plainOf(run(expression, { ...given, xs: [...(given['xs'] as readonly number[])] }))
  } catch {
    return undefined
  }
}

function plainOf(value: unknown): Json | undefined {
  if (isCelError(value)) return undefined
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (!isCelList(value)) return value as Json
  const parts = [...value].map(plainOf)
  return parts.includes(undefined) ? undefined : (parts as readonly Json[])
}

describe('an expression of rules', () => {
  it('gives what another implementation of CEL gives, or fails where that does', () => {
    let failed = 0
    let given = 0
    fc.assert(
      fc.property(fc.oneof(flag, number, text, list), values, (expression, known) => {
        const compiled = LANGUAGE.compile(expression, 'any')
        fc.pre('expression' in compiled)
        const ours = compiled.expression.evaluate(known)
        const theirs = oracle(expression, known)
        if (theirs === undefined) failed += 1
        else given += 1
        expect({ expression, value: 'value' in ours ? ours.value : undefined }).toEqual({
          expression,
          value: theirs,
        })
      }),
      { numRuns: 3_000 },
    )
    expect(given).toBeGreaterThan(1_500)
    expect(failed).toBeGreaterThan(10)
  })
})
