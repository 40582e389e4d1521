import { describe, expect, it } from 'vitest'
import { type ArbiterState, type Request, arbitrate } from '../../../engine/index.js'
import {
  byPerson,
  byPolicy,
  member,
  oldFirst,
  replaceOf,
  restartOf,
  role,
  scale,
  state,
} from '../../support/arbiter-bench.js'
import { desired } from '../../support/desired-record.js'

const NOW = 100_000
const ask = (requests: readonly Request[], given: ArbiterState = state()) => arbitrate(given, requests, NOW)
const said = (requests: readonly Request[], given?: ArbiterState) =>
  ask(requests, given).decisions.map(({ outcome, rule }) => `${outcome} ${rule}`)

const down = { ...state().members, 'web/1': member({ up: false }) }
const held = (path: string, until: number) =>
  state({ desired: desired({ holds: { [path]: { by: 'ann', until } } }) })
const withRole = (change: Parameters<typeof role>[0], members = state().members) =>
  state({ roles: { web: role(change) }, members })

describe('the arbiter says', () => {
  it.each<[string, Request, ArbiterState | undefined, string]>([
    ['granted to what nothing speaks against', byPolicy(scale(5)), undefined, 'decided granted'],
    ['no to a role that is not there', byPolicy(scale(5, 'db')), undefined, 'refused unknown-entity'],
    ['no to a member that is not there', byPolicy(restartOf('web/9')), undefined, 'refused unknown-entity'],
    ['no to an inherited name', byPolicy(restartOf('__proto__')), undefined, 'refused unknown-entity'],
    [
      'no while the application is to be stopped',
      byPolicy(scale(5)),
      state({ desired: desired({ wish: 'stopped' }) }),
      'refused wish',
    ],
    ['not now to a held entity', byPolicy(restartOf('web/1')), held('web/1', NOW + 1), 'held entity-held'],
    ['not now below a held entity', byPolicy(restartOf('web/1')), held('web', NOW + 1), 'held entity-held'],
    ['not now in a held application', byPolicy(scale(5)), held('', NOW + 1), 'held entity-held'],
    ['granted when the hold is over', byPolicy(scale(5)), held('web', NOW), 'decided granted'],
    ['granted to a person in spite of a hold', byPerson(scale(5)), held('web', NOW + 1), 'decided granted'],
    ['at most max', byPolicy(scale(9)), undefined, 'decided bounds/granted'],
    ['at most what the quota leaves', byPolicy(scale(5)), state({ room: 1 }), 'decided quota/granted'],
    ['already so without room', byPolicy(scale(5)), state({ room: -2 }), 'held quota/already-so'],
    ['at least min', byPolicy(scale(0)), undefined, 'decided bounds/granted'],
    [
      'already so at the bound',
      byPolicy(scale(9)),
      state({ desired: desired({ counts: { web: 6 } }) }),
      'held bounds/already-so',
    ],
    ['no to a person beyond the bounds', byPerson(scale(9)), undefined, 'refused bounds'],
    ['no to half a member', byPolicy(scale(2.5)), undefined, 'refused bounds'],
    ['no to NaN', byPerson(scale(NaN)), undefined, 'refused bounds'],
    ['already so to the wanted count', byPolicy(scale(3)), undefined, 'held already-so'],
    ['already so to a person too', byPerson(scale(3)), undefined, 'held already-so'],
    ['no to an old incarnation', byPolicy(replaceOf('web/1', 0)), undefined, 'refused superseded'],
    ['no to an old run', byPolicy(restartOf('web/1', 0)), undefined, 'refused superseded'],
    [
      'no to a person who means an old incarnation',
      byPerson(replaceOf('web/1', 7)),
      undefined,
      'refused superseded',
    ],
    [
      'already so to a restart under way',
      byPolicy(restartOf('web/1')),
      state({ desired: desired({ floors: { 'web/1': { runOf: 1, run: 2, reason: '' } } }) }),
      'held already-so',
    ],
    [
      'already so to a replacement under way',
      byPolicy(replaceOf('web/1')),
      state({ desired: desired({ floors: { 'web/1': { incarnation: 2, reason: '' } } }) }),
      'held already-so',
    ],
    [
      'already so to a restart of what is being replaced',
      byPolicy(restartOf('web/1')),
      state({ desired: desired({ floors: { 'web/1': { incarnation: 2, reason: '' } } }) }),
      'held already-so',
    ],
    [
      'granted to a restart of what is down',
      byPolicy(restartOf('web/1')),
      withRole({ ready: 2 }, down),
      'decided granted',
    ],
    [
      'not now to a restart that leaves too few',
      byPolicy(restartOf('web/1')),
      withRole({ ready: 2 }),
      'held disruption-budget',
    ],
    [
      'not now while another disruption uses the budget',
      byPolicy(restartOf('web/1')),
      withRole({ disrupted: 1 }),
      'held disruption-budget',
    ],
    [
      'granted to a restart within what may be unavailable',
      byPolicy(restartOf('web/1')),
      withRole({ ready: 2, replacement: oldFirst }),
      'decided granted',
    ],
    [
      'not now to an old-first replacement that leaves too few',
      byPolicy(replaceOf('web/1')),
      withRole({ ready: 1, replacement: oldFirst }),
      'held disruption-budget',
    ],
    [
      'granted to a new-first one: it takes nobody away',
      byPolicy(replaceOf('web/1')),
      withRole({ ready: 2 }),
      'decided granted',
    ],
    [
      'not now to one incarnation too many',
      byPolicy(replaceOf('web/1')),
      withRole({ max: 3, incarnations: 4, leaving: 1 }),
      'held surge',
    ],
    [
      'not now to a second replacement under way',
      byPolicy(replaceOf('web/1')),
      withRole({ max: 3, replacing: 1 }),
      'held surge',
    ],
    [
      'less growth while members leave',
      byPolicy(scale(6)),
      withRole({ incarnations: 6, leaving: 3 }),
      'decided surge/granted',
    ],
    [
      'not now to growth when those leaving fill the room',
      byPolicy(scale(6)),
      withRole({ incarnations: 7, leaving: 4 }),
      'held surge/already-so',
    ],
    [
      'not now to scaling in below what is ready',
      byPolicy(scale(2)),
      withRole({ ready: 2 }),
      'held disruption-budget',
    ],
    [
      'granted to a person who disrupts',
      byPerson(restartOf('web/1')),
      withRole({ ready: 1 }),
      'decided granted',
    ],
    ['granted alone, without a role', byPolicy(replaceOf('store')), undefined, 'decided granted'],
    [
      'not now to too many in a minute',
      byPolicy(restartOf('store')),
      state({ recent: { store: Array<number>(10).fill(NOW - 1) } }),
      'held rate-limit',
    ],
    [
      'granted when the many are long ago',
      byPolicy(restartOf('store')),
      state({ recent: { store: Array<number>(10).fill(NOW - 60_000) } }),
      'decided granted',
    ],
    [
      'granted to growth however often',
      byPolicy(scale(5)),
      state({ recent: { web: Array<number>(99).fill(NOW - 1) } }),
      'decided granted',
    ],
  ])('%s', (_what, request, given, expected) => {
    expect(said([request], given)).toEqual([expected])
  })
})

