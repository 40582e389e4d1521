import { describe, expect, it } from 'vitest'
import {
  type Decision,
  type HostedPolicy,
  PolicyHost,
  type PolicyMemoryRecord,
  type RateMemory,
  type Reading,
  arbitrate,
} from '../../../engine/index.js'
import { autoscale, replace, restart } from '../../../policies/index.js'
import { member, role } from '../../support/arbiter-bench.js'
import { desired } from '../../support/desired-record.js'
import { attach, condition, failedRun, memberReading, sensorReading } from '../../support/policy-bench.js'

const SECONDS = 500

describe('an application whose engine is killed', () => {
  it(`decides the same when that happens after any of ${SECONDS} turns`, () => {
    const whole = live(() => false)
    const every = live(() => true)
    const sometimes = live((turn) => turn % 7 === 3)
    expect(whole.filter(({ outcome }) => outcome === 'decided').length).toBeGreaterThan(5)
    expect(new Set(whole.map(({ policyType }) => policyType))).toEqual(
      new Set(['autoscale', 'restart', 'replace']),
    )
    expect(every).toEqual(whole)
    expect(sometimes).toEqual(whole)
  })

  it('decides the same from the last checkpoint and the readings since', () => {
    const readings = Array.from({ length: 30 }, (_, second) => readingsAt(second)).flat()
    const whole = hostOf()
    const before = hostOf()
    const asked = readings.flatMap((reading) => turnOf(whole, reading).map((intent) => [reading.at, intent]))
    const kept: PolicyMemoryRecord[] = []
    let last = 0
    for (const [index, reading] of readings.slice(0, 40).entries()) {
      before.observe(reading)
      const { checkpoints } = before.turn(reading.at)
      if (checkpoints.some(({ type }) => type === 'autoscale')) last = index
      kept.push(...checkpoints)
    }
    const after = hostOf()
    after.load(kept)
    const replayed = readings
      .slice(last + 1)
      .flatMap((reading) => turnOf(after, reading).map((intent) => [reading.at, intent]))
    const since = readings[last]?.at ?? 0
    const later = (all: readonly (readonly unknown[])[]) => all.filter(([at]) => (at as number) > since + 1)
    expect(later(replayed)).toEqual(later(asked))
  })
})

function turnOf(host: PolicyHost, reading: Reading): readonly unknown[] {
  host.observe(reading)
  return host.turn(reading.at).requests.map(({ intent }) => intent)
}

function hostOf(): PolicyHost {
  const host = new PolicyHost({ checkpointEvery: 0 })
  const policies = [
    ['scaler', autoscale, { lower: 10, upper: 50, scaleInAfter: '10s' }],
    ['restarter', restart, { attempts: 2 }],
    ['replacer', replace, { afterFailures: 2, unhealthyFor: '5s' }],
  ] as const
  host.attach(
    policies.map(([name, kind, config]): HostedPolicy => {
      return { entity: 'web', name, type: kind.type, version: 'v1', policy: attach(kind, config) }
    }),
  )
  return host
}

/** Runs the story; where `dies` says so, the host is thrown away after the turn and made anew from what was stored. */
function live(dies: (turn: number) => boolean): readonly Decision[] {
  const decisions: Decision[] = []
  const store = new Map<string, string>()
  let host = hostOf()
  let recent: RateMemory = {}
  let counts: { readonly [role: string]: number } = {}
  for (let second = 0; second < SECONDS; second += 1) {
    const now = second * 1_000
    for (const reading of readingsAt(second)) host.observe(reading)
    const { requests, checkpoints } = host.turn(now)
    const world = {
      desired: desired({ counts }),
      roles: { web: role({ min: 1, max: 10 }) },
      members: membersAt(second),
    }
    const verdict = arbitrate({ ...world, recent }, requests, now)
    decisions.push(...verdict.decisions)
    recent = JSON.parse(JSON.stringify(verdict.recent)) as RateMemory
    counts = verdict.desired?.counts ?? counts
    for (const record of checkpoints) store.set(record.policy, JSON.stringify(record))
    if (!dies(second)) continue
    host = hostOf()
    host.load([...store.values()].map((text) => JSON.parse(text) as PolicyMemoryRecord))
  }
  return decisions
}

/** What is told in a second: load in waves, a member that fails again and again, one that turns unhealthy. */
function readingsAt(second: number): readonly Reading[] {
  const at = second * 1_000
  const readings = [1, 2, 3].map((number) => sensorReading(`web/${number}`, second % 100 < 50 ? 120 : 3, at))
  if (second === 0) return [1, 2, 3].map((number) => memberReading(`web/${number}`, at))
  if (second % 12 === 4) readings.push(failedRun('web/1', at, runAt(second)))
  if (second % 12 === 7) readings.push(memberReading('web/1', at, { run: runAt(second) }))
  if (second % 90 === 30) readings.push(memberReading('web/2', at, { up: false, reason: '503' }))
  if (second % 90 === 50) readings.push(memberReading('web/2', at))
  return readings
}

function runAt(second: number): number {
  return 1 + Math.floor((second + 5) / 12)
}

function membersAt(second: number) {
  const { incarnation } = condition()
  return {
    'web/1': member({ incarnation, run: runAt(second), up: second % 12 >= 7 || second % 12 < 4 }),
    'web/2': member({ incarnation }),
    'web/3': member({ incarnation }),
  }
}
