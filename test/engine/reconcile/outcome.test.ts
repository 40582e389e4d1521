import { describe, expect, it } from 'vitest'
import type {
  Announcement,
  DesiredRecord,
  Incarnation,
  ResourceState,
  SlotRecord,
} from '../../../engine/index.js'
import { takeOutcome, type TakenOutcome } from '../../../engine/reconcile/decide/outcome.js'
import type { StepOutcome } from '../../../engine/reconcile/facts/step.js'
import type { SlotFacts, World } from '../../../engine/reconcile/facts/world.js'

const NOW = 50_000

const world = {
  now: NOW,
  desired: { recovery: 0, serial: 2, generation: 3, wish: 'running' } as DesiredRecord,
  jitter: () => 0,
} as unknown as World

const run = { number: 1, token: 't-run-1', version: 1, form: 'f', digest: 'd' } as const
const machine: ResourceState = { token: 't', kind: 'machine', state: 'running' }

function step(kind: Announcement['kind'], more: Partial<Announcement> = {}): Announcement {
  return {
    kind,
    token: 't',
    digest: 'new',
    generation: 4,
    at: 0,
    attempt: 1,
    desired: 3,
    reason: '',
    ...more,
  }
}

function incarnation(more: Partial<Incarnation>): Incarnation {
  return {
    number: 1,
    token: 't',
    name: 'web-1',
    version: 1,
    location: 'sim',
    digest: 'd',
    stage: 'ready',
    generation: 4,
    phases: {},
    createdAt: 0,
    ...more,
  }
}

/** What an answer makes of a slot that announced this. */
function taken(
  one: Incarnation,
  answer: StepOutcome['answer'],
  how: { leaving?: boolean; generation?: number; seen?: ResourceState } = {},
): TakenOutcome {
  const { leaving = false, generation = 4, seen } = how
  const { leaves: _leaves, ...current } = one
  const record: SlotRecord = {
    kind: 'slot',
    path: 'web',
    next: 2,
    ...(leaving ? { leaving: [one] } : { current, leaving: [] }),
    upSerial: 0,
    createdAt: 0,
  }
  const slot: SlotFacts = {
    path: 'web',
    record,
    observed: { kind: 'observed', path: 'web', at: 0, resources: [machine], attributes: {} },
    node: undefined,
    role: undefined,
    notBefore: 0,
    begunAt: 0,
    isUnderWay: () => false,
    isMissed: () => false,
  }
  const announcement = { ...(one.step ?? step('ensure')), generation }
  const call = { verb: 'start', ref: { token: 't', kind: 'machine', name: 'web-1', generation } } as const
  const outcome = { step: { key: 'web', incarnation: 1, location: 'sim', announcement, call }, answer }
  return takeOutcome(slot, seen === undefined ? outcome : { ...outcome, seen }, world)
}

const failure = { cause: 'internal', retry: 'soon', message: 'no' } as const

describe('an answer that is not one yet', () => {
  const one = incarnation({ stage: 'creating', step: step('ensure') })

  it.each<[string, StepOutcome['answer'], number]>([
    ['begun', { kind: 'pending' }, NOW + 500],
    ['not now', { kind: 'not-ready', reason: '' }, NOW + 500],
    ['not before', { kind: 'not-ready', reason: '', retryAfter: 7000 }, NOW + 7000],
  ])('keeps the announcement and asks again later: %s', (_what, answer, notBefore) => {
    const { record, notBefore: due } = taken(one, answer)
    expect(record.current?.step).toEqual(one.step)
    expect(record.trouble).toBeUndefined()
    expect(due).toBe(notBefore)
  })

  it('keeps the announcement when it is unknown, and counts the failure', () => {
    const { record } = taken(one, { kind: 'unknown', failure })
    expect(record.current?.step).toEqual(one.step)
    expect(record.trouble).toMatchObject({ attempts: 1, failure })
  })
})

