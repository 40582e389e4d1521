import { describe, expect, it } from 'vitest'
import { GenerationFence } from '../../../engine/ports/generation-fence.js'

describe('a fence of generations', () => {
  it('lets equal and newer commands of a token pass, and older ones not', () => {
    const fence = new GenerationFence()
    expect([2, 2, 3, 2, 3].map((generation) => fence.admit('t', generation))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
    expect(fence.admit('other', 1)).toBe(true)
  })

  it('counts what the record of the far end says as seen', () => {
    const fence = new GenerationFence()
    expect([fence.admit('t', 2, 3), fence.admit('t', 3, 3), fence.admit('t', 2, 0)]).toEqual([
      false,
      true,
      false,
    ])
  })

  it('remembers the tokens that were last used', () => {
    const fence = new GenerationFence(2)
    fence.admit('a', 5)
    fence.admit('b', 5)
    fence.admit('a', 5)
    fence.admit('c', 5)
    expect(fence.admit('a', 4)).toBe(false)
    expect(fence.admit('b', 4)).toBe(true)
  })
})
