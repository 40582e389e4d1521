import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EntityFacts, judge, valueSubject } from '../../../engine/expression/predicate.js'
import { compareValues, equalsLoosely } from '../../../engine/expression/compare.js'
import { fitsGlob } from '../../../engine/expression/glob.js'
import { readJsonPath, valueAtPath } from '../../../engine/expression/json-path.js'
import type { Predicate } from '../../../engine/spec/predicate.js'
import type { Json } from '../../../engine/support/json.js'

function holds(predicate: Predicate, value: Json | undefined): boolean {
  const verdict = judge(predicate, valueSubject(value))
  if (verdict.kind === 'failed') throw new Error(verdict.reason)
  return verdict.holds
}

const equals = (value: Json): Predicate => ({ kind: 'equals', value })
const at = (key: string, of: Predicate): Predicate => ({ kind: 'select', from: { kind: 'key', key }, of })

describe('a predicate', () => {
  it.each<[string, Predicate, Json | undefined, boolean]>([
    ['equals an equal text', equals('a'), 'a', true],
    ['equals no text in other letters', equals('a'), 'A', false],
    ['equals a number that is written as text', equals(5), '5', true],
    ['equals a flag that is written as text', equals(true), 'true', true],
    ['equals a map in another order', equals({ a: 1, b: 2 }), { b: 2, a: 1 }, true],
    ['equals no longer list', equals([1]), [1, 2], false],
    ['equals nothing where nothing is', equals('a'), undefined, false],
    ['fits a pattern as a whole', { kind: 'pattern', text: 'a.c' }, 'abc', true],
    ['fits a pattern not in part', { kind: 'pattern', text: 'b' }, 'abc', false],
    ['fits a pattern over lines', { kind: 'pattern', text: 'a.*z' }, 'a\nz', true],
    ['fits no pattern where nothing is', { kind: 'pattern', text: '.*' }, undefined, false],
    ['fits a glob', { kind: 'glob', text: '*.example.{com,org}' }, 'www.example.org', true],
    ['is absent', { kind: 'when', state: 'absent' }, undefined, true],
    ['is not absent when it is null', { kind: 'when', state: 'absent' }, null, false],
    ['is absent or null', { kind: 'when', state: 'absent_or_null' }, null, true],
    ['is present when it is null', { kind: 'when', state: 'present' }, null, true],
    ['is not there when it is null', { kind: 'when', state: 'present_non_null' }, null, false],
    ['is falsy when it is empty', { kind: 'when', state: 'falsy' }, [], true],
    ['is truthy when it says something', { kind: 'when', state: 'truthy' }, 'no', true],
    ['is never', { kind: 'when', state: 'never' }, 1, false],
    ['is less as a number', { kind: 'order', is: 'less', than: 10 }, '9', true],
    ['is at most itself', { kind: 'order', is: 'at-most', than: 10 }, 10, true],
    ['is not more than itself', { kind: 'order', is: 'more', than: 10 }, 10, false],
    ['is at least a lower version', { kind: 'order', is: 'at-least', than: '1.9.0' }, '1.10.0', true],
    ['has no order where nothing is', { kind: 'order', is: 'less', than: 10 }, undefined, false],
    ['has the size of a list', { kind: 'size', of: equals(2) }, ['a', 'b'], true],
    ['has the size of a text', { kind: 'size', of: { kind: 'order', is: 'more', than: 2 } }, 'abc', true],
    ['has no size when it is a number', { kind: 'size', of: equals(1) }, 7, false],
    ['has an element', { kind: 'has-element', of: equals('b') }, ['a', 'b'], true],
    ['has no such element', { kind: 'has-element', of: equals('c') }, ['a', 'b'], false],
    ['looks at a member', at('a', equals(1)), { a: 1 }, true],
    ['looks at a member that is not there', at('b', { kind: 'when', state: 'absent' }), { a: 1 }, true],
    ['looks at no inherited member', at('constructor', { kind: 'when', state: 'absent' }), {}, true],
    [
      'looks at the last',
      { kind: 'select', from: { kind: 'index', index: -1 }, of: equals('b') },
      ['a', 'b'],
      true,
    ],
    [
      'looks along a path',
      { kind: 'select', from: { kind: 'path', path: '$.a[0].b' }, of: equals(1) },
      { a: [{ b: 1 }] },
      true,
    ],
    [
      'looks at those of which something holds',
      {
        kind: 'select',
        from: { kind: 'filter', of: { kind: 'order', is: 'more', than: 1 } },
        of: { kind: 'size', of: equals(2) },
      },
      [1, 2, 3],
      true,
    ],
    [
      'looks at something else',
      { kind: 'select', from: { kind: 'value', value: 3 }, of: equals(3) },
      1,
      true,
    ],
    [
      'looks at what caused an error',
      {
        kind: 'select',
        from: { kind: 'causes' },
        of: { kind: 'has-element', of: at('message', equals('no disk')) },
      },
      { message: 'failed', cause: { message: 'no disk' } },
      true,
    ],
    ['knows the names of types', { kind: 'type', of: equals('java.util.List') }, [], true],
    ['knows that a whole number is an Integer', { kind: 'type', of: equals('Integer') }, 1, true],
    ['knows that half a number is none', { kind: 'type', of: equals('Integer') }, 0.5, false],
  ])('%s', (_name, predicate, value, expected) => {
    expect(holds(predicate, value)).toBe(expected)
  })

  it('fails where what must hold does not', () => {
    expect(judge({ kind: 'assert', of: equals(1) }, valueSubject(2))).toEqual({
      kind: 'failed',
      reason: '2 is not what it must be',
    })
  })

  const entity = (
    name: string,
    tags: readonly Json[],
    children: readonly EntityFacts[] = [],
  ): EntityFacts => ({
    name,
    type: 'software',
    config: (key) => (key === 'port' ? 8080 : undefined),
    sensor: (sensor) => (sensor === 'up' ? name === 'web' : undefined),
    tags: () => tags,
    locations: () => ['local'],
    children: () => children,
  })

  it.each<[string, Predicate, boolean]>([
    ['its config', { kind: 'select', from: { kind: 'config', name: 'port' }, of: equals('8080') }, true],
    ['its sensors', { kind: 'select', from: { kind: 'sensor', name: 'up' }, of: equals(true) }, true],
    [
      'its tags',
      { kind: 'select', from: { kind: 'tags' }, of: { kind: 'has-element', of: equals('red') } },
      true,
    ],
    [
      'its locations',
      { kind: 'select', from: { kind: 'locations' }, of: { kind: 'size', of: equals(1) } },
      true,
    ],
    [
      'its children that something holds of',
      {
        kind: 'select',
        from: { kind: 'children' },
        of: {
          kind: 'has-element',
          of: { kind: 'select', from: { kind: 'sensor', name: 'up' }, of: equals(true) },
        },
      },
      false,
    ],
    ['its name, as its value', equals('web'), true],
    ['its type', { kind: 'type', of: equals('software') }, true],
  ])('sees of an entity %s', (_name, predicate, expected) => {
    const web = entity('web', ['red'], [entity('cache', [])])
    expect(judge(predicate, { kind: 'entity', entity: web })).toEqual({ kind: 'judged', holds: expected })
  })

  it('sees the config of where it stands when it is about a value', () => {
    const test: Predicate = { kind: 'select', from: { kind: 'config', name: 'port' }, of: equals(8080) }
    expect(judge(test, valueSubject('x'), entity('web', []))).toEqual({ kind: 'judged', holds: true })
    expect(judge(test, valueSubject('x'))).toEqual({ kind: 'judged', holds: false })
  })
})

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    json.map(equals),
    fc.constantFrom<Predicate>(
      { kind: 'constant', holds: true },
      { kind: 'when', state: 'truthy' },
      { kind: 'order', is: 'less', than: 3 },
    ),
    tie('predicate').map((of): Predicate => ({ kind: 'not', of })),
    fc.array(tie('predicate'), { maxLength: 3 }).map((of): Predicate => ({ kind: 'all', of })),
    fc.array(tie('predicate'), { maxLength: 3 }).map((of): Predicate => ({ kind: 'any', of })),
    tie('predicate').map((of): Predicate => ({ kind: 'has-element', of })),
  ),
}))

