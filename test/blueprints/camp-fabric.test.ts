import { describe, expect, it } from 'vitest'
import type { EntitySpec } from '../../engine/index.js'
import { shapeOptions } from '../support/shapes.js'
import { compileText, problemsOf } from './support/documents.js'

const PLACES = { locations: ['london', 'paris', 'rome'] }

function document(...lines: readonly string[]): string {
  return ['name: Shop', 'services:', ...lines.map((line) => `  ${line}`), ''].join('\n')
}

function fabric(...lines: readonly string[]): EntitySpec {
  const result = compileText(document('- type: DynamicFabric', ...lines), { ...shapeOptions(), ...PLACES })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

const wherever = (entity: EntitySpec): readonly (readonly [string, readonly string[]])[] =>
  entity.children.map(({ name, placement }) => [name, placement.locations])

const LAUNCH = '  memberSpec: { type: software, launch: serve }'

describe('a fabric', () => {
  it.each([
    ['fabric'],
    ['DynamicFabric'],
    ['org.apache.brooklyn.entity.group.DynamicFabric'],
    ['DynamicRegionsFabric'],
    ['org.apache.brooklyn.entity.group.DynamicRegionsFabric'],
  ])('called %s has something in each of its locations', (type) => {
    const text = document(
      `- type: ${type}`,
      '  locations: [london, paris]',
      '  brooklyn.config:',
      '    dynamicfabric.memberspec: { $brooklyn:entitySpec: { type: software, launch: serve } }',
    )
    const result = compileText(text, { ...PLACES, deploying: true })
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    expect(result.problems).toEqual([])
    const [found] = result.spec.root.children
    expect(wherever(found!)).toEqual([
      ['london', ['london']],
      ['paris', ['paris']],
    ])
    expect(found?.group).toMatchObject({ children: true })
  })

  it('has the locations of the nearest above it that names any', () => {
    const text = [
      'name: Shop',
      'locations: [london, paris]',
      'services:',
      '  - type: group',
      '    brooklyn.children: [{ type: fabric, memberSpec: { type: machine } }]',
    ].join('\n')
    const result = compileText(text, PLACES)
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    expect(wherever(result.spec.root.children[0]!.children[0]!)).toEqual([
      ['london', ['london']],
      ['paris', ['paris']],
    ])
  })

  it.each<[what: string, lines: readonly string[], names: readonly string[]]>([
    ['is called by it', [], ['london', 'paris']],
    [
      'has its own name before it',
      ['  memberSpec: { type: machine, name: Web }'],
      ['Web (london)', 'Web (paris)'],
    ],
    [
      'is called as its prefix and suffix say',
      ['  displayNamePrefix: "in "', '  displayNameSuffix: " now"'],
      ['in london now', 'in paris now'],
    ],
  ])('what is in a location %s', (_what, lines, names) => {
    const spec = lines.some((line) => line.includes('memberSpec')) ? [] : ['  memberSpec: { type: machine }']
    const found = fabric('  locations: [london, paris]', ...spec, ...lines)
    expect(found.children.map(({ displayName }) => displayName)).toEqual(names)
  })

  it('has another thing in its first location where it says so', () => {
    const found = fabric('  locations: [london, paris]', LAUNCH, '  firstMemberSpec: { type: machine }')
    expect(found.children.map(({ type }) => type)).toEqual(['machine', 'software'])
  })

  it('gives config to what is in each location, before what that has of its own', () => {
    const found = fabric(
      '  location: london',
      '  customChildFlags: { size: 2, above: $brooklyn:config("x") }',
      '  brooklyn.config: { x: 1 }',
      '  memberSpec: { type: entity, brooklyn.config: { size: 1, kept: 1 } }',
    )
    expect(found.children[0]?.config).toMatchObject({
      size: { value: 2 },
      kept: { value: 1 },
      above: { kind: 'config', of: { scope: 'parent' } },
    })
  })

  it('puts the children that it has in its locations first, and makes others for the rest', () => {
    const found = fabric(
      '  locations: [london, paris, rome]',
      LAUNCH,
      '  brooklyn.children: [{ type: machine, name: own }, { type: machine, name: set, location: paris }]',
    )
    expect(wherever(found)).toEqual([
      ['own', ['london']],
      ['set', ['paris']],
      ['paris', ['paris']],
      ['rome', ['rome']],
    ])
  })

  it('makes something for each location beside its children where these are to be none of its members', () => {
    const found = fabric(
      '  locations: [london, paris]',
      '  includeInitialChildren: false',
      LAUNCH,
      '  brooklyn.children: [{ type: machine, name: own }]',
    )
    expect(wherever(found)).toEqual([
      ['own', ['london']],
      ['london', ['london']],
      ['paris', ['paris']],
    ])
    expect(found.children.map(({ tags }) => tags)).toEqual([[], ['fabric-member'], ['fabric-member']])
    expect(found.group).toMatchObject({ within: { scope: 'self' }, filter: {} })
  })

  it('may hold clusters, and what is inside of these keeps its ids', () => {
    const found = fabric(
      '  locations: [london, paris]',
      '  memberSpec:',
      '    type: cluster',
      '    id: pool',
      '    initialSize: 2',
      '    memberSpec: { type: software, id: web, launch: serve }',
    )
    expect(found.children.map(({ name, id, members }) => [name, id, members?.initial])).toEqual([
      ['london', 'pool', 2],
      ['paris', 'pool', 2],
    ])
  })

  it('says nothing twice of what it has in several locations', () => {
    const text = document(
      '- type: fabric',
      '  locations: [london, paris]',
      '  memberSpec: { type: softwear }',
    )
    expect(problemsOf(text, PLACES).map(({ code }) => code)).toEqual(['BP1205'])
  })

  it.each([
    ['its locations', ['- type: fabric', '  memberSpec: { type: machine }'], 'BP1237'],
    ['what is in them', ['- type: fabric', '  location: london'], 'BP1104'],
  ])('must say %s', (_what, lines, code) => {
    expect(problemsOf(document(...lines), PLACES).map((one) => one.code)).toEqual([code])
  })

  it('of application servers has a cluster of them in each location', () => {
    const text = document(
      '- type: DynamicWebAppFabric',
      '  locations: [london, paris]',
      '  war: http://x/shop.war',
    )
    const result = compileText(text, { ...shapeOptions(), ...PLACES, deploying: true })
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    expect(result.problems).toEqual([])
    expect(result.spec.root.children[0]?.children).toMatchObject([
      { name: 'london', members: { initial: 1 } },
      { name: 'paris', members: { initial: 1 } },
    ])
  })
})