describe('a refusal', () => {
  it('of a making means that it never was', () => {
    const { record, observed } = taken(incarnation({ stage: 'creating', step: step('ensure') }), {
      kind: 'refused',
      failure,
    })
    expect(record.current).toBeUndefined()
    expect(observed.resources).toEqual([])
    expect(record.next).toBe(2)
  })

  it('of a making that is on its way out means so too', () => {
    const one = incarnation({ stage: 'removing', leaves: 'gone', step: step('ensure') })
    expect(taken(one, { kind: 'refused', failure }, { leaving: true }).record.leaving).toEqual([])
  })

  it('because of its name says whose that is', () => {
    const { record } = taken(incarnation({ stage: 'creating', step: step('ensure') }), {
      kind: 'conflict',
      holder: 'eve',
    })
    expect(record).toMatchObject({
      trouble: { failure: { cause: 'conflict', message: 'its name is held by eve' } },
    })
    expect(record.current).toBeUndefined()
  })

  it.each(['launch', 'boot'] as const)('of a %s ends the run', (kind) => {
    const one = incarnation({ run: { ...run, stage: 'launching' }, step: step(kind) })
    const { record } = taken(one, { kind: 'refused', failure })
    expect(record.current).toMatchObject({ run: { stage: 'ended' } })
    expect(record.current).not.toHaveProperty('step')
  })

  it.each(['phase', 'refresh'] as const)('of a %s lets it be announced anew', (kind) => {
    const { record } = taken(incarnation({ step: step(kind) }), { kind: 'refused', failure })
    expect(record.current).not.toHaveProperty('step')
  })

  it('of a stop command is as good as one that has run', () => {
    const one = incarnation({ run: { ...run, stage: 'launched' }, step: step('stop-command') })
    expect(taken(one, { kind: 'refused', failure }).record.current?.phases).toEqual({ stop: run.token })
  })

  it.each(['end-run', 'halt', 'destroy'] as const)(
    'of a %s keeps it: what ends things is tried again',
    (kind) => {
      const one = incarnation({ stage: 'removing', leaves: 'gone', step: step(kind) })
      const { record } = taken(one, { kind: 'refused', failure }, { leaving: true })
      expect(record.leaving[0]?.step).toEqual(one.step)
      expect(record.trouble).toMatchObject({ attempts: 1 })
    },
  )
})

describe('what is done', () => {
  it.each(['found', 'created'] as const)('shows the machine that was %s', (kind) => {
    const resource: ResourceState = { ...machine, address: '10.0.0.1' }
    const { record, observed } = taken(incarnation({ stage: 'creating', step: step('ensure') }), {
      kind,
      resource,
    })
    expect(observed.resources).toEqual([resource])
    expect(record.current).not.toHaveProperty('step')
  })

  it.each([
    ['boot', 'launching', 'launched'],
    ['launch', 'launching', 'launched'],
    ['end-run', 'ending', 'ended'],
    ['halt', 'ending', 'ended'],
  ] as const)('by a %s moves the run from %s to %s', (kind, from, to) => {
    const one = incarnation({ run: { ...run, stage: from }, step: step(kind) })
    expect(taken(one, { kind: 'done' }).record.current).toMatchObject({ run: { stage: to } })
  })

  it('by a refresh keeps the digest of the files', () => {
    const one = incarnation({ run: { ...run, stage: 'launched', files: 'old' }, step: step('refresh') })
    expect(taken(one, { kind: 'done' }).record.current?.run).toMatchObject({
      files: 'new',
      stage: 'launched',
    })
  })

  it('of a refresh with a reload is its beginning alone: its run tells its end', () => {
    const one = incarnation({ run: { ...run, stage: 'launched', files: 'old' }, step: step('refresh') })
    const reload = { token: 't-reload-4', digest: 'new', state: 'running', startedAt: 0 } as const
    const { record, observed } = taken(one, { kind: 'started', run: reload })
    expect(record.current).toMatchObject({ step: { kind: 'refresh' }, run: { files: 'old' } })
    expect(observed.resources[0]?.runs).toEqual([reload])
  })

  it('by a removal leaves nothing of it', () => {
    const one = incarnation({ stage: 'removing', leaves: 'gone', step: step('destroy') })
    const { record, observed } = taken(one, { kind: 'done' }, { leaving: true })
    expect([record.leaving, observed.resources]).toEqual([[], []])
  })

  it.each(['phase', 'stop-command'] as const)(
    'of a %s is its beginning alone: its run tells its end',
    (kind) => {
      const state = { token: 't-install', digest: 'new', state: 'running' } as const
      const one = incarnation({ step: step(kind) })
      const { record, observed } = taken(one, { kind: 'started', run: state })
      expect(record.current?.step).toEqual(one.step)
      expect(observed.resources[0]?.runs).toEqual([state])
    },
  )

  it('shows what was seen right after', () => {
    const seen: ResourceState = { ...machine, state: 'stopped' }
    const one = incarnation({ run: { ...run, stage: 'ending' }, step: step('halt') })
    expect(taken(one, { kind: 'done' }, { seen }).observed.resources[0]).toEqual(seen)
  })
})

it('takes nothing from an answer to an older command but what was seen', () => {
  const seen: ResourceState = { ...machine, state: 'stopped' }
  const one = incarnation({ step: step('launch') })
  const { record, observed } = taken(one, { kind: 'refused', failure }, { generation: 3, seen })
  expect(record.current).toEqual(one)
  expect(record.trouble).toBeUndefined()
  expect(observed.resources[0]).toEqual(seen)
})
