import { expect, it } from 'vitest'
import { type DecisionView, type JsonObject, literal } from '../../engine/index.js'
import { stockKinds } from '../../policies/index.js'
import { every } from '../kill/extent.js'
import { EngineHarness, accepted, ann, by } from '../support/engine-harness.js'
import { application, role } from '../support/specs.js'

const SECONDS = 600
/** From one point to the next at which a run is restarted once. */
const EVERY = every(97)

const config = (values: JsonObject) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, literal(value)]))
const load = { name: 'load', type: 'number', source: { kind: 'metric', metric: 'requests' } } as const

const RULES = {
  readings: { load: { sensor: 'load' } },
  state: { most: 0 },
  rules: [
    { name: 'grow', when: 'load > 50', for: '20s', cooldown: '40s', scale: 'count + 1' },
    { name: 'shrink', when: 'load < 20 && count > 1', for: '30s', cooldown: '30s', scale: 'count - 1' },
    { name: 'mark', when: 'count > most', set: { most: 'count' } },
  ],
}

/** One of each that remembers something: windows, rests, attempts, values, and what the arbiter counts. */
const SHOP = application([
  role('web', 2, {
    rules: { min: 1, max: 6 },
    member: { sensors: [load] },
    policies: [
      {
        ...{ name: 'size', type: 'autoscale' },
        config: config({
          lower: 20,
          upper: 60,
          scaleOutAfter: 15_000,
          scaleInAfter: 60_000,
          cooldown: 20_000,
        }),
      },
      { name: 'again', type: 'restart', config: config({ attempts: 2, period: 120_000 }) },
      { name: 'anew', type: 'replace', config: {} },
    ],
  }),
  role('work', 2, {
    rules: { min: 1, max: 5 },
    member: { sensors: [load] },
    policies: [{ name: 'own', type: 'rules', config: config(RULES) }],
  }),
  role('base', 3, {
    policies: [
      {
        ...{ name: 'watch', type: 'supervise' },
        config: config({ strategy: 'rest-for-one', attempts: 2, period: 60_000 }),
      },
    ],
  }),
])

/** Whose process ends in which second, and what a role has to do from then on. Far enough apart to be seen before the next. */
const CRASHES: { readonly [second: number]: string } = {
  ...{ 60: 'web/1', 78: 'web/1', 96: 'web/1', 205: 'base/2', 225: 'base/2', 245: 'base/3' },
  ...{ 310: 'work/1', 330: 'web/1', 470: 'base/1' },
}
const LOADS: { readonly [second: number]: readonly [role: string, requests: number] } = {
  ...{ 1: ['web', 100], 2: ['work', 60], 31: ['web', 290], 121: ['work', 170], 173: ['web', 30] },
  ...{ 233: ['work', 20], 353: ['web', 200], 433: ['work', 90], 503: ['web', 40] },
}

/** Ten minutes, with a restart of the engine after some of the seconds. Oldest decision first. */
async function live(restartsAfter: (second: number) => boolean): Promise<readonly DecisionView[]> {
  const bench = await EngineHarness.open({ policyKinds: stockKinds, place: { boot: 1_000 } })
  await bench.engine.deploy(SHOP, { ...by, id: 'shop' })
  for (let second = 1; second <= SECONDS; second += 1) {
    await bench.settle(1_000)
    const crashes = CRASHES[second]
    if (crashes !== undefined) await bench.place().crash(bench.token(crashes))
    const [told, value = 0] = LOADS[second] ?? []
    if (told !== undefined) await bench.place().setLoad(told, { requests: { kind: 'constant', value } })
    if (restartsAfter(second)) await bench.restart()
  }
  const decisions = accepted(bench.engine.decisions(ann, 'shop'))
  await bench.close()
  return [...decisions].reverse()
}

/** What each policy had done, and why, in order. When exactly it was seen depends on when it was looked at. */
function logOf(decisions: readonly DecisionView[]): { readonly [policy: string]: readonly string[] } {
  const log: { [policy: string]: string[] } = {}
  for (const { kind, by: policy, entity, intent, rule, reason } of decisions)
    if (kind === 'decided') (log[policy] ??= []).push(`${entity}: ${intent} (${rule}): ${reason}`)
  return log
}

it(
  `decides the same with restarts after all of ${SECONDS} seconds, after some, and after any one of them`,
  async () => {
    const peaceful = logOf(await live(() => false))
    expect(Object.keys(peaceful).sort()).toEqual(['again', 'own', 'size', 'watch'])
    expect(Object.values(peaceful).flat().length).toBeGreaterThan(20)
    expect(logOf(await live(() => true))).toEqual(peaceful)
    expect(logOf(await live((second) => second % 7 === 3))).toEqual(peaceful)
    for (let at = EVERY; at <= SECONDS; at += EVERY)
      expect({ at, ...logOf(await live((second) => second === at)) }).toEqual({ at, ...peaceful })
  },
  EVERY === 1 ? 7_200_000 : 180_000,
)

it('keeps the rate at which the arbiter grants over restarts', async () => {
  const restless = { rules: [{ name: 'go', when: 'up > 0', each: 'member', act: 'restart' }] }
  const policies = [{ name: 'restless', type: 'rules', config: config(restless) }]
  const granted = async (restarts: boolean): Promise<number> => {
    const bench = await EngineHarness.open({ policyKinds: stockKinds })
    await bench.engine.deploy(application([role('web', 2, { policies })]), { ...by, id: 'shop' })
    for (let second = 1; second <= 50; second += 1) {
      await bench.settle(1_000)
      if (restarts) await bench.restart()
    }
    const decisions = accepted(bench.engine.decisions(ann, 'shop'))
    await bench.close()
    return decisions.filter(({ kind }) => kind === 'decided').length
  }
  expect(await granted(false)).toBe(10)
  expect(await granted(true)).toBe(10)
})