describe('what the arbiter grants', () => {
  it('is a count of the role, with the reason and what was changed about it', () => {
    const { desired: change, decisions } = ask([byPolicy(scale(9))])
    expect(change).toMatchObject({ counts: { web: 6 }, floors: {}, by: 'policy web/keeper' })
    expect(decisions[0]).toMatchObject({
      intent: 'scale to 9',
      reason: 'load; 9 is outside 2 to 6, so 6',
      version: 'v1',
    })
  })

  it('is a floor under the run of this incarnation for a restart', () => {
    const floors = { 'web/1': { incarnation: 1, reason: 'before' } }
    expect(
      ask([byPolicy(restartOf('web/1'))], state({ desired: desired({ floors }) })).desired?.floors,
    ).toEqual({
      'web/1': { incarnation: 1, runOf: 1, run: 2, reason: 'it failed' },
    })
  })

  it('is a floor under the incarnation for a replacement', () => {
    expect(ask([byPolicy(replaceOf('web/1'))]).desired?.floors).toEqual({
      'web/1': { incarnation: 2, reason: 'it ails' },
    })
  })

  it('is nothing when all was refused or held, and the book is left alone', () => {
    const verdict = ask([byPolicy(scale(3)), byPolicy({ kind: 'hold', rule: 'cooldown', reason: 'resting' })])
    expect(verdict.desired).toBeUndefined()
    expect(verdict.decisions[1]).toMatchObject({
      outcome: 'held',
      rule: 'cooldown',
      entity: 'web',
      reason: 'resting',
    })
  })

  it('shares one budget among all of a turn', () => {
    const requests = ['web/1', 'web/2', 'web/3'].map((path) => byPolicy(restartOf(path)))
    expect(said(requests)).toEqual(['decided granted', 'held disruption-budget', 'held disruption-budget'])
  })

  it('counts restarts and old-first replacements against the same budget', () => {
    const given = withRole({ replacement: { ...oldFirst, unavailable: 0 } })
    expect(said([byPolicy(restartOf('web/2')), byPolicy(replaceOf('web/1'))], given)).toEqual([
      'decided granted',
      'held disruption-budget',
    ])
  })

  it('replaces rather than restarts the same member', () => {
    const { decisions, desired: change } = ask([byPolicy(restartOf('web/1')), byPolicy(replaceOf('web/1'))])
    expect(decisions.map(({ intent, rule }) => [intent, rule])).toEqual([
      ['replace incarnation 1', 'granted'],
      ['restart run 1 of incarnation 1', 'priority'],
    ])
    expect(change?.floors['web/1']).toEqual({ incarnation: 2, reason: 'it ails' })
  })

  it('lets a person go before a policy about the same count', () => {
    const { decisions, desired: change } = ask([byPolicy(scale(6)), byPerson(scale(4))])
    expect(decisions.map(({ by, rule }) => [by, rule])).toEqual([
      ['ann', 'granted'],
      ['keeper', 'priority'],
    ])
    expect(change).toMatchObject({ counts: { web: 4 }, by: 'ann' })
  })

  it('remembers disruptive decisions for the rate limit, and forgets old ones', () => {
    const recent = { web: [NOW - 61_000, NOW - 5], old: [1] }
    expect(ask([byPolicy(replaceOf('web/1'))], state({ recent })).recent).toEqual({ web: [NOW - 5, NOW] })
  })

  it('lets a large role have as many disruptions as members', () => {
    const many = withRole({ max: 100, initial: 50, ready: 50, incarnations: 50 })
    expect(
      said([byPolicy(replaceOf('web/1'))], { ...many, recent: { web: Array<number>(49).fill(NOW) } }),
    ).toEqual(['decided granted'])
  })
})
