import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TokenBucket } from '../../../engine/support/token-bucket.js'

it('gives as many at once as it holds, then one as each is filled up', () => {
  const bucket = new TokenBucket({ tokens: 2, period: 1_000 }, 0)
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([
    { kind: 'taken' },
    { kind: 'taken' },
    { kind: 'wait', until: 500 },
  ])
  expect(bucket.take(499).kind).toBe('wait')
  expect(bucket.take(500).kind).toBe('taken')
})

it('never gives more than its rate allows, and none too late', () => {
  const rate = fc.record({
    tokens: fc.integer({ min: 1, max: 50 }),
    period: fc.integer({ min: 1, max: 5_000 }),
  })
  const pauses = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 100 })
  fc.assert(
    fc.property(rate, pauses, (limits, steps) => {
      const bucket = new TokenBucket(limits, 0)
      let now = 0
      let taken = 0
      for (const step of steps) {
        now += step
        const answer = bucket.take(now)
        taken += Number(answer.kind === 'taken')
        expect(answer.kind === 'taken' || answer.until > now).toBe(true)
        expect(taken).toBeLessThanOrEqual(limits.tokens + (now * limits.tokens) / limits.period + 1e-6)
      }
    }),
  )
})
