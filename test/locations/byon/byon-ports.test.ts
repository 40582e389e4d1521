import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosePorts } from '../../../locations/byon/byon-ports.js'

const port = (name: string, number?: number, exact?: true): Parameters<typeof choosePorts>[1][number] => ({
  name,
  ...(number === undefined ? {} : { number }),
  ...(exact === undefined ? {} : { exact }),
  protocol: 'tcp',
  published: true,
})

describe('ports of a machine on a host', () => {
  it('are those asked for, where no other machine of the host has them', () => {
    const range = { from: 100, to: 110 }
    expect(choosePorts('t', [port('http', 80)], new Set(), range)).toEqual({ http: 80 })
    expect(choosePorts('t', [port('http', 80)], new Set([80]), range)?.['http']).toBeGreaterThanOrEqual(100)
    expect(choosePorts('t', [port('http', 80, true)], new Set([80]), range)).toEqual({ http: 80 })
  })

  it('are different ones of the range, the same for the same token, until there are no more', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 12 }),
        (token, count, taken) => {
          const range = { from: 100, to: 109 }
          const used = new Set(Array.from({ length: taken }, (_, at) => 100 + at))
          const wants = Array.from({ length: count }, (_, at) => port(`p${at}`))
          const chosen = choosePorts(token, wants, used, range)
          const free = 10 - Math.min(taken, 10)
          expect(chosen === undefined).toBe(count > free)
          const numbers = Object.values(chosen ?? {})
          expect(new Set(numbers).size).toBe(numbers.length)
          expect(numbers.every((number) => number >= 100 && number <= 109 && !used.has(number))).toBe(true)
          expect(choosePorts(token, wants, used, range)).toEqual(chosen)
        },
      ),
    )
  })
})
