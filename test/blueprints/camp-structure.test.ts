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
