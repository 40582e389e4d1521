import { describe, expect, it } from 'vitest'
import { compile, liquidRenderer } from '../../../blueprints/index.js'
import type { ApplicationSpec, PolicyKind, ProofWish, Prover, ScheduledFault } from '../../../engine/index.js'
import { simulatedLocations } from '../../../locations/simulated/index.js'
import { stockKinds } from '../../../policies/index.js'
import { prover } from '../../../server/proof/index.js'
import type { ImaginedPlaces } from '../../../server/rehearsal/index.js'

const EXTENT: ProofWish = { faults: 1, steps: 0, within: 600_000, from: 0, most: Infinity }

/** A role of web servers with these policies, as lines below `policies:`. */
const shop = (policies: readonly string[], count = '{ initial: 1, min: 1, max: 3 }'): string =>
  [
    'name: shop',
    'location: local',
    'roles:',
    '  - name: web',
    '    launch: serve',
    `    count: ${count}`,
    '    sensors: { load: { http: "http://localhost/load", every: 1s } }',
    ...(policies.length === 0 ? [] : ['    policies:', ...policies.map((line) => `      ${line}`)]),
  ].join('\n')

const SOUND = [
  '- { type: autoscale, sensor: load, lower: 10, upper: 50, scaleInAfter: 20s }',
  '- { type: restart }',
  '- { type: replace }',
]
const SWINGING = [
  '- type: rules',
  '  readings: { load: { sensor: load } }',
  '  rules:',
  '    - { name: grow, when: load > 50, for: 5s, scale: count + 1 }',
  '    - { name: shrink, when: load < 40 && count > 1, for: 5s, scale: count - 1 }',
]

function compiled(text: string, policyKinds: readonly PolicyKind[] = stockKinds): ApplicationSpec {
  const sources = { main: { file: 'shop.yaml', text }, files: {} }
  const result = compile(sources, { parameters: {}, policyKinds })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec
}

function proverOf(
  policyKinds: readonly PolicyKind[] = stockKinds,
  places: ImaginedPlaces = simulatedLocations,
): Prover {
  return prover({ places, policyKinds, renderer: liquidRenderer() })
}

describe('a proof', () => {
  it('finds no fault with sound policies, whatever goes wrong once', async () => {
    const report = await proverOf().prove(compiled(shop(SOUND)), { ...EXTENT, steps: 1 })
    expect(report.counterexample).toBeUndefined()
    expect(report).toMatchObject({ firsts: report.schedules - 1 })
    expect(report.firsts).toBeGreaterThan(30)
    expect(report.idle).toBeLessThan(report.schedules / 3)
    expect(report.next).toBeUndefined()
  }, 120_000)

  it('is the same whenever it is made, and can be made in parts', async () => {
    const application = compiled(shop(['- { type: restart }'], '1'))
    const some = { ...EXTENT, faults: 2, most: 1 } as const
    const whole = await proverOf().prove(application, some)
    expect(await proverOf().prove(application, some)).toEqual(whole)
    expect(whole).toMatchObject({ next: 1 })
    const first = await proverOf().prove(application, { ...EXTENT, most: 1 })
    const rest = await proverOf().prove(application, { ...EXTENT, from: first.next ?? 0 })
    const all = await proverOf().prove(application, EXTENT)
    expect(first.schedules + rest.schedules).toBe(all.schedules)
    expect(first.checks + rest.checks).toBe(all.checks)
  }, 120_000)

  it('finds rules that go to and fro at a load that they meet, and the same again from the schedule', async () => {
    const application = compiled(shop(SWINGING))
    const { counterexample } = await proverOf().prove(application, EXTENT)
    expect(counterexample).toMatchObject({
      schedule: [{ after: 'settled', fault: { kind: 'load-shifts', of: 'web', load: 57.5 } }],
      broken: { law: 'settles', message: expect.stringContaining('it still changes') as string },
    })
    const replayed = await proverOf().replay(application, counterexample?.schedule ?? [], EXTENT.within)
    expect(JSON.stringify(replayed)).toBe(JSON.stringify(counterexample))
  }, 60_000)

  it('finds what does not settle even where nothing goes wrong', async () => {
    const application = compiled(shop([]).replace('launch: serve', 'launch: "false"'))
    const { counterexample } = await proverOf().prove(application, EXTENT)
    expect(counterexample).toMatchObject({ schedule: [], broken: { law: 'settles' } })
  })

  it('finds a policy that breaks on what it reads', async () => {
    const autoscale = stockKinds.find(({ type }) => type === 'autoscale')!
    const report = await proverOf([breaking(autoscale)]).prove(compiled(shop(SOUND.slice(0, 1))), EXTENT)
    expect(report.counterexample).toMatchObject({ schedule: [], broken: { law: 'policy' } })
  })

  it('finds a place that makes things twice, and one that makes what nobody asked for', async () => {
    const application = compiled(shop([]))
    const twice = await proverOf(stockKinds, extravagant(0)).prove(application, EXTENT)
    expect(twice.counterexample?.broken?.law).toBe('duplicate')
    const more = await proverOf(stockKinds, extravagant(7)).prove(application, { ...EXTENT, within: 300_000 })
    expect(more.counterexample?.broken?.law).toBe('orphan')
  })
})

