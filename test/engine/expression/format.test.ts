import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Json } from '../../../engine/index.js'
import { formatMarks, formatted } from '../../../engine/expression/format.js'

describe('a format', () => {
  it.each<[pattern: string, values: readonly Json[], shown: string]>([
    ['%s', [{ a: 1 }], '{"a":1}'],
    ['%S %.2s|', ['abc', 'abc'], 'ABC ab|'],
    ['%5s|%-5s|', ['ab', 'ab'], '   ab|ab   |'],
    ['%d %+d % d', [1, 2, 3], '1 +2  3'],
    ['%d', ['42'], '42'],
    ['%05d %05d', [42, -42], '00042 -0042'],
    ['%,d %,.2f', [1_234_567, 1234.5], '1,234,567 1,234.50'],
    ['%x %X', [255, 255], 'ff FF'],
    ['%f %.0f', [0.5, 2.4], '0.500000 2'],
    ['%.2e', [12_345], '1.23e+04'],
    ['%b %b', [true, null], 'true false'],
    ['%2$s %s %1$s %s', ['a', 'b'], 'b a a b'],
    ['100%% of%n%s', [1], '100% of\n1'],
    ['%s %s', [1], '1 %s'],
    ['%4$s', [1], '%4$s'],
  ])('%s of %j is "%s"', (pattern, values, shown) => {
    expect(formatted(pattern, values)).toEqual({ value: shown })
  })

  it.each<[pattern: string, value: Json]>([
    ['%d', 'x'],
    ['%d', 1.5],
    ['%f', [1]],
    ['%x', ''],
  ])('%s of %j is told in words, without the value', (pattern, value) => {
    const made = formatted(pattern, [value])
    expect('error' in made && made.error).toMatch(/cannot be formatted/)
  })

  it('never throws, and leaves a text without marks as it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.jsonValue()), (pattern, values) => {
        const made = formatted(pattern, values as readonly Json[])
        expect(typeof ('error' in made ? made.error : made.value)).toBe('string')
      }),
    )
    fc.assert(
      fc.property(
        fc.string().filter((text) => formatMarks(text).length === 0),
        (text) => {
          expect(formatted(text, [1])).toEqual({ value: text })
        },
      ),
    )
  })
})
