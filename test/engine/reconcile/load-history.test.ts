import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LoadHistory } from '../../../engine/reconcile/facts/load-history.js'
import { SlotRing } from '../../../engine/reconcile/facts/slot-ring.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 1_440 * MINUTE
const START = 1_767_225_600_000

describe('what members had to do together', () => {
  it('is the sum of what those told last that are up', () => {
    const history = new LoadHistory()
    const told = (member: string, value: number, at: number) => {
      history.note(member, { sensor: 'load', value, at: START + at })
    }
    told('web', 99, 0)
    told('web/1', 10, 0)
    told('web/2', 20, SECOND)
    told('web/1', 12, 20 * SECOND)
    history.forget('web/2')
    told('web/1', 15, 40 * SECOND)
    expect(history.since('web', 'load', 0)).toEqual([
      { at: START, value: 30 },
      { at: START + 15 * SECOND, value: 32 },
      { at: START + 30 * SECOND, value: 15 },
    ])
    expect(history.since('web', 'load', START + 20 * SECOND)).toHaveLength(1)
    expect(history.since('web', 'other', 0)).toEqual([])
    expect(history.since('db', 'load', 0)).toEqual([])
  })

  it('is fine for a day and coarse for a month, and no more than that', () => {
    const history = new LoadHistory()
    for (let at = 0; at < 40 * DAY; at += MINUTE)
      history.note('web/1', { sensor: 'load', value: at < 39 * DAY ? 5 : 7, at: START + at })
    const points = history.since('web', 'load', 0)
    const ages = points.map(({ at }) => START + 40 * DAY - at)
    expect(ages[0]).toBeGreaterThan(29 * DAY)
    expect(ages[0]).toBeLessThanOrEqual(30 * DAY + 5 * MINUTE)
    expect(points.length).toBeLessThan(8_640 + 5_760)
    expect(ages).toEqual([...ages].sort((a, b) => b - a))
    expect(points.map(({ value }) => value).filter((value) => value !== 5 && value !== 7)).toEqual([])
  })
})

it('a ring of slots has what a list would have', () => {
  const puts = fc.array(fc.record({ wait: fc.nat({ max: 60 }), value: fc.integer({ min: 0, max: 100 }) }), {
    minLength: 1,
    maxLength: 200,
  })
  fc.assert(
    fc.property(puts, fc.constantFrom('last', 'mean'), (all, keeps) => {
      const ring = new SlotRing(10, 50)
      const slots = new Map<number, number[]>()
      let at = 0
      for (const { wait, value } of all) {
        at += wait * wait
        ring.put(at, value, keeps)
        const slot = Math.floor(at / 10)
        slots.set(slot, [...(slots.get(slot) ?? []), value])
      }
      const newest = Math.floor(at / 10)
      const expected = [...slots]
        .filter(([slot]) => slot > newest - 50)
        .map(([slot, values]) => {
          const mean = values.reduce((a, b) => a + b, 0) / values.length
          return { at: slot * 10, value: keeps === 'mean' ? mean : (values.at(-1) ?? 0) }
        })
      expect(ring.points().map(({ at: time }) => time)).toEqual(expected.map(({ at: time }) => time))
      ring.points().forEach(({ value }, place) => {
        expect(value).toBeCloseTo(expected[place]?.value ?? Number.NaN, 9)
      })
    }),
  )
})

it('a clock that went back leaves the order of time as it was', () => {
  const ring = new SlotRing(10, 50)
  ring.put(1_000, 1, 'last')
  ring.put(5, 2, 'last')
  expect(ring.points()).toEqual([{ at: 1_000, value: 2 }])
})
