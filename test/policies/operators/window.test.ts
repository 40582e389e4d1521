import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EMPTY_WINDOW,
  leastInWindow,
  nextChangeOfWindow,
  noteInWindow,
  roomAgainAt,
  timesWithin,
  wakeAmong,
} from '../../../policies/operators/window.js'

describe('a sliding minimum', () => {
  it('says nothing before it is as old as its duration', () => {
    const window = noteInWindow(EMPTY_WINDOW, 5, 100, 10)
    expect(leastInWindow(window, 109, 10)).toBeUndefined()
    expect(leastInWindow(window, 110, 10)).toBe(5)
  })

  it('lets a value hold until the next one is noted', () => {
    const low = noteInWindow(EMPTY_WINDOW, 1, 0, 10)
    const high = noteInWindow(low, 9, 50, 10)
    expect(leastInWindow(high, 50, 10)).toBe(1)
    expect(nextChangeOfWindow(high, 50, 10)).toBe(60)
    expect(leastInWindow(noteInWindow(high, 9, 60, 10), 60, 10)).toBe(9)
  })

  it('starts over when the clock goes back', () => {
    const window = noteInWindow(noteInWindow(EMPTY_WINDOW, 1, 1_000, 10), 7, 500, 10)
    expect(window).toEqual({ since: 500, points: [[500, 7]] })
  })

  it('agrees with the plain definition for any series', () => {
    const series = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 5 })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 20 }), (steps, duration) => {
        let now = 0
        let window = EMPTY_WINDOW
        const noted: { from: number; value: number }[] = []
        for (const [wait, value] of steps) {
          now += wait
          window = noteInWindow(window, value, now, duration)
          noted.push({ from: now, value })
          const inForce = noted.filter((_, at) => (noted[at + 1]?.from ?? Infinity) > now - duration)
          const covered = (noted[0]?.from ?? Infinity) <= now - duration
          const expected = covered ? Math.min(...inForce.map((point) => point.value)) : undefined
          expect(leastInWindow(window, now, duration)).toBe(expected)
          expect(window.points.length).toBeLessThanOrEqual(6)
        }
      }),
    )
  })
})

describe('times of a period', () => {
  it('forgets what is older and takes a time from the future for now', () => {
    expect(timesWithin([1, 50, 90, 500], 100, 50)).toEqual([90, 100])
  })

  it('has room again when the oldest that fills the limit leaves the period', () => {
    expect(roomAgainAt([10, 20, 30], 3, 100)).toBe(110)
    expect(roomAgainAt([10, 20, 30], 2, 100)).toBe(120)
    expect(roomAgainAt([10], 2, 100)).toBeUndefined()
  })

  it('wakes at the earliest time ahead', () => {
    expect(wakeAmong([null, undefined, 5, 30, 20], 10)).toEqual({ wakeAt: 20 })
    expect(wakeAmong([5], 10)).toEqual({})
  })
})
