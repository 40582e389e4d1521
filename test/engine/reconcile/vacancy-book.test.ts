import { beforeEach, expect, it } from 'vitest'
import { VacancyBook } from '../../../engine/reconcile/facts/vacancy-book.js'
import type { Step, StepOutcome } from '../../../engine/reconcile/facts/step.js'

let book: VacancyBook
beforeEach(() => {
  book = new VacancyBook()
})

/** The step that asks for a machine in a zone. */
function asked(zone?: string): Step {
  const shape = { kind: 'machine', ...(zone === undefined ? {} : { zone }) }
  return { key: 'web/1', incarnation: 1, location: 'a', call: { verb: 'ensure', want: { shape } } } as Step
}

function answered(kind: StepOutcome['answer']['kind'], zone?: string): StepOutcome {
  const failure = { cause: 'capacity', retry: 'soon', message: 'no room' }
  return { step: asked(zone), answer: { kind, failure } } as unknown as StepOutcome
}

const REFUSED = 'refused'

it('takes a zone for full for a while after a refusal, and no other zone', () => {
  expect(book.at('x', 0)).toBe('open')
  book.note([answered(REFUSED, 'x')], 0)
  expect([book.at('x', 29_999), book.at('y', 0), book.at(undefined, 0)]).toEqual(['full', 'open', 'open'])
  expect(book.at('x', 30_000)).toBe('probing')
})

it('counts the refusals of many that were asked for at once as one', () => {
  book.note(
    Array.from({ length: 50 }, () => answered(REFUSED)),
    0,
  )
  expect(book.at(undefined, 30_000)).toBe('probing')
})

it('lets one try, and closes for twice as long when that is refused too', () => {
  book.note([answered(REFUSED)], 0)
  book.noteTries([asked()], 30_000)
  expect(book.at(undefined, 30_000)).toBe('full')
  book.note([answered(REFUSED)], 31_000)
  expect([book.at(undefined, 90_999), book.at(undefined, 91_000)]).toEqual(['full', 'probing'])
})

it.each(['created', 'found', 'pending'] as const)('is open again when the answer is %s', (kind) => {
  book.note([answered(REFUSED)], 0)
  book.noteTries([asked()], 30_000)
  book.note([answered(kind)], 31_000)
  expect(book.at(undefined, 31_000)).toBe('open')
})

it('learns nothing from an answer that is not known', () => {
  book.note([answered('unknown')], 0)
  expect(book.at(undefined, 0)).toBe('open')
})