describe('the laws of predicates', () => {
  it('not of not is the same', () => {
    fc.assert(
      fc.property(predicate, json, (one, value) => {
        expect(holds({ kind: 'not', of: { kind: 'not', of: one } }, value)).toBe(holds(one, value))
      }),
    )
  })

  it('not all is any not, and not any is all not', () => {
    fc.assert(
      fc.property(fc.array(predicate, { maxLength: 4 }), json, (of, value) => {
        const nots = of.map((one): Predicate => ({ kind: 'not', of: one }))
        expect(holds({ kind: 'not', of: { kind: 'all', of } }, value)).toBe(
          holds({ kind: 'any', of: nots }, value),
        )
        expect(holds({ kind: 'not', of: { kind: 'any', of } }, value)).toBe(
          holds({ kind: 'all', of: nots }, value),
        )
      }),
    )
  })

  it('every value equals itself, and equality has no direction', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(equalsLoosely(a, a)).toBe(true)
        expect(equalsLoosely(a, b)).toBe(equalsLoosely(b, a))
      }),
    )
  })

  it('of two that have an order one is before, or neither', () => {
    const scalar = fc.oneof(fc.integer(), fc.stringMatching(/^[a-c0-9.-]{0,8}$/))
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        expect(Math.sign(compareValues(a, b) ?? NaN)).toBe(-Math.sign(compareValues(b, a) ?? NaN) + 0)
      }),
    )
  })

  it('is plain data', () => {
    fc.assert(
      fc.property(predicate, json, (one, value) => {
        expect(holds(JSON.parse(JSON.stringify(one)) as Predicate, value)).toBe(holds(one, value))
      }),
    )
  })
})

