import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { ExpressionLanguage, type Wanted } from '../../../policies/rules/expression.js'

const language = new ExpressionLanguage({
  load: 'number',
  name: 'text',
  ready: 'flag',
  all: 'numbers',
  thing: 'any',
})
const VALUES = { load: 7.5, name: 'web-1', ready: true, all: [1, 2, 6], thing: { a: [1] } }

const outcome = (
  text: string,
  wanted: Wanted = 'any',
  values: { [name: string]: Json } = VALUES,
): unknown => {
  const compiled = language.compile(text, wanted)
  if ('fault' in compiled) return `${compiled.fault.message} @${compiled.fault.start}-${compiled.fault.end}`
  const result = compiled.expression.evaluate(values)
  return 'value' in result ? result.value : `fault: ${result.fault}`
}

describe('an expression', () => {
  it.each<readonly [text: string, value: Json]>([
    ['load > 5', true],
    ['load * 2 + 1', 16],
    ['2 * load - 1 / load * 0', 15],
    ['load == 7.5 && ready', true],
    ['ceil(load / 2)', 4],
    ['floor(load) + round(2.5) + abs(-3)', 13],
    ['min(load, 3) + max(1, 2)', 5],
    ['all.filter(x, x > 1).size()', 2],
    ['sum(all) > 8 && average(all) == 3.0', true],
    ['all.exists(x, x > 5)', true],
    ['name.like("^web-[0-9]+$")', true],
    ['name + "!"', 'web-1!'],
    ['ready ? 2 : 3', 2],
    ['thing.a[0]', 1],
    ['[1, 2].map(x, x * 2)', [2, 4]],
  ])('%s', (text, value) => {
    expect(outcome(text)).toEqual(value)
  })

  it.each<readonly [text: string, wanted: Wanted, said: string]>([
    ['load >', 'any', 'unexpected token: EOF @6-7'],
    ['laod > 1', 'any', 'unknown variable: laod @0-4'],
    ['load > "a"', 'any', 'no such overload: double > string @0-10'],
    ['load + 1', 'flag', 'it gives a number, and true or false is wanted @0-8'],
    ['ready', 'number', 'it gives true or false, and a number is wanted @0-5'],
    ['name.matches("(a+)+$")', 'flag', '"matches" is not offered; use like @0-22'],
    ['cel.bind(x, name + name, x + x)', 'any', '"bind" is not offered @0-31'],
    [
      'all.map(x, all.map(y, all.map(z, x + y + z)))',
      'any',
      'lists are gone through within each other at most 2 deep @22-43',
    ],
    [`${'1 + '.repeat(300)}1`, 'any', expect.stringMatching(/exceeded/i)],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'any', expect.stringMatching(/exceeded|depth/i)],
    ['1'.repeat(3000), 'any', 'an expression has at most 2000 characters @0-3000'],
  ])('is refused: %s', (text, wanted, said) => {
    expect(outcome(text, wanted)).toEqual(said)
  })

  it.each<readonly [text: string, wanted: Wanted, said: string]>([
    ['1 / 0', 'any', 'fault: division by zero'],
    ['load / 0', 'number', 'fault: it gives a value that cannot be kept'],
    ['average([])', 'any', 'fault: it gives a value that cannot be kept'],
    ['thing', 'number', 'fault: it gives no number'],
    ['thing', 'flag', 'fault: it gives neither true nor false'],
    ['thing.b', 'any', 'fault: no such key: b'],
    ['name.like("(")', 'flag', expect.stringMatching(/^fault: the pattern cannot be used/)],
  ])('has no value: %s', (text, wanted, said) => {
    expect(outcome(text, wanted)).toEqual(said)
  })

  it('names the variables that it depends on', () => {
    const compiled = language.compile('load > 1 && all.exists(x, x > load)', 'flag')
    expect('expression' in compiled && [...compiled.expression.names].sort()).toEqual(['all', 'load'])
  })

  it('never throws, whatever it is made of', () => {
    const words = [
      'load',
      'name',
      'all',
      'thing',
      '(',
      ')',
      '[',
      ']',
      '.',
      ',',
      '+',
      '*',
      '/',
      '"',
      '1',
      '1e308',
      '?',
      ':',
      'map',
      'x',
      '__proto__',
      'constructor',
      '!',
      '-',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), (parts) => {
        outcome(parts.join(' '))
      }),
      { numRuns: 2000 },
    )
  })
})
