import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPolicy } from '../../../blueprints/index.js'
import type { LoadModel, PlayOptions, PlayReport, PolicyDocument } from '../../../engine/index.js'
import { stockPolicies } from '../../../policies/index.js'
import { madeUpLoad } from '../../../policies/trial/load-source.js'
import { playLoad, playOnHost } from '../../../policies/trial/play.js'

const OPTIONS: PlayOptions = { sensor: 'load', parameters: {} }

/** The same play on the short way and by way of the host that runs policies live. */
function bothWays(
  document: PolicyDocument,
  model: LoadModel,
  seed: number,
): readonly [PlayReport, PlayReport] {
  const kind = stockPolicies.find(({ type }) => type === document.does.type)
  if (kind === undefined) throw new Error(`no kind ${document.does.type}`)
  const source = () => madeUpLoad(model, seed, 1_767_225_600_000)
  return [playLoad(document, kind, source, OPTIONS), playOnHost(document, kind, source(), OPTIONS)]
}

/** A document that is not tried when it is read. */
function document(does: string, pool: string): PolicyDocument {
  const promise = 'slo: [{ sensor: load, atMost: 50, share: 90% }]'
  const text = ['policy: follow', `does: ${does}`, `pool: ${pool}`, promise].join('\n')
  const read = readPolicy(text, 'follow.policy.yaml', stockPolicies)
  if (read.document === undefined) throw new Error(read.problems.map(({ message }) => message).join('; '))
  return read.document
}

const seconds = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((time) => `${time}s`)

const pools = fc
  .record({
    min: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 8 }),
    startDelay: fc.constantFrom('0s', '10s', '30s', '50s'),
    every: fc.constantFrom('5s', '10s', '15s'),
  })
  .map(
    ({ min, more, startDelay, every }) =>
      `{ min: ${min}, max: ${min + more + 1}, initial: ${min + 1}, startDelay: ${startDelay}, every: ${every} }`,
  )

const models = fc.record({
  kind: fc.constantFrom('constant', 'ramp', 'diurnal', 'spikes'),
  base: fc.integer({ min: 0, max: 200 }),
  peak: fc.integer({ min: 0, max: 800 }),
  period: fc.integer({ min: 60_000, max: 1_800_000 }),
  noise: fc.constantFrom(0, 0.05, 0.4),
  failures: fc.constantFrom(0, 3, 60),
  duration: fc.constant(1_800_000),
}) as fc.Arbitrary<LoadModel>

const autoscalers = fc
  .record({
    lower: fc.integer({ min: 0, max: 40 }),
    more: fc.integer({ min: 1, max: 60 }),
    out: seconds(0, 40),
    into: seconds(0, 200),
    cooldown: seconds(0, 100),
    stale: seconds(4, 60),
    rest: fc.constantFrom('', ', coverage: 0.5', ', missing: only-up', ', fallback: 2, fallbackAfter: 30s'),
  })
  .map(
    ({ lower, more, out, into, cooldown, stale, rest }) =>
      `{ type: autoscale, lower: ${lower}, upper: ${lower + more}, scaleOutAfter: ${out}, scaleInAfter: ${into}, cooldown: ${cooldown}, staleAfter: ${stale}${rest} }`,
  )

const reading = fc
  .record({
    as: fc.constantFrom('average', 'sum', 'least', 'most', 'any'),
    window: fc.constantFrom('0s', '0s', '40s'),
    stale: seconds(4, 60),
    coverage: fc.constantFrom(1, 0.5),
  })
  .map(
    ({ as, window, stale, coverage }) =>
      `{ sensor: load, as: ${as}, window: ${window}, staleAfter: ${stale}, coverage: ${coverage} }`,
  )

const rule = fc.record({
  when: fc.constantFrom(
    'load > 60',
    'load < 20 && count > 1',
    'up < count',
    'load > 30 && seen < 3',
    'now > 1767227000000',
  ),
  for: seconds(0, 60),
  cooldown: seconds(0, 60),
  each: fc.constantFrom('', '', ', each: member'),
  does: fc.constantFrom(
    'scale: count + 1',
    'scale: count - 1',
    'scale: ceil(load / 50)',
    'set: { seen: seen + 1 }',
    'act: replace',
  ),
})

const ruleSets = fc
  .tuple(reading, fc.array(rule, { minLength: 1, maxLength: 3 }))
  .map(
    ([load, rules]) =>
      `{ type: rules, readings: { load: ${load} }, state: { seen: 0 }, rules: [${rules
        .map(
          ({ when, for: time, cooldown, each, does }, at) =>
            `{ name: r${at}, when: '${when}', for: ${time}, cooldown: ${cooldown}${does.startsWith('act') ? ', each: member' : each.replace(', each: member', does.startsWith('scale') ? '' : ', each: member')}, ${does} }`,
        )
        .join(', ')}] }`,
  )

const others = fc.constantFrom(
  '{ type: restart, attempts: 3, period: 5 min }',
  '{ type: replace }',
  '{ type: supervise, strategy: one-for-all, attempts: 2, period: 2 min }',
)

describe('a play that calls the step of a policy itself', () => {
  it.each([
    ['autoscale', autoscalers, 30],
    ['rules', ruleSets, 30],
    ['what looks after failures', others, 20],
  ] as const)('tells what the host would, to the byte: %s', (_, policies, numRuns) => {
    fc.assert(
      fc.property(policies, pools, models, fc.nat(), (does, pool, model, seed) => {
        const [direct, hosted] = bothWays(document(does, pool), model, seed)
        expect(JSON.stringify(direct)).toBe(JSON.stringify(hosted))
      }),
      { numRuns },
    )
  })
})
