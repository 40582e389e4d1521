import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  byCalendar,
  byDate,
  byPeriod,
  dailyPattern,
  type Timetable,
} from '../../../policies/schedule/timetable.js'

const at = (text: string): number => Date.parse(text)
const shown = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString()

function calendar(pattern: string, zone = 'UTC'): Timetable {
  const tabled = byCalendar(pattern, zone)
  if ('fault' in tabled) throw new Error(tabled.fault)
  return tabled.table
}

describe('a calendar', () => {
  it.each([
    ['30 7 * * *', 'UTC', '2026-01-01T07:30:00Z', '2026-01-02T07:30:00.000Z'],
    ['30 7 * * *', 'Europe/Berlin', '2026-01-01T00:00:00Z', '2026-01-01T06:30:00.000Z'],
    ['30 7 * * *', 'Europe/Berlin', '2026-07-01T00:00:00Z', '2026-07-01T05:30:00.000Z'],
    ['0 9 * * 1-5', 'UTC', '2026-01-02T10:00:00Z', '2026-01-05T09:00:00.000Z'],
    ['0 0 L * *', 'UTC', '2026-02-01T00:00:00Z', '2026-02-28T00:00:00.000Z'],
    ['15 30 7 * * *', 'UTC', '2026-01-01T00:00:00Z', '2026-01-01T07:30:15.000Z'],
  ])('%s in %s after %s is at %s', (pattern, zone, now, next) => {
    expect(shown(calendar(pattern, zone).next(0, at(now)))).toBe(next)
  })

  it('has a time that the clock leaves out in spring as soon as it goes on, and one that it shows twice once', () => {
    const table = calendar('30 2 * * *', 'Europe/Berlin')
    expect(shown(table.first(at('2026-03-28T12:00:00Z')))).toBe('2026-03-29T01:00:00.000Z')
    const first = table.first(at('2026-10-24T12:00:00Z')) ?? 0
    expect(shown(first)).toMatch(/^2026-10-25T0[01]:30/)
    expect(shown(table.next(first, first))).toBe('2026-10-26T01:30:00.000Z')
  })

  it.each([
    ['61 * * * *', 'UTC'],
    ['nonsense', 'UTC'],
    ['* * * * *', 'Mars/Olympus'],
    ['', 'UTC'],
  ])('says what is wrong with %j in %s', (pattern, zone) => {
    expect(byCalendar(pattern, zone)).toMatchObject({ fault: expect.stringMatching(/\S/) as string })
  })

  it('never gives a time that has come', () => {
    const table = calendar('*/7 * * * *', 'America/New_York')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
        expect(table.next(0, now)).toBeGreaterThan(now)
      }),
    )
  })
})

describe('a period', () => {
  it('begins when it is looked at, and leaves out what was missed', () => {
    const table = byPeriod(60_000)
    expect(table.first(5)).toBe(5)
    expect(table.next(5, 5)).toBe(60_005)
    expect(table.next(5, 200_000)).toBe(240_005)
  })

  it('begins at a time of the day where one is given', () => {
    const table = byPeriod(3_600_000, calendar(dailyPattern('07:30') ?? ''))
    expect(shown(table.first(at('2026-01-01T08:00:00Z')))).toBe('2026-01-02T07:30:00.000Z')
  })
})

it('is due once at a date', () => {
  expect(byDate(7).first(9)).toBe(7)
  expect(byDate(7).next(7, 9)).toBeUndefined()
})

it.each([
  ['7:05', '0 5 7 * * *'],
  ['23:59:58', '58 59 23 * * *'],
  ['24:00', undefined],
  ['noon', undefined],
])('reads %s as a time of the day', (text, pattern) => {
  expect(dailyPattern(text)).toBe(pattern)
})
