import { describe, expect, it } from 'vitest'
import type { ApplicationState, ApplicationStatus, DesiredRecord } from '../../../engine/index.js'
import {
  deriveStatus,
  isStartGivenUp,
  statusDueAt,
  type StatusFacts,
} from '../../../engine/reconcile/facts/application-status.js'
import { desired as desiredRecord } from '../../support/desired-record.js'
import { application } from '../../support/specs.js'

const { settings } = application([])

const desired = desiredRecord()

const created: ApplicationStatus = {
  kind: 'status',
  application: 'shop',
  state: 'created',
  degraded: false,
  generation: 1,
  settledSerial: 0,
  settledGeneration: 0,
  since: 0,
  alerts: [],
}

/** Was settled under the first wish, and is looked at now. */
const settledBefore = { ...created, state: 'running', settledSerial: 1, settledGeneration: 1 } as const

function facts(given: Partial<StatusFacts> = {}): StatusFacts {
  const usual = { desired, settings, settled: false, begun: true, empty: false, alerts: [], stuck: false }
  return { ...usual, belowQuorum: () => [], ...given }
}

/** Facts of an application that has been on its way for so long. */
function since(ms: number, former: ApplicationStatus = created): ApplicationStatus {
  return { ...former, unsettledSince: 1_000_000 - ms }
}

const MINUTE = 60_000
const NOW = 1_000_000
const next = { ...desired, generation: 2 }
const stopped = { ...desired, wish: 'stopped', serial: 2, generation: 2 } as const
const gone = { ...desired, wish: 'gone', serial: 2, generation: 2 } as const

describe('an application is shown', () => {
  it.each<[ApplicationState, string, ApplicationStatus, Partial<StatusFacts>]>([
    ['created', 'recorded, nothing begun', created, { begun: false }],
    ['starting', 'begun, never settled under this wish', created, {}],
    ['starting', 'not settled for just less than its deadline', since(10 * MINUTE - 1), {}],
    ['alert', 'not settled within its deadline', since(10 * MINUTE), {}],
    ['alert', 'starting, with something that retrying cannot mend', created, { alerts: ['web: no'] }],
    ['running', 'settled', created, { settled: true }],
    ['running', 'repaired within its grace', since(2 * MINUTE - 1, settledBefore), {}],
    ['alert', 'repaired past its grace', since(2 * MINUTE, settledBefore), {}],
    ['alert', 'running, with something that retrying cannot mend', settledBefore, { alerts: ['web: no'] }],
    ['updating', 'was settled, and something else is wanted', settledBefore, { desired: next }],
    [
      'alert',
      'updated past its deadline',
      since(10 * MINUTE, { ...settledBefore, generation: 2 }),
      { desired: next },
    ],
    ['stopping', 'to be stopped, and something runs', settledBefore, { desired: stopped }],
    ['stopped', 'to be stopped, and nothing runs', settledBefore, { desired: stopped, settled: true }],
    [
      'alert',
      'to be stopped, and something runs past its deadline',
      since(10 * MINUTE, { ...settledBefore, generation: 2 }),
      { desired: stopped },
    ],
    ['expunging', 'to be removed', settledBefore, { desired: gone }],
    ['expunge', 'to be removed, and stuck', settledBefore, { desired: gone, stuck: true }],
    ['destroyed', 'to be removed, and nothing is left', settledBefore, { desired: gone, empty: true }],
    [
      'destroyed',
      'gone although something was stuck',
      settledBefore,
      { desired: gone, empty: true, stuck: true },
    ],
  ])('as %s when %s', (state, _when, former, given) => {
    expect(deriveStatus(former, facts(given), NOW).state).toBe(state)
  })

  it('as degraded beside running while a repair is within its grace, and only then', () => {
    expect(deriveStatus(since(1, settledBefore), facts(), NOW).degraded).toBe(true)
    expect(deriveStatus(since(1, settledBefore), facts({ settled: true }), NOW).degraded).toBe(false)
    expect(deriveStatus(since(MINUTE), facts(), NOW).degraded).toBe(false)
  })

  it('since its state changed, however often it is derived', () => {
    const starting = deriveStatus(created, facts(), 100)
    const later = deriveStatus(starting, facts(), 5000)
    expect([starting.since, later.since, later.unsettledSince]).toEqual([100, 100, 100])
    expect(later).toBe(starting)
  })

  it('with a deadline that begins anew with each change', () => {
    const late = since(9 * MINUTE, settledBefore)
    const updating = deriveStatus(late, facts({ desired: next }), NOW)
    expect(updating).toMatchObject({ state: 'updating', generation: 2, unsettledSince: NOW })
  })

  it('under a wish that it settled under, until there is another', () => {
    const running = deriveStatus(created, facts({ settled: true }), NOW)
    expect(running).toMatchObject({ settledSerial: 1, settledGeneration: 1 })
    const restarted = { ...desired, serial: 3, generation: 3 }
    expect(deriveStatus(running, facts({ desired: restarted }), NOW).state).toBe('starting')
  })

  it('with the causes of its alert, or that it takes too long when there are none', () => {
    expect(deriveStatus(created, facts({ alerts: ['web: no'] }), NOW).alerts).toEqual(['web: no'])
    expect(deriveStatus(since(10 * MINUTE), facts(), NOW).alerts).toHaveLength(1)
    expect(deriveStatus(created, facts({ settled: true, alerts: ['web: no'] }), NOW).alerts).toEqual([])
  })
})

describe('the status changes by time alone', () => {
  it.each<[string, ApplicationStatus, number | undefined]>([
    ['when the grace of a repair is over', since(0, settledBefore), NOW + 2 * MINUTE],
    ['when the deadline of a start is over', { ...since(0), state: 'starting' }, NOW + 10 * MINUTE],
    ['not while all is settled', settledBefore, undefined],
    ['not while it is an alert already', { ...since(0), state: 'alert' }, undefined],
    ['not while its removal is stuck', { ...since(0), state: 'expunge' }, undefined],
  ])('%s', (_when, status, due) => {
    expect(statusDueAt(status, settings)).toBe(due)
  })
})

it.each<[boolean, string, ApplicationStatus, Partial<typeof settings>, Partial<DesiredRecord>]>([
  [true, 'an alert before it was ever up', { ...created, state: 'alert' }, { onStartFailure: 'expunge' }, {}],
  [false, 'what is to be tried again', { ...created, state: 'alert' }, {}, {}],
  [
    false,
    'an alert after it was up',
    { ...settledBefore, state: 'alert' },
    { onStartFailure: 'expunge' },
    {},
  ],
  [false, 'a start that goes on', { ...created, state: 'starting' }, { onStartFailure: 'expunge' }, {}],
  [
    false,
    'a stop that fails',
    { ...created, state: 'alert' },
    { onStartFailure: 'expunge' },
    { wish: 'stopped' },
  ],
])('gives a start up (%s): %s', (given, _what, status, own, wish) => {
  expect(isStartGivenUp(status, { ...desired, ...wish }, { ...settings, ...own })).toBe(given)
})
