import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SystemClock, SystemIds, SystemRandom } from '../../../server/system/index.js'

describe("the machine's clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'Date'],
      now: 5000,
    })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const DAY = 86_400_000

  it.each([0, -1, 0.2, 1, 99.5, 1000, 20 * DAY, 25 * DAY, 200 * DAY])(
    'calls once after %d ms, never before',
    (delay) => {
      const clock = new SystemClock()
      let calls = 0
      clock.schedule(delay, () => {
        calls++
        expect(clock.now()).toBe(5000 + Math.ceil(Math.max(0, delay)))
      })
      expect(calls).toBe(0)
      if (delay > 1) vi.advanceTimersByTime(Math.ceil(delay) - 1)
      expect(calls).toBe(0)
      vi.advanceTimersByTime(1)
      vi.runAllTimers()
      expect(calls).toBe(1)
    },
  )

  it.each([0, 10, 25 * DAY, 200 * DAY])(
    'does not call after %d ms what was cancelled, at any time before',
    (delay) => {
      const clock = new SystemClock()
      let calls = 0
      const cancel = clock.schedule(delay, () => calls++)
      if (delay > 1) vi.advanceTimersByTime(delay - 1)
      cancel()
      cancel()
      vi.runAllTimers()
      expect(calls).toBe(0)
      const late = clock.schedule(delay, () => calls++)
      vi.runAllTimers()
      late()
      expect(calls).toBe(1)
    },
  )
})

describe("the machine's clock and the process", () => {
  it.each([
    { holdsProcess: true, delay: 0, held: true },
    { holdsProcess: true, delay: 1000, held: true },
    { holdsProcess: false, delay: 0, held: false },
    { holdsProcess: false, delay: 1000, held: false },
  ])('holds it ($holdsProcess) with a delay of $delay: $held', ({ holdsProcess, delay, held }) => {
    const kind = delay === 0 ? 'Immediate' : 'Timeout'
    const count = () => process.getActiveResourcesInfo().filter((name) => name === kind).length
    const before = count()
    const cancel = new SystemClock({ holdsProcess }).schedule(delay, () => undefined)
    expect(count() - before).toBe(held ? 1 : 0)
    cancel()
  })
})

describe("the machine's identities and chance", () => {
  it('are twelve safe characters, and never the same', () => {
    const ids = new SystemIds()
    const made = Array.from({ length: 100_000 }, () => ids.next())
    expect(made.every((id) => /^[a-z2-7]{12}$/.test(id))).toBe(true)
    expect(new Set(made).size).toBe(made.length)
    expect(new Set(made.map((id) => id[0])).size).toBe(32)
  })

  it('are numbers from 0 up to 1', () => {
    const random = new SystemRandom()
    const drawn = Array.from({ length: 1000 }, () => random.next())
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true)
    expect(new Set(drawn).size).toBeGreaterThan(990)
  })
})
