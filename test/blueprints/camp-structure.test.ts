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
    ['dynamiccluster.quarantineFilter: { type: any }', '"quarantine: false"'],
    ['dynamiccluster.numAvailabilityZones: 2', '"zones"'],
    ['dynamiccluster.zone.placementStrategy: any', '"spread"'],
    ['dynamiccluster.zone.failureDetector: any', 'left alone for a while'],
    ['dynamiccluster.zone.enable: false', 'leave the zones out'],
    ['dynamiccluster.restartMode: parallel', 'one after another'],
    ['dynamiccluster.customChildFlags: { launch.command: other }', '"memberSpec"'],
  ])('warns of %s', (line, hint) => {
    const [found, ...others] = problemsOf(services(...cluster(line)))
    expect([found?.code, found?.severity, others]).toEqual(['BP1241', 'warning', []])
    expect(found?.hint).toContain(hint)
  })

  it.each(['dynamiccluster.restartMode: sequential', 'dynamiccluster.zone.enable: true'])(
    'has nothing to say of %s',
    (line) => {
      expect(problemsOf(services(...cluster(line)))).toEqual([])
    },
  )
})
