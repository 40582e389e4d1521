import { afterAll, describe, expect, it } from 'vitest'
import { type CompileResult, compile, liquidRenderer } from '../../blueprints/index.js'
import type { ApplicationSpec } from '../../engine/index.js'
import { simulatedLocations } from '../../locations/simulated/index.js'
import { policyTrials, stockKinds } from '../../policies/index.js'
import { prover } from '../../server/proof/index.js'

/** Whether all worlds are gone through (`npm run worlds`), or a sample that fits into every build. */
const EVERYTHING = process.env['WEIR_WORLDS'] === 'all'

const COUNTS = [
  { initial: 1, min: 0, max: 1 },
  { initial: 1, min: 1, max: 2 },
  { initial: 2, min: 1, max: 3 },
  { initial: 2, min: 2, max: 4 },
  { initial: 4, min: 4, max: 4 },
  { initial: 3, min: 1, max: 4 },
]
/** What decides the count, a restart and a replacement; a world has at most one of each. */
const CHOICES = [
  [
    undefined,
    '{ type: autoscale, sensor: load, lower: 10, upper: 50 }',
    '{ type: autoscale, sensor: load, target: 40 }',
    '{ type: rules, readings: { load: { sensor: load } }, rules: [{ name: grow, when: load > 50, for: 10s, cooldown: 20s, scale: count + 1 }, { name: shrink, when: load < 10 && count > 1, for: 30s, scale: count - 1 }] }',
    '{ type: rules, readings: { load: { sensor: load } }, rules: [{ name: grow, when: load > 50, for: 5s, scale: count + 1 }, { name: shrink, when: load < 45 && count > 1, for: 5s, scale: count - 1 }] }',
  ],
  [undefined, '{ type: restart }', '{ type: supervise }'],
  [undefined, '{ type: replace }'],
] as const

interface World {
  readonly name: string
  readonly text: string
}

const worlds: readonly World[] = COUNTS.flatMap((count) =>
  CHOICES[0].flatMap((scale) =>
    CHOICES[1].flatMap((restart) =>
      CHOICES[2].map((replace) => {
        const policies = [scale, restart, replace].filter((one) => one !== undefined)
        return { name: `${JSON.stringify(count)} ${policies.join(' ')}`, text: documentOf(count, policies) }
      }),
    ),
  ),
)

/** A role with a load, a health check and these policies, in the form of people's documents. */
function documentOf(count: object, policies: readonly string[]): string {
  return [
    'name: world',
    'location: local',
    'roles:',
    '  - name: web',
    '    launch: serve',
    '    port: http',
    '    health: /health',
    `    count: ${JSON.stringify(count)}`,
    '    sensors: { load: { http: /load, every: 5s } }',
    ...(policies.length === 0 ? [] : ['    policies:', ...policies.map((one) => `      - ${one}`)]),
  ].join('\n')
}

function compiled(text: string): CompileResult {
  const sources = { main: { file: 'world.yaml', text }, files: {} }
  return compile(sources, { parameters: {}, policyKinds: stockKinds, policyTrials: policyTrials(stockKinds) })
}

/** The worlds whose policies nothing is said about. */
const sound: readonly (World & { readonly spec: ApplicationSpec })[] = worlds.flatMap((world) => {
  const result = compiled(world.text)
  return result.kind === 'compiled' && result.problems.length === 0 ? [{ ...world, spec: result.spec }] : []
})
const tried = EVERYTHING ? sound : sound.filter((_world, at) => at % 29 === 0)
/** All faults once all has settled; of two, the second one together with the first, or once that is mended. */
const extent = { faults: EVERYTHING ? 2 : 1, steps: 0, within: 1_800_000 } as const
const sum = { worlds: 0, schedules: 0, checks: 0, settling: 0 }

afterAll(() => {
  process.stdout.write(`${JSON.stringify(sum)}\n`)
})

describe('a small world whose policies pass the lint', () => {
  it('is most of those that can be made of at most four members and three policies', () => {
    expect(worlds.length).toBe(180)
    expect(sound.length).toBeGreaterThan(120)
    const swinging = sound.filter(({ name }) => name.includes('load < 45'))
    expect(swinging.filter(({ name }) => /"min":([01]),"max":[34]/.test(name))).toEqual([])
  })

  it.each(tried)(
    '$name keeps every law',
    async ({ spec }) => {
      const parts = { places: simulatedLocations, policyKinds: stockKinds, renderer: liquidRenderer() }
      const report = await prover(parts).prove(spec, { ...extent, from: 0, most: Infinity })
      expect(report.counterexample).toBeUndefined()
      sum.worlds += 1
      sum.schedules += report.schedules
      sum.checks += report.checks
      sum.settling = Math.max(sum.settling, report.settling)
    },
    EVERYTHING ? 3_600_000 : 120_000,
  )
})
