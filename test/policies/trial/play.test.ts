import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LoadModel, PlayOptions } from '../../../engine/index.js'
import { policyOf, stockBench } from '../../support/policy-trials.js'

const { trials } = stockBench
const MINUTE = 60_000
const START = 1_767_225_600_000

const document = (
  does: string,
  pool = '{ min: 1, max: 10, initial: 2, startDelay: 1 min, cost: 0.5, every: 10s }',
) =>
  policyOf(
    [
      'policy: follow',
      `does: ${does}`,
      `pool: ${pool}`,
      'slo: [{ sensor: load, atMost: 50, share: 90% }]',
    ].join('\n'),
  )

const band = document(
  '{ type: autoscale, lower: 20, upper: 50, scaleOutAfter: 0, scaleInAfter: 2 min, cooldown: 0 }',
)
const OPTIONS: PlayOptions = { sensor: 'load', parameters: {} }

/** A load that changes by the minute. */
const load = (...values: readonly number[]) => ({ times: values.map((_, at) => START + at * MINUTE), values })
const repeated = (value: number, times: number): readonly number[] =>
  Array.from({ length: times }, () => value)

describe('a policy that is played over a recorded load', () => {
  it('scales as it would live, and members come up after their delay', () => {
    const report = trials.backtest(band, load(80, ...repeated(180, 10)), OPTIONS)
    expect(report.decisions.map(({ at, what }) => [at - START, what])).toEqual([[MINUTE, 'scale to 4']])
    expect(report).toMatchObject({ outs: 1, ins: 0, mostMembers: 4, from: START, to: START + 11 * MINUTE })
    // Two members with 180 for the minute that the others take.
    expect(report.slo).toEqual([
      { sensor: 'load', limit: 50, share: 0.9, kept: 0.909091, met: true, violated: MINUTE, longest: MINUTE },
    ])
    expect(report.memberHours).toBeCloseTo((2 * 1 + 4 * 10) / 60, 1)
    expect(report.cost).toBeCloseTo(report.memberHours / 2, 2)
    expect(report.elasticity).toMatchObject({ timeUnder: 9.091, timeOver: 0 })
  })

  it('keeps within the pool, and what the arbiter does not grant is counted', () => {
    const greedy = document(
      '{ type: rules, readings: { load: { sensor: load } }, rules: [{ name: more, when: load > 0, scale: count + 5 }, { name: kill, when: load > 0, each: member, act: replace }] }',
    )
    const report = trials.backtest(greedy, load(...repeated(900, 30)), OPTIONS)
    expect(report.mostMembers).toBe(10)
    expect(Object.keys(report.refused)).not.toEqual([])
  })

  it('finds a policy that goes to and fro', () => {
    const nervous = document(
      '{ type: rules, readings: { load: { sensor: load } }, rules: [{ name: out, when: load > 50, scale: count + 1 }, { name: in, when: load < 40, scale: count - 1 }] }',
      '{ min: 1, max: 10, initial: 2, startDelay: 10s, every: 10s }',
    )
    const calm = trials.backtest(band, load(...repeated(110, 60)), OPTIONS)
    expect(calm.flapping).toBe(0)
    expect(trials.backtest(nervous, load(...repeated(110, 60)), OPTIONS).flapping).toBeGreaterThan(20)
  })

  it('is told of when it is checked, where that was tried with its pool and promise', () => {
    const rules = (low: number, cooldown: string) =>
      document(
        `{ type: rules, readings: { load: { sensor: load } }, rules: [{ name: out, when: load > 50, cooldown: ${cooldown}, scale: count + 1 }, { name: in, when: load < ${low}, scale: count - 1 }] }`,
        '{ min: 1, max: 6, startDelay: 10s }',
      )
    const codes = (low: number, cooldown: string) =>
      trials.check(rules(low, cooldown)).map(({ code, severity }) => `${severity} ${code}`)
    // Thresholds too near to each other; another wish before the first is seen; neither.
    expect([codes(45, '30s'), codes(20, '0s'), codes(20, '30s')]).toEqual([
      ['warning policy-swings'],
      ['warning policy-swings'],
      [],
    ])
    expect(trials.check(band)).toEqual([])
  })

  it('measures no promise of a sensor of which nothing is recorded', () => {
    const other = { ...OPTIONS, slo: [{ sensor: 'latency', limit: 1, share: 0.9 }] }
    const report = trials.backtest(band, load(80, 80), other)
    expect(report.slo).toMatchObject([{ kept: null, met: false }])
    expect(report.elasticity).toBeNull()
  })

  it('draws what it did', () => {
    const { chart = '' } = trials.backtest({ ...band, name: '<b>&' }, load(80, ...repeated(180, 10)), {
      ...OPTIONS,
      chart: true,
    })
    expect(chart).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(chart).toContain(
      '&lt;b&gt;&amp;: load at most 50 for 90.91%; 1 out, 0 in; 0.694 member-hours; cost 0.347',
    )
    expect(chart).not.toContain('<b>')
    expect(chart).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('a policy that is played over a load that is made up', () => {
  const model = (change: Partial<LoadModel> = {}): LoadModel => ({
    kind: 'diurnal',
    base: 50,
    peak: 400,
    period: 3_600_000,
    noise: 0.1,
    failures: 0,
    duration: 7_200_000,
    ...change,
  })

  it('gives the same bytes for the same seed, and others for another', () => {
    const played = (seed: number): string =>
      JSON.stringify(trials.simulate(band, model({ failures: 5 }), seed, { ...OPTIONS, chart: true }))
    expect(played(7)).toBe(played(7))
    expect(played(7)).not.toBe(played(8))
  })

  it('launches those again that fail, or lets the policy do it', () => {
    const restart = document('{ type: restart, attempts: 5, period: 10 min }')
    const calm = model({ kind: 'constant', noise: 0, failures: 6 })
    expect(trials.simulate(band, calm, 3, OPTIONS)).toMatchObject({ failures: 11, restarts: 0 })
    const report = trials.simulate(restart, calm, 3, OPTIONS)
    expect(report.failures).toBeGreaterThan(5)
    expect(report.restarts).toBe(report.failures)
  })

  it.each(['constant', 'ramp', 'spikes'] as const)('knows a load that is %s', (kind) => {
    const { points } = trials.simulate(band, model({ kind, noise: 0 }), 1, OPTIONS)
    const loads = points.map((point) => point.load)
    expect([Math.min(...loads), Math.max(...loads) > 390]).toEqual([
      expect.closeTo(50, 0),
      kind !== 'constant',
    ])
  })

  it('never leaves the bounds of the pool, whatever the policy and the load', () => {
    const wild = fc.record({
      lower: fc.integer({ min: 1, max: 50 }),
      more: fc.integer({ min: 0, max: 50 }),
      seed: fc.nat(),
      peak: fc.integer({ min: 0, max: 5_000 }),
      failures: fc.integer({ min: 0, max: 30 }),
    })
    fc.assert(
      fc.property(wild, ({ lower, more, seed, peak, failures }) => {
        const policy = document(
          `{ type: autoscale, lower: ${lower}, upper: ${lower + more}, scaleInAfter: 30s }`,
          '{ min: 2, max: 7, initial: 3, startDelay: 20s, every: 10s }',
        )
        const spiky = model({
          kind: 'spikes',
          base: 10,
          peak,
          failures,
          period: 600_000,
          duration: 1_800_000,
        })
        const { points, mostMembers } = trials.simulate(policy, spiky, seed, OPTIONS)
        expect(mostMembers).toBeLessThanOrEqual(7)
        for (const { wanted } of points) expect(wanted).toBeGreaterThanOrEqual(2)
      }),
      { numRuns: 30 },
    )
  })
})
