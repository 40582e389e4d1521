import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newPassword } from '../../../engine/support/password.js'
import { SeededRandom } from '../../support/seeded-random.js'

describe('a new password', () => {
  it.each<[groups: readonly string[], length: number]>([
    [['abc'], 1],
    [['abc', 'ABC', '012', '-_'], 4],
    [['abc', '012'], 40],
    [['äß', '€'], 7],
  ])('of %j has a character of each and the length %i', (groups, length) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const made = Array.from(newPassword({ length, groups }, new SeededRandom(seed)))
        expect(made).toHaveLength(length)
        expect(made.every((one) => groups.some((group) => group.includes(one)))).toBe(true)
        expect(groups.every((group) => made.some((one) => group.includes(one)))).toBe(true)
      }),
    )
  })

  it('has the characters of a group anywhere', () => {
    const rules = { length: 2, groups: ['a', 'b'] }
    const made = new Set(Array.from({ length: 50 }, (_, seed) => newPassword(rules, new SeededRandom(seed))))
    expect([...made].sort()).toEqual(['ab', 'ba'])
  })

  it('cannot be made of nothing, or shorter than its groups are many', () => {
    const random = new SeededRandom()
    expect(() => newPassword({ length: 3, groups: [] }, random)).toThrow()
    expect(() => newPassword({ length: 1, groups: ['a', 'b'] }, random)).toThrow()
  })
})
