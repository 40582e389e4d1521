import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { PolicyDocument, PlayReport } from '../../engine/index.js'
import { policyTrials, stockKinds } from '../../policies/index.js'
import { PATIENCE } from './landscapes.js'

/** Whether ten million values are judged (`npm run worlds`), or a sample that fits into every build. */
const EVERYTHING = process.env['WEIR_WORLDS'] === 'all'
const RUNS = EVERYTHING ? { numRuns: 500 } : { numRuns: 25, ...PATIENCE }
const HOURS = EVERYTHING ? 12 : 1
const PATIENT = EVERYTHING ? 1_800_000 : 30_000

const trials = policyTrials(stockKinds)
let judged = 0

afterAll(() => {
  process.stdout.write(`${judged} values judged\n`)
})

const pool = fc
  .record({ min: fc.integer({ min: 1, max: 4 }), room: fc.integer({ min: 0, max: 6 }), delay: fc.nat(60) })
  .map(({ min, room, delay }) => ({
    min,
    max: min + room,
    initial: min,
    startDelay: delay * 1_000,
    cost: 1,
    every: 10_000,
  }))

const times = fc.record({
  scaleOutAfter: fc.integer({ min: 0, max: 60_000 }),
  scaleInAfter: fc.integer({ min: 0, max: 300_000 }),
  cooldown: fc.integer({ min: 0, max: 120_000 }),
  stepOut: fc.integer({ min: 1, max: 3 }),
})

const settings = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 }), times)
    .map(([lower, width, more]) => ({ lower, upper: lower + width, ...more })),
  fc.tuple(fc.integer({ min: 5, max: 90 }), times).map(([target, more]) => ({ target, ...more })),
)

/** Policies that pass the lint, with the number that they take for much. */
const policies = fc
  .tuple(settings, pool)
  .map(([own, members]): { readonly document: PolicyDocument; readonly much: number } => {
    const much = 'target' in own ? own.target : own.upper
    const does = { type: 'autoscale', settings: { sensor: 'load', ...own } }
    const slo = [{ sensor: 'load', limit: much, share: 0.9 }]
    return {
      document: { name: 'own', description: '', parameters: [], does, pool: members, slo, tests: [] },
      much,
    }
  })
  .filter(({ document }) => trials.check(document).length === 0)

function played(
  { document, much }: { readonly document: PolicyDocument; readonly much: number },
  course: {
    readonly kind: 'constant' | 'spikes' | 'diurnal'
    readonly share: number
    readonly noise: number
    readonly failures: number
    readonly seed: number
  },
): PlayReport {
  const { kind, share, noise, failures, seed } = course
  const most = much * document.pool.max
  const load = {
    kind,
    base: share * most,
    peak: 2 * most,
    period: 600_000,
    noise,
    failures,
    duration: HOURS * 3_600_000,
  }
  const report = trials.simulate(document, load, seed, { sensor: 'load', parameters: {} })
  judged += report.samples
  return report
}

it(
  'stays within the bounds of its members, whatever the load is and whoever fails',
  () => {
    const course = fc.record({
      kind: fc.constantFrom('constant', 'spikes', 'diurnal'),
      share: fc.double({ min: 0, max: 2, noNaN: true }),
      noise: fc.double({ min: 0, max: 0.5, noNaN: true }),
      failures: fc.integer({ min: 0, max: 20 }),
      seed: fc.nat(1_000),
    })
    fc.assert(
      fc.property(policies, course, (policy, how) => {
        const { pool: of } = policy.document
        const report = played(policy, how)
        expect(report.mostMembers).toBeLessThanOrEqual(of.max)
        for (const { wanted } of report.points) {
          expect(wanted).toBeGreaterThanOrEqual(of.min)
          expect(wanted).toBeLessThanOrEqual(of.max)
        }
      }),
      RUNS,
    )
  },
  PATIENT,
)

it(
  'comes to rest at a load that never changes',
  () => {
    fc.assert(
      fc.property(policies, fc.double({ min: 0, max: 1.5, noNaN: true }), (policy, share) => {
        const report = played(policy, { kind: 'constant', share, noise: 0, failures: 0, seed: 1 })
        expect(report.flapping).toBeLessThanOrEqual(2)
        const later = report.points.slice(Math.ceil(report.points.length / 2))
        expect(new Set(later.map(({ wanted }) => wanted)).size).toBe(1)
      }),
      RUNS,
    )
  },
  PATIENT,
)
