import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedText } from '../../../locations/supervisor/index.js'

describe('a bounded text', () => {
  it('is what was printed, while that is not too much, whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (text, size) => {
          const bytes = Buffer.from(text)
          const bounded = new BoundedText(2 * bytes.length + 2)
          for (let at = 0; at < bytes.length; at += size) bounded.push(bytes.subarray(at, at + size))
          expect(bounded.toString()).toBe(text)
        },
      ),
    )
  })

  it('keeps beginning and end of what is too much, and says how much is missing', () => {
    const bounded = new BoundedText(10)
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') bounded.push(Buffer.from(letter))
    expect(bounded.toString()).toBe('abcde\n… 16 bytes left out …\nvwxyz')
  })

  it('keeps no more than twice its limit in memory', () => {
    const bounded = new BoundedText(1000)
    for (let at = 0; at < 10_000; at += 1) bounded.push(Buffer.alloc(1000, 'x'))
    expect(bounded.toString()).toContain('9999000 bytes left out')
  })
})
