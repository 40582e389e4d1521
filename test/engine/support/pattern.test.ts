import { describe, expect, it } from 'vitest'
import { Pattern } from '../../../engine/index.js'

function compiled(text: string): Pattern {
  const found = Pattern.compile(text)
  if ('error' in found) throw new Error(found.error)
  return found.pattern
}

describe('a pattern', () => {
  it.each([
    ['[a-z]+', 'shop', true, true],
    ['[a-z]+', 'shop 1', false, true],
    ['^$', '', true, true],
    ['[0-9]', 'shop', false, false],
    ['a|ab', 'ab', true, true],
  ])('%s matches %s as a whole: %s, in part: %s', (text, subject, whole, part) => {
    expect([compiled(text).matches(subject), compiled(text).find(subject)]).toEqual([whole, part])
    expect(compiled(text).text).toBe(text)
  })

  it.each([
    ['looks around', '(?=b)b'],
    ['refers back', '(a)\\1'],
    ['is not closed', '[a-'],
    ['repeats nothing', '*'],
  ])('that %s is told in words, not thrown', (_what, text) => {
    const found = Pattern.compile(text)
    expect('error' in found && found.error).toMatch(/\w/)
  })

  it('has a limit, which it may reach', () => {
    expect(Pattern.compile('a'.repeat(1_000))).toHaveProperty('pattern')
    expect(Pattern.compile('a'.repeat(1_001))).toEqual({ error: 'a pattern has at most 1000 characters' })
  })

  it.each([
    ['[0-9]+', 'a1b22', '#', 'a#b#'],
    ['(a)(b)?', 'abac', '<$1>', '<a><a>c'],
    ['(?P<word>[a-z]+)', 'up 7', '${word}!', 'up! 7'],
    ['b', 'abc', '\\$1', 'a$1c'],
    ['x', 'abc', 'y', 'abc'],
  ])('replaces %s in %s by %s', (text, subject, replacement, expected) => {
    expect(compiled(text).replace(subject, replacement)).toEqual({ text: expected })
  })

  it.each([
    ['a group that there is not', 'b', 'abc', '$3'],
    ['more than memory should hold', '.', 'a'.repeat(10_000), 'b'.repeat(10_000)],
  ])('tells in words that it cannot put in %s', (_what, text, subject, replacement) => {
    const made = compiled(text).replace(subject, replacement)
    expect('error' in made && made.error).toMatch(/\w/)
  })

  it('takes time that is linear in the text, whatever it is', () => {
    const pattern = compiled('(a+)+$')
    expect(pattern.matches(`${'a'.repeat(20_000)}!`)).toBe(false)
  })
})
