import { beforeEach, expect, it } from 'vitest'
import type { Incarnation, SlotRecord } from '../../../engine/index.js'
import { LossBook } from '../../../engine/reconcile/facts/loss-book.js'

let book: LossBook
beforeEach(() => {
  book = new LossBook()
})

const NOON = Date.UTC(2026, 0, 1, 12)

function incarnation(lost?: { readonly since: number; readonly whole: boolean }): Incarnation {
  return {
    number: 1,
    token: 't',
    name: 'n',
    version: 1,
    location: 'east',
    zone: 'a',
    digest: 'd',
    stage: 'ready',
    generation: 1,
    phases: {},
    createdAt: 0,
    ...(lost === undefined ? {} : { lost }),
  }
}

function slot(path: string, current: Incarnation, leaving: readonly Incarnation[] = []): SlotRecord {
  return { kind: 'slot', path, next: 2, current, leaving, upSerial: 1, createdAt: 0 }
}

function loseAt(path: string, since: number, whole = false): void {
  book.note(path, slot(path, incarnation({ since, whole })))
}

it('tells one cause for one site, with the time of the first loss there', () => {
  loseAt('web/2', NOON + 5_000)
  loseAt('web/1', NOON)
  book.note('web/3', slot('web/3', incarnation()))
  expect(book.causes('current')).toEqual([
    {
      message: 'its machine at east/a has not been seen since 2026-01-01T12:00:00.000Z',
      keys: ['web/1', 'web/2'],
      count: 2,
    },
  ])
  expect(book.causes('leaving')).toEqual([])
})

it('tells a location that is silent as a whole apart from one of its hosts', () => {
  loseAt('web/1', NOON)
  loseAt('web/2', NOON, true)
  expect(book.causes('current').map(({ message, keys }) => [message.split(' since')[0], keys])).toEqual([
    ['its machine at east/a has not been seen', ['web/1']],
    ['location east has given no answer', ['web/2']],
  ])
})

it('forgets what is seen again, what is gone, and causes that nobody is left under', () => {
  loseAt('web/1', NOON)
  loseAt('web/2', NOON)
  book.note('web/1', slot('web/1', incarnation()))
  expect(book.causes('current')).toMatchObject([{ keys: ['web/2'], count: 1 }])
  book.note('web/2', undefined)
  expect(book.causes('current')).toEqual([])
})

it('tells what leaves apart, and moves a slot when its loss becomes that of a whole location', () => {
  const lost = incarnation({ since: NOON, whole: false })
  book.note('web/1', slot('web/1', incarnation(), [lost]))
  expect([book.causes('current').length, book.causes('leaving').length]).toEqual([0, 1])
  book.note('web/1', slot('web/1', incarnation(), [incarnation({ since: NOON, whole: true })]))
  expect(book.causes('leaving').map(({ message }) => message)).toEqual([
    'location east has given no answer since 2026-01-01T12:00:00.000Z',
  ])
})

it('names a few of very many, and counts all', () => {
  for (let member = 0; member < 5_000; member += 1) loseAt(`web/${member}`, NOON)
  expect(book.causes('current')).toMatchObject([{ keys: ['web/0', 'web/1', 'web/2'], count: 5_000 }])
})
