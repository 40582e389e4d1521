import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../../engine/index.js'
import { SeededRandom } from '../../support/seeded-random.js'
import { SequenceIds } from '../../support/sequence-ids.js'
import { VirtualClock } from '../../support/virtual-clock.js'

/** A clock and the record of what it did: [label, time since the start]. */
function recorded() {
  const clock = new VirtualClock({ start: 1000 })
  const ran: [string, number][] = []
  const at = (delay: number, label: string, then?: () => void) =>
    clock.schedule(delay, () => {
      ran.push([label, clock.now() - 1000])
      then?.()
    })
  return { clock, ran, at }
}

describe('a virtual clock', () => {
  it('stands still until it is moved', () => {
    const { clock, ran, at } = recorded()
    at(0, 'now')
    expect(clock.now()).toBe(1000)
    expect(ran).toEqual([])
    expect(clock.pending).toBe(1)
  })

  it('runs actions by time, and those of equal time in the order in which they were asked for', () => {
    const { clock, ran, at } = recorded()
    at(20, 'c')
    at(10, 'a')
    at(10, 'b')
    at(-5, 'at once')
    expect(clock.advance(20)).toBe(4)
    expect(ran).toEqual([
      ['at once', 0],
      ['a', 10],
      ['b', 10],
      ['c', 20],
    ])
    expect(clock.now()).toBe(1020)
  })

  it('leaves later actions waiting and stands exactly where it was sent', () => {
    const { clock, ran, at } = recorded()
    at(30, 'late')
    expect(clock.advanceTo(1029)).toBe(0)
    expect(clock.now()).toBe(1029)
    expect(clock.nextAt()).toBe(1030)
    clock.advanceTo(1000)
    expect(clock.now()).toBe(1029)
    clock.advance(1)
    expect(ran).toEqual([['late', 30]])
  })

  it('runs what an action schedules, at its own time, in the same move', () => {
    const { clock, ran, at } = recorded()
    at(10, 'first', () => at(5, 'second', () => at(0, 'third')))
    clock.advance(15)
    expect(ran.map(([label]) => label)).toEqual(['first', 'second', 'third'])
    expect(ran.map(([, time]) => time)).toEqual([10, 15, 15])
  })

  it('never runs what was cancelled, however often it is cancelled', () => {
    const { clock, ran, at } = recorded()
    const cancel = at(10, 'never')
    at(10, 'kept')
    cancel()
    cancel()
    expect(clock.pending).toBe(1)
    clock.advance(10)
    cancel()
    expect(ran).toEqual([['kept', 10]])
    expect(clock.pending).toBe(0)
  })

  it('runs until nothing waits, and says so when that does not end', () => {
    const { clock, ran, at } = recorded()
    at(1_000_000, 'far', () => at(5, 'farther'))
    at(Infinity, 'never')
    expect(clock.runUntilIdle()).toBe(2)
    expect(clock.now()).toBe(1_001_005)
    expect(ran).toHaveLength(2)
    const again = (): void => void at(1, 'again', again)
    again()
    expect(() => clock.runUntilIdle(50)).toThrow(InvariantError)
  })

  it('gives promises their turn between actions when it settles', async () => {
    const { clock, ran, at } = recorded()
    const sleep = (ms: number, label: string) => new Promise<void>((resolve) => at(ms, label, resolve))
    const work = async () => {
      await sleep(10, 'one')
      await sleep(10, 'two')
      await sleep(10, 'three')
    }
    void work()
    at(25, 'between')
    await clock.settle(30)
    expect(ran).toEqual([
      ['one', 10],
      ['two', 20],
      ['between', 25],
      ['three', 30],
    ])
  })

  it('settles until a condition holds and stops time there', async () => {
    const { clock, ran, at } = recorded()
    for (let ms = 10; ms <= 100; ms += 10) at(ms, `${ms}`)
    await clock.settleUntil(() => ran.length === 3, 1000)
    expect(clock.now()).toBe(1030)
    await expect(clock.settleUntil(() => false, 50, 'the impossible')).rejects.toThrow('the impossible')
    expect(await clock.settleUntilIdle()).toBeGreaterThan(0)
  })

  it('agrees with a plain sorted list for any timers and cancellations', () => {
    const timers = fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 200 })
    fc.assert(
      fc.property(timers, (wanted) => {
        const { clock, ran, at } = recorded()
        const cancels = wanted.map(([delay], index) => at(delay, `${index}`))
        for (const [index, [, cancelled]] of wanted.entries()) if (cancelled) cancels[index]?.()
        const kept = wanted.map(([delay, cancelled], index) => ({ delay, cancelled, label: `${index}` }))
        const expected = kept.filter((one) => !one.cancelled).sort((a, b) => a.delay - b.delay)
        expect(clock.runUntilIdle()).toBe(expected.length)
        expect(ran).toEqual(expected.map((one) => [one.label, one.delay]))
      }),
    )
  })

  it('forgets cancelled timers before their time, so that a million of them cost nothing', () => {
    const { clock, ran, at } = recorded()
    at(7, 'kept late')
    for (let count = 0; count < 1_000_000; count++) at(1_000_000 + count, 'x')()
    at(3, 'kept soon')
    expect(clock.pending).toBe(2)
    clock.runUntilIdle()
    expect(ran.map(([label]) => label)).toEqual(['kept soon', 'kept late'])
  })
})

describe('the sources of ids and chance for tests', () => {
  it('count and repeat', () => {
    const ids = new SequenceIds()
    expect([ids.next(), ids.next()]).toEqual(['id1', 'id2'])
    const draw = (seed: number) => {
      const random = new SeededRandom(seed)
      return Array.from({ length: 1000 }, () => random.next())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true)
    const mean = draw(7).reduce((sum, value) => sum + value, 0) / 1000
    expect(mean).toBeGreaterThan(0.45)
    expect(mean).toBeLessThan(0.55)
  })
})
