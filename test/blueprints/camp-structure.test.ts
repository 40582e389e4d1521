import { describe, expect, it } from 'vitest'
import type { EntitySpec } from '../../engine/index.js'
import { compileText, problemsOf, services } from './support/documents.js'

function first(...lines: readonly string[]): EntitySpec {
  const result = compileText(services(...lines))
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

const HOUSE = [
  '- type: org.apache.brooklyn.entity.software.base.SameServerEntity',
  '  name: house',
  '  brooklyn.children:',
]
const inside = (child: string): readonly string[] => [...HOUSE, `    - ${child}`]

describe('a same-server', () => {
  it.each(['same-server', 'SameServerEntity', 'org.apache.brooklyn.entity.software.base.SameServerEntity'])(
    'called %s has a machine for all that is inside of it',
    (type) => {
      const house = first(
        `- type: ${type}`,
        '  brooklyn.children:',
        '    - { type: software, launch: serve }',
      )
      expect(house).toMatchObject({ type: 'same-server', sharesMachine: true, machine: {} })
      expect(house.children.map(({ type: kind }) => kind)).toEqual(['software'])
    },
  )

  it.each([
    [
      'a cluster',
      '{ type: cluster, name: web, memberSpec: { type: software, launch: serve } }',
      'is a cluster',
    ],
    ['a container', '{ type: container, name: web, image: nginx }', 'is a container'],
    ['another one', '{ type: same-server, name: web }', 'is a machine for others'],
    [
      'a volume',
      '{ type: software, name: web, launch: serve, volumes: [{ name: data, path: /data }] }',
      'is an entity with a volume',
    ],
  ])('cannot hold %s', (_what, child, message) => {
    const [found, ...others] = problemsOf(services(...inside(child)))
    expect([found?.code, others]).toEqual(['BP1235', []])
    expect(found?.message).toContain(message)
  })

  it('warns of what is said about a machine of its own', () => {
    const [found, ...others] = problemsOf(
      services(...inside('{ type: software, name: web, launch: serve, cores: 4 }')),
    )
    expect([found?.code, found?.severity, others]).toEqual(['BP1236', 'warning', []])
    expect(found?.message).toContain('cores has no effect')
  })
})

const cluster = (...config: readonly string[]): readonly string[] => [
  '- type: org.apache.brooklyn.entity.group.DynamicCluster',
  '  brooklyn.config:',
  ...config.map((line) => `    ${line}`),
  '    dynamiccluster.memberspec:',
  '      $brooklyn:entitySpec: { type: software, launch: serve, brooklyn.config: { kept: 1, size: 1 } }',
]

const detector = (more: string): string =>
  `{ $brooklyn:object: { type: org.apache.brooklyn.entity.group.zoneaware.ProportionalZoneFailureDetector, ${more} } }`

describe('a cluster', () => {
  it('gives config to each member, before what that has of its own', () => {
    const { members } = first(...cluster('dynamiccluster.customChildFlags: { size: 2, more: yes }'))
    expect(members?.spec.config).toEqual({
      kept: { kind: 'literal', value: 1 },
      size: { kind: 'literal', value: 2 },
      more: { kind: 'literal', value: 'yes' },
    })
  })

  it.each([
    ['removalStrategy: { type: any }', '"victims"'],
    ['dynamiccluster.quarantineFilter: { type: any }', 'a predicate about the failure'],
    ['dynamiccluster.numAvailabilityZones: 2', '"zones"'],
    ['dynamiccluster.zone.placementStrategy: any', '"spread"'],
    ['dynamiccluster.zone.failureDetector: any', 'nine in ten attempts'],
    [`dynamiccluster.zone.failureDetector: ${detector('constructor.args: [2, soon, 0.9]')}`, '[2, 1h, 0.9]'],
    ['dynamiccluster.zone.enable: false', 'leave the zones out'],
    ['dynamiccluster.customChildFlags: { launch.command: other }', '"memberSpec"'],
  ])('warns of %s', (line, hint) => {
    const [found, ...others] = problemsOf(services(...cluster(line)))
    expect([found?.code, found?.severity, others]).toEqual(['BP1241', 'warning', []])
    expect(found?.hint).toContain(hint)
  })

  it.each([
    'dynamiccluster.restartMode: PARALLEL',
    'start.timeout: 2m',
    'dynamiccluster.zone.enable: true',
    'dynamiccluster.zone.placementStrategy: { $brooklyn:object: { type: org.apache.brooklyn.entity.group.zoneaware.BalancingNodePlacementStrategy } }',
  ])('has nothing to say of %s', (line) => {
    expect(problemsOf(services(...cluster(line)))).toEqual([])
  })
})

it.each([
  ['start.timeout: 2m', 120_000],
  ['cluster.initial.size: 2', undefined],
])('takes how long its start may last from %s', (written, expected) => {
  expect(first(...cluster(written)).members?.startWithin).toBe(expected)
})

it.each([
  [detector('constructor.args: [3, 30m, 0.5]'), { attempts: 3, within: 1_800_000, share: 0.5 }],
  [detector(''), undefined],
])('takes when a zone has failed from %s', (written, expected) => {
  const { members } = first(...cluster(`dynamiccluster.zone.failureDetector: ${written}`))
  expect(members?.zoneFailure).toEqual(expected)
})

describe('members that never came up', () => {
  it('are told apart by a predicate about their failure', () => {
    const glob = { kind: 'glob', text: '*code 4*' }
    const filter = 'quarantineFilter: { not: { key: message, glob: "*code 4*" } }'
    for (const written of [filter, `dynamiccluster.${filter}`])
      expect(first(...cluster(written)).members?.quarantineFilter).toEqual({
        kind: 'not',
        of: { kind: 'select', from: { kind: 'key', key: 'message' }, of: glob },
      })
  })

  it.each(['QuarantineGroup', 'org.apache.brooklyn.entity.group.QuarantineGroup', 'quarantine-group'])(
    'are the members of a %s inside of their cluster',
    (type) => {
      const group = first(...cluster(), `  brooklyn.children: [{ type: ${type} }]`).children[0]
      expect(group).toMatchObject({
        type: 'quarantine-group',
        group: { setAside: true, within: { scope: 'parent' } },
      })
    },
  )

  it.each([
    ['quarantineGroup', 'members.quarantined'],
    ['entityQuarantined', 'members.lastQuarantined'],
  ])('are known by the sensor %s of their cluster', (name, sensor) => {
    const reads = `- { type: software, launch: serve, shell.env: { A: '$brooklyn:component("web").attributeWhenReady("${name}")' } }`
    const [web = '', ...rest] = cluster()
    const result = compileText(services(web, '  id: web', ...rest, reads))
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    expect(result.spec.root.children[1]?.software?.environment['A']).toMatchObject({ sensor })
  })
})

describe('who goes first of a cluster', () => {
  const object = (type: string, config: string): string =>
    `{ $brooklyn:object: { type: org.apache.brooklyn.entity.group.${type}, brooklyn.config: { ${config} } } }`
  const sensed = object(
    'SensorMatchingRemovalStrategy',
    'sensor.matching.sensor: $brooklyn:sensor("primary"), sensor.matching.value: false',
  )

  it.each([
    ['by a sensor', 'dynamiccluster.removalstrategy', sensed],
    [
      'by the first of several that finds any',
      'removalStrategy',
      object('FirstFromRemovalStrategy', `firstfrom.strategies: [${sensed}]`),
    ],
  ])('may be said %s', (_how, key, strategy) => {
    const { members } = first(...cluster(`${key}: ${strategy}`))
    expect(members).toMatchObject({ victims: 'newest', victimsFirst: [{ sensor: 'primary', value: false }] })
  })
})

const ruled = (line: string): readonly string[] => [
  '- type: cluster',
  '  memberSpec: { type: software, launch: serve }',
  `  ${line}`,
]

it.each([
  ['victims: zone-balance', { victims: 'zone-balance' }],
  ['victims: costliest', { victimsBy: { sensor: 'cost', first: 'highest' } }],
  ['victims: { sensor: sessions }', { victimsBy: { sensor: 'sessions', first: 'lowest' } }],
  ['victims: { sensor: load, first: highest }', { victimsBy: { sensor: 'load', first: 'highest' } }],
])('takes who goes first from %s', (line, expected) => {
  expect(first(...ruled(line)).members).toMatchObject(expected)
})

it.each(['victims: newst', 'victims: { first: lowest }', 'victims: { sensor: load, first: last }'])(
  'refuses %s',
  (line) => {
    expect(problemsOf(services(...ruled(line)))).not.toEqual([])
  },
)

describe('the quorums of a cluster', () => {
  it('are two: how many make it up, and with fewer than how many it has failed', () => {
    const { members } = first(...cluster('quorum.up: atLeastOne', 'quorum.running: allAndAtLeastOne'))
    expect(members).toMatchObject({
      runningQuorum: { kind: 'at-least-one' },
      healthyQuorum: { kind: 'all-and-at-least-one' },
    })
  })
})

it('warns of a filter of locations', () => {
  const filter = '{ $brooklyn:object: { type: org.apache.brooklyn.core.location.LocationPredicates } }'
  const found = problemsOf(
    services(
      '- type: BasicStartable',
      `  brooklyn.config: { brooklyn.locationsFilter: ${filter} }`,
      '  brooklyn.children: [{ type: machine }]',
    ),
  )
  expect(found.map(({ code, severity }) => [code, severity])).toEqual([['BP1241', 'warning']])
})
