import { describe, expect, it } from 'vitest'
import type { Change, Incarnation, JsonObject, MembersSpec, SlotRecord } from '../../../engine/index.js'
import { Laws } from '../../../server/proof/laws.js'
import { BookWatch } from '../../../server/rehearsal/index.js'
import { application, role } from '../../support/specs.js'

const incarnation = (number: number, more: Partial<Incarnation> = {}): Incarnation =>
  ({ number, token: `t${number}`, stage: 'ready', ...more }) as Incarnation

const slot = (path: string, more: Partial<SlotRecord> = {}): Change => ({
  kind: 'put',
  key: `slot/a/${path}`,
  value: { kind: 'slot', path, leaving: [], current: incarnation(1), ...more } as unknown as JsonObject,
})

const shown = (path: string, up: boolean): Change => ({
  kind: 'put',
  key: `seen/a/${path}`,
  value: { kind: 'observed', path, shown: { state: 'running', up } },
})

const wanted: Change = { kind: 'put', key: 'desired/a', value: { wish: 'running', counts: {} } }
const three: readonly Change[] = [
  wanted,
  ...['web/1', 'web/2', 'web/3'].flatMap((path) => [slot(path), shown(path, true)]),
]

/** What each batch breaks, over a role of three; the last ones of them. */
function judged(
  rules: Partial<MembersSpec>,
  batches: readonly (readonly Change[])[],
  hurt: readonly string[] = [],
) {
  const books = new BookWatch()
  const laws = new Laws(application([role('web', 3, { rules })]), books, (path) => hurt.includes(path))
  const breaches = [three, ...batches].map((changes) => {
    books.take(changes, 0)
    return laws.judge(changes)?.message
  })
  return breaches.slice(1)
}

const leaves = (path: string): Change =>
  slot(path, {
    retired: 'scaled in',
    leaving: [incarnation(1, { stage: 'retiring' })],
    current: undefined as never,
  })
const relaunches = (path: string): Change =>
  slot(path, {
    current: incarnation(1, { run: { number: 1, stage: 'ending' } as Incarnation['run'] as never }),
  })

describe('the bounds of a role', () => {
  const rules = { max: 3, min: 1, replacement: { order: 'new-first', surge: 1, unavailable: 0 } } as const
  const replaced = (path: string): Change =>
    slot(path, { current: incarnation(2, { stage: 'creating' }), leaving: [incarnation(1)] })

  it('are kept as long as those that leave and those that come fit into max and surge', () => {
    expect(judged(rules, [[replaced('web/1')], [replaced('web/2')]])).toEqual([
      undefined,
      'web has 5 incarnations, and may have 4 with its surge',
    ])
  })

  it('do not count what its place has fenced', () => {
    const fenced = slot('web/1', { leaving: [incarnation(1, { fenced: true })], current: incarnation(2) })
    expect(judged({ ...rules, replacement: { ...rules.replacement, surge: 0 } }, [[fenced]])).toEqual([
      undefined,
    ])
  })
})

describe('the disruption budget of a role', () => {
  const rules = { max: 3, min: 2, replacement: { order: 'new-first', surge: 1, unavailable: 0 } } as const

  it('is broken by what takes a member away that must stay', () => {
    expect(judged(rules, [[leaves('web/1')], [leaves('web/2')]])).toEqual([
      undefined,
      'web/2 was taken away, which leaves 1 of web up, and at least 2 are to be',
    ])
  })

  it('is not broken by what the world takes away, nor by the end of what is no more well', () => {
    expect(judged(rules, [[shown('web/1', false)], [shown('web/2', false)]])).toEqual([undefined, undefined])
    expect(judged(rules, [[leaves('web/1')], [leaves('web/2')]], ['web/2'])).toEqual([undefined, undefined])
  })

  it('lets members be launched anew where they are, one at a time', () => {
    expect(judged({ ...rules, min: 3 }, [[relaunches('web/1')], [relaunches('web/2')]])).toEqual([
      undefined,
      'web/2 was taken away, which leaves 1 of web up, and at least 2 are to be',
    ])
  })

  it('is one member larger where one may be unavailable', () => {
    const replacement = { order: 'old-first', surge: 0, unavailable: 1 } as const
    expect(judged({ ...rules, replacement }, [[leaves('web/1')], [leaves('web/2')]])).toEqual([
      undefined,
      undefined,
    ])
  })
})
