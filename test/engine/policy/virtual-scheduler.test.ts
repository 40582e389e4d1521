import fc from 'fast-check'
import { Subscription, interval, map, take, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { VirtualScheduler } from '../../../engine/index.js'

describe('a virtual scheduler', () => {
  it('does nothing at once, and each thing at its own time', () => {
    const time = new VirtualScheduler(100)
    const seen: number[] = []
    time.schedule(() => seen.push(time.now()), 5)
    time.schedule(() => seen.push(time.now()))
    expect(seen).toEqual([])
    expect(time.advanceTo(104)).toBe(1)
    expect([seen, time.now(), time.nextAt(), time.pending]).toEqual([[100], 104, 105, 1])
    time.advanceTo(200)
    expect([seen, time.now(), time.nextAt()]).toEqual([[100, 105], 200, undefined])
  })

  it('runs a timed stream of RxJS to its end', () => {
    const time = new VirtualScheduler()
    const given: (readonly number[])[] = []
    const stream = interval(10, time).pipe(
      map((count) => count + time.now()),
      take(3),
      toArray(),
    )
    stream.subscribe((all) => given.push(all))
    time.advanceTo(1_000)
    expect(given).toEqual([[10, 21, 32]])
    expect(time.pending).toBe(0)
  })

  it('lets an action ask anew with another state, until it is cancelled', () => {
    const time = new VirtualScheduler()
    const seen: number[] = []
    const action = time.schedule<number>(
      function (count = 0) {
        seen.push(count)
        this.schedule(count + 1, 10)
      },
      0,
      1,
    )
    time.advanceTo(25)
    action.unsubscribe()
    time.advanceTo(100)
    expect([seen, time.pending, action.closed]).toEqual([[1, 2, 3], 0, true])
    action.schedule(9, 1)
    expect(time.pending).toBe(0)
  })

  it('ends an action that does not ask anew, with what was added to it', () => {
    const time = new VirtualScheduler()
    let ended = false
    const action = time.schedule(() => undefined)
    action.add(new Subscription(() => (ended = true)))
    time.runNext()
    expect([action.closed, ended]).toEqual([true, true])
  })

  it('refuses a delay that is no number, and to be moved by what runs in it', () => {
    const time = new VirtualScheduler()
    expect(() => time.schedule(() => undefined, Number.NaN)).toThrow('number of milliseconds')
    time.schedule(() => time.advanceTo(50), 1)
    time.schedule(() => undefined, 2)
    expect(() => time.advanceTo(10)).toThrow('moved by what runs in it')
    expect(time.advanceTo(10)).toBe(1)
  })

  it('keeps the order of time, and of asking among equals, whatever is cancelled and asked anew', () => {
    const asks = fc.array(fc.record({ delay: fc.nat(5), cancels: fc.option(fc.nat(60)) }), { maxLength: 60 })
    fc.assert(
      fc.property(asks, (all) => {
        const time = new VirtualScheduler()
        const actions: Subscription[] = []
        const expected: { readonly at: number; readonly id: number }[] = []
        const seen: number[] = []
        const gone = new Set<number>()
        for (const [id, { delay, cancels }] of all.entries()) {
          actions.push(time.schedule(() => seen.push(id), delay))
          expected.push({ at: delay, id })
          if (cancels === null || actions[cancels] === undefined) continue
          actions[cancels].unsubscribe()
          gone.add(cancels)
        }
        time.advanceTo(10)
        const stay = expected.filter(({ id }) => !gone.has(id)).sort((a, b) => a.at - b.at || a.id - b.id)
        expect(seen).toEqual(stay.map(({ id }) => id))
      }),
    )
  })
})