describe('a schedule that is played again', () => {
  const play = async (schedule: readonly ScheduledFault[], policies = SOUND) =>
    proverOf().replay(compiled(shop(policies, '2')), schedule, EXTENT.within)

  it('lets the engine die before its effect and after it, and nothing is made twice', async () => {
    for (const when of ['before', 'after'] as const) {
      const trial = await play([{ after: 1, fault: { kind: 'engine-dies', when } }])
      expect(trial?.broken).toBeUndefined()
      expect(trial?.events.map(({ what }) => what)).toContain(`the engine is killed ${when} its effect`)
    }
  })

  it('lets two things go wrong together, and mends both', async () => {
    const gone = { kind: 'machine-dies', of: 'web/*' } as const
    const trial = await play(
      [
        { after: 'settled', fault: { ...gone, which: 'first' } },
        { after: 'at-once', fault: { ...gone, which: 'last' } },
      ],
      [],
    )
    expect(trial?.broken).toBeUndefined()
    const made = trial?.events.filter(({ what }) => what.startsWith('ensure shop-web')) ?? []
    const names = made.flatMap(({ what }) => what.match(/web-\d-\d/g) ?? [])
    expect(names).toEqual(['web-1-1', 'web-2-1', 'web-1-2', 'web-2-2'])
  })

  it('is refused where it has a fault that cannot befall the blueprint', async () => {
    expect(await play([{ after: 0, fault: { kind: 'machine-dies', of: 'db' } }])).toBeUndefined()
  })
})

/** A policy that throws at its first reading. */
function breaking(kind: PolicyKind): PolicyKind {
  return {
    ...kind,
    attach: (subject, config) => {
      const attached = kind.attach(subject, config)
      if ('problems' in attached) return attached
      const pipeline = (): never => {
        throw new Error('nobody thought of this')
      }
      return { policy: { ...attached.policy, pipeline: () => pipeline } }
    },
  }
}

/** Places that make one more of each machine, of an incarnation so much later. */
function extravagant(later: number): ImaginedPlaces {
  return (ports) => {
    const factory = simulatedLocations(ports)
    return {
      driver: factory.driver,
      open: (record) => {
        const place = factory.open(record)
        const ensure: typeof place.ensure = async (wants, options) => {
          const more = wants.map((want) => ({
            ...want,
            token: `${want.token}x`,
            name: `${want.name}x`,
            marks: { ...want.marks, incarnation: want.marks.incarnation + later },
          }))
          await place.ensure(more, options)
          return place.ensure(wants, options)
        }
        return new Proxy(place, {
          get: (target, name) => {
            if (name === 'ensure') return ensure
            const member: unknown = Reflect.get(target, name, target)
            return typeof member === 'function' ? (member.bind(target) as unknown) : member
          },
        })
      },
    }
  }
}