describe('order', () => {
  it.each([
    ['1.2.0-SNAPSHOT', '1.2.0-rc1'],
    ['1.2.0-rc1', '1.2.0'],
    ['1.2.0', '1.10.0'],
    ['1.2', '1.2.1'],
    ['file9', 'file10'],
    ['a', 'b'],
    ['9', '10'],
    ['-2', '1.5'],
  ])('puts %s before %s', (less, more) => {
    expect(compareValues(less, more)).toBeLessThan(0)
  })
})

describe('a glob', () => {
  it.each([
    ['*', 'anything', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['{a,b{c,d}}', 'bd', true],
    ['a.b', 'axb', false],
    ['a,b', 'a,b', true],
    ['}', '}', true],
    ['\\*', '*', true],
  ])('%s and the text %s', (glob, text, fits) => {
    expect(fitsGlob(glob, text)).toBe(fits)
  })
})

describe('a path into a value', () => {
  it.each<[string, Json | undefined]>([
    ['$', { a: { b: [1, 2], 'c d': 3 } }],
    ['$.a.b[1]', 2],
    ['a.b[-1]', 2],
    ["$.a['c d']", 3],
    ['$["a"].b', [1, 2]],
    ['$.a.x', undefined],
    ['$.a.b[7]', undefined],
  ])('%s', (path, value) => {
    const read = readJsonPath(path)
    expect('steps' in read ? valueAtPath({ a: { b: [1, 2], 'c d': 3 } }, read.steps) : read.error).toEqual(
      value,
    )
  })

  it.each(['$.a[*]', '$..a', '$.a[?(@.b)]', '$.a['])('%s is refused', (path) => {
    expect(readJsonPath(path)).toHaveProperty('error')
  })
})
