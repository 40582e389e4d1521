import { Observable, EMPTY, NEVER, concatMap, from, map, observeOn, of, repeat, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import {
  type AttachedPolicy,
  type HostedPolicy,
  type Intent,
  type MemberCondition,
  type MemoryCell,
  PolicyHost,
  type PolicyMemoryRecord,
  type PolicyPipeline,
  type Reading,
} from '../../../engine/index.js'
import { failedRun, memberReading, sensorReading } from '../../support/policy-bench.js'

const hold = (reason: string): Intent => ({ kind: 'hold', rule: 'test', reason })
const ask = (reason: string): Intent => ({ kind: 'scale', entity: 'web', count: 1, reason })

const policy = (
  pipeline: AttachedPolicy['pipeline'],
  change: Partial<AttachedPolicy> = {},
): AttachedPolicy => ({
  interest: { sensors: [{ of: 'members', sensor: 'load' }], conditions: 'members' },
  decides: [],
  initial: { layout: 1, seen: 0 },
  pipeline,
  ...change,
})

const hosted = (attached: AttachedPolicy, change: Partial<HostedPolicy> = {}): HostedPolicy => ({
  entity: 'web',
  name: 'keeper',
  type: 'test',
  version: 'v1',
  policy: attached,
  ...change,
})

/** Counts what it sees, asks with the count, and wants to be woken 100 ms after each reading but a wake. */
const counter = (intentOf: (reason: string) => Intent = ask) =>
  policy(
    (cell) => (readings$, scheduler) =>
      readings$.pipe(map((reading) => intentOf(count(cell, reading, scheduler.now())))),
  )

function count(cell: MemoryCell, reading: Reading, now: number): string {
  const seen = (cell.read()['seen'] as number) + 1
  cell.write({ layout: 1, seen }, reading.kind === 'wake' ? undefined : now + 100)
  return `${seen}: ${reading.kind} of ${reading.entity} at ${now}`
}

const hostOf = (attached: AttachedPolicy, options: ConstructorParameters<typeof PolicyHost>[0] = {}) => {
  const host = new PolicyHost(options)
  host.attach([hosted(attached)])
  return host
}
const reasons = (turn: ReturnType<PolicyHost['turn']>) => turn.requests.map(({ intent }) => intent.reason)

describe('a policy host', () => {
  it('runs nothing while nothing is told and nothing is due', () => {
    let built = 0
    const host = hostOf(policy(() => () => ((built += 1), EMPTY)))
    expect(host.nextWakeAt()).toBeUndefined()
    expect(host.turn(1_000)).toEqual({ requests: [], yields: [], checkpoints: [] })
    expect(built).toBe(0)
  })

  it('gives readings at the time of the turn, and says who asks on what grounds', () => {
    const host = hostOf(counter())
    host.observe(sensorReading('web/1', 80, 990))
    expect(host.nextWakeAt()).toBe(0)
    expect(host.turn(1_000).requests).toEqual([
      {
        by: { kind: 'policy', entity: 'web', name: 'keeper', type: 'test', version: 'v1' },
        intent: ask('1: sensor of web/1 at 1000'),
        inputs: [{ entity: 'web/1', sensor: 'load', value: 80, age: 10 }],
      },
    ])
  })

  it('wakes a policy when it asked for it, once', () => {
    const host = hostOf(counter())
    host.observe(sensorReading('web/1', 80, 1_000))
    host.turn(1_000)
    expect(host.nextWakeAt()).toBe(1_100)
    expect(host.turn(1_099).requests).toEqual([])
    expect(reasons(host.turn(1_100))).toEqual(['2: wake of web at 1100'])
    expect(host.nextWakeAt()).toBeUndefined()
  })

  it('tells each policy only what it is interested in', () => {
    const host = new PolicyHost()
    const self = policy(counter().pipeline, {
      interest: { sensors: [{ of: 'self', sensor: 'load' }], conditions: 'self' },
    })
    const other = policy(counter().pipeline, {
      interest: { sensors: [{ of: 'members', sensor: 'cpu' }], conditions: 'none' },
    })
    host.attach([hosted(counter()), hosted(self, { name: 'self' }), hosted(other, { name: 'other' })])
    for (const path of ['web', 'web/1', 'web/side', 'web/1/2', 'db/1', ''])
      host.observe(sensorReading(path, 1, 0))
    host.observe(sensorReading('web/2', 1, 0, 'cpu'))
    host.observe(memberReading('web/3', 0))
    expect(host.turn(0).requests.map(({ by, intent }) => `${by.name} ${intent.reason}`)).toEqual([
      'self 1: sensor of web at 0',
      'keeper 1: member of web/3 at 0',
      'keeper 2: sensor of web/1 at 0',
      'other 1: sensor of web/2 at 0',
    ])
  })

  it('folds readings of one sensor into the newest, but never a failure away', () => {
    const host = hostOf(
      policy((cell) => (readings$) => readings$.pipe(map((reading) => hold(describeReading(cell, reading))))),
    )
    for (let value = 1; value <= 5; value += 1) host.observe(sensorReading('web/1', value, value))
    host.observe(memberReading('web/1', 6, { state: 'starting' }))
    host.observe(memberReading('web/1', 7))
    host.observe(failedRun('web/1', 8, 1))
    host.observe(failedRun('web/1', 9, 1))
    host.observe(memberReading('web/1', 10, { run: 2 }))
    host.observe(failedRun('web/1', 11, 2))
    host.observe(memberReading('web/1', 12, { run: 3 }))
    expect(reasons(host.turn(20))).toEqual(['failed 1', 'failed 2', 'running 3', 'load 5'])
    expect(host.coalesced).toBe(8)
  })

  it('keeps bounded failures of an entity that fails faster than turns come', () => {
    const host = hostOf(counter(hold))
    for (let run = 1; run <= 1_000; run += 1) host.observe(failedRun('web/1', run, run))
    expect(host.turn(2_000).requests.length).toBeLessThanOrEqual(64)
  })

  it('bounds the work of a turn and goes on in the next', () => {
    const host = hostOf(counter(), { readingsPerTurn: 3 })
    for (let number = 1; number <= 5; number += 1) host.observe(sensorReading(`web/${number}`, 1, 0))
    expect(host.turn(0).requests).toHaveLength(3)
    expect(host.nextWakeAt()).toBe(0)
    expect(reasons(host.turn(10))).toEqual(['4: sensor of web/4 at 10', '5: sensor of web/5 at 10'])
  })
})

function describeReading(cell: MemoryCell, reading: Reading): string {
  cell.write(cell.read(), undefined)
  if (reading.kind === 'sensor') return `load ${JSON.stringify(reading.value)}`
  const { state, run } = reading.value as MemberCondition
  return `${state} ${run}`
}

describe('a policy that misbehaves', () => {
  const spoil =
    (write: MemoryCell['write'], cause: PolicyPipeline): PolicyPipeline =>
    (readings$, scheduler) => {
      write({ layout: 1, seen: 99 }, undefined)
      return cause(readings$, scheduler)
    }
  const thrown = (): Observable<Intent> => {
    throw new Error('broken')
  }

  it.each<[string, AttachedPolicy['pipeline'], string]>([
    ['throws while it is built', thrown as never, 'broken'],
    ['throws at its readings', (cell) => spoil(cell.write.bind(cell), thrown), 'broken'],
    ['errors', (cell) => spoil(cell.write.bind(cell), () => throwError(() => new Error('broken'))), 'broken'],
    ['errors with a text', () => () => new Observable((subscriber) => subscriber.error('text')), 'text'],
    [
      'emits without end',
      (cell) => spoil(cell.write.bind(cell), () => of(ask('more')).pipe(repeat())),
      'more than 20 things',
    ],
    ['does not end', (cell) => spoil(cell.write.bind(cell), () => NEVER), 'does not end with its readings'],
    [
      'schedules',
      (cell) => spoil(cell.write.bind(cell), (_, scheduler) => of(ask('later')).pipe(observeOn(scheduler))),
      'wakeAt',
    ],
    [
      'remembers what cannot be stored',
      (cell) =>
        spoil(
          () => {
            cell.write({ at: NaN }, undefined)
          },
          () => EMPTY,
        ),
      'JSON',
    ],
    [
      'remembers a function',
      (cell) =>
        spoil(
          () => {
            cell.write({ at: (() => 1) as never }, undefined)
          },
          () => EMPTY,
        ),
      'JSON',
    ],
  ])('and %s is suspended, with its memory as it was', (_what, pipeline, message) => {
    const host = new PolicyHost({ intentsPerRun: 20 })
    host.attach([hosted(policy(pipeline)), hosted(counter(), { name: 'sound' })])
    host.observe(sensorReading('web/1', 1, 0))
    const { requests, checkpoints } = host.turn(0)
    expect(requests.map(({ by, intent }) => [by.name, intent.kind])).toEqual([
      ['keeper', 'hold'],
      ['sound', 'scale'],
    ])
    expect(requests[0]?.intent).toMatchObject({
      rule: 'policy-fault',
      reason: expect.stringContaining(message) as string,
    })
    expect(checkpoints.map((record) => record.policy)).toEqual(['sound'])
    expect(host.standing('web', 'keeper')).toMatchObject({ acts: true, fault: { until: 1_000, faults: 1 } })
    expect(host.flush(1)).toEqual([])
  })

  it('is left alone for longer and longer, and comes back with what was told meanwhile', () => {
    let broken = true
    const sound = counter()
    const host = hostOf(
      policy(
        (cell) => (readings$, scheduler) => (broken ? thrown() : sound.pipeline(cell)(readings$, scheduler)),
      ),
    )
    host.observe(sensorReading('web/1', 1, 0))
    expect(reasons(host.turn(0))).toEqual(['suspended for 1 s, for the 1st time in a row: broken'])
    host.observe(sensorReading('web/1', 2, 500))
    expect(host.turn(500).requests).toEqual([])
    expect(host.nextWakeAt()).toBe(1_000)
    expect(reasons(host.turn(1_000))).toEqual(['suspended for 2 s, for the 2nd time in a row: broken'])
    host.observe(failedRun('web/1', 2_000, 1))
    broken = false
    expect(reasons(host.turn(3_000))).toEqual(['1: member of web/1 at 3000', '2: wake of web at 3000'])
    expect(host.standing('web', 'keeper')).toEqual({ acts: true })
  })

  it('comes back in its time although others were attached meanwhile', () => {
    const host = hostOf(policy(() => thrown))
    host.observe(sensorReading('web/1', 1, 0))
    host.turn(0)
    host.attach([hosted(policy(() => thrown)), hosted(counter(), { name: 'sound' })])
    expect(host.nextWakeAt()).toBe(1_000)
    expect(reasons(host.turn(1_000))).toEqual(['suspended for 2 s, for the 2nd time in a row: broken'])
  })

  it('goes on with what was told meanwhile as soon as its settings have changed', () => {
    const host = hostOf(policy(() => thrown))
    host.observe(sensorReading('web/1', 1, 0))
    host.turn(0)
    host.observe(sensorReading('web/1', 2, 5))
    host.attach([hosted(counter(), { version: 'v2' })])
    expect(host.nextWakeAt()).toBe(0)
    expect(reasons(host.turn(10))).toEqual(['1: sensor of web/1 at 10'])
  })

  it('runs again at once when its settings have changed', () => {
    const host = hostOf(policy(() => thrown))
    host.observe(sensorReading('web/1', 1, 0))
    host.turn(0)
    host.attach([hosted(counter(), { version: 'v2' })])
    host.observe(sensorReading('web/1', 1, 10))
    expect(reasons(host.turn(10))).toEqual(['1: sensor of web/1 at 10'])
  })
})

describe('checkpoints', () => {
  const record = (change: Partial<PolicyMemoryRecord> = {}): PolicyMemoryRecord => ({
    kind: 'policy',
    entity: 'web',
    policy: 'keeper',
    type: 'test',
    version: 'v1',
    memory: { layout: 1, seen: 41 },
    wakeAt: 500,
    at: 0,
    ...change,
  })

  it('come with every decision', () => {
    const host = hostOf(counter())
    host.observe(sensorReading('web/1', 1, 1_000))
    expect(host.turn(1_000).checkpoints).toEqual([
      record({ memory: { layout: 1, seen: 1 }, wakeAt: 1_100, at: 1_000 }),
    ])
    expect(host.flush(1_000)).toEqual([])
  })

  it('come with every condition, decided or not', () => {
    const host = hostOf(counter(hold))
    host.observe(memberReading('web/1', 1_000))
    expect(host.turn(1_000).checkpoints).toHaveLength(1)
  })

  it('come now and then while only sensors speak', () => {
    const host = hostOf(counter(hold), { checkpointEvery: 1_000 })
    const stored = [0, 50, 90, 999, 1_000, 1_050].map((at) => {
      host.observe(sensorReading('web/1', at, at))
      return host.turn(at).checkpoints.length
    })
    expect(stored).toEqual([0, 0, 0, 0, 1, 0])
    expect(host.flush(1_060)).toHaveLength(1)
  })

  it('are due by themselves when nothing more is told', () => {
    const host = hostOf(
      policy((cell) => concatSilently(cell)),
      { checkpointEvery: 1_000 },
    )
    host.observe(sensorReading('web/1', 1, 0))
    host.turn(0)
    expect(host.nextWakeAt()).toBe(1_000)
    expect(host.turn(1_000).checkpoints).toHaveLength(1)
    expect(host.nextWakeAt()).toBeUndefined()
  })

  it('bring memory and wake time back', () => {
    const host = hostOf(counter())
    host.load([record()])
    expect(host.nextWakeAt()).toBe(500)
    expect(reasons(host.turn(2_000))).toEqual(['42: wake of web at 2000'])
  })

  it.each<[string, Partial<PolicyMemoryRecord>]>([
    ['another type', { type: 'other' }],
    ['another layout', { memory: { layout: 2, seen: 41 } }],
    ['no layout', { memory: { seen: 41 } }],
    ['missing parts', { memory: { layout: 1 } }],
    ['a policy that is not there', { policy: 'gone' }],
  ])('of %s are left out', (_what, change) => {
    const host = hostOf(counter())
    host.load([record(change)])
    host.observe(sensorReading('web/1', 1, 0))
    expect(reasons(host.turn(0))).toEqual(['1: sensor of web/1 at 0'])
  })

  it('are kept across a change of settings, dropped with the policy or its type', () => {
    const host = hostOf(counter())
    host.load([record()])
    expect(host.attach([hosted(counter(), { version: 'v2' })])).toEqual([])
    host.observe(sensorReading('web/1', 1, 0))
    expect(reasons(host.turn(0))).toEqual(['42: sensor of web/1 at 0'])
    expect(host.attach([hosted(counter(), { type: 'other' })])).toEqual([])
    host.observe(sensorReading('web/1', 1, 0))
    expect(reasons(host.turn(0))).toEqual(['1: sensor of web/1 at 0'])
    expect(host.attach([])).toEqual([['web', 'keeper']])
    expect(host.nextWakeAt()).toBeUndefined()
  })
})

function concatSilently(cell: MemoryCell): PolicyPipeline {
  return (readings$) =>
    readings$.pipe(
      concatMap(() => {
        cell.write({ layout: 1, seen: (cell.read()['seen'] as number) + 1 }, undefined)
        return from([] as Intent[])
      }),
    )
}
