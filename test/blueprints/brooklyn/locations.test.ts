import { describe, expect, it } from 'vitest'
import { type Lines, at, errorsOf, optionsWith, specOf, warningsOf } from './support.js'

// What Brooklyn's tests of locations hold to, in words of our own; what we do otherwise stands in docs/camp.md.
const options = optionsWith()
const shop = (...lines: Lines): Lines => [...lines, 'services:', '- type: basic-entity']

describe('where an application is put', () => {
  it.each<readonly [what: string, lines: Lines, locations: Lines]>([
    ['one name', ['location: here'], ['here']],
    ['a name on the next line', ['location:', '  here'], ['here']],
    ['a list of one', ['locations: [here]'], ['here']],
    ['a list of two', ['locations:', '- here', '- there'], ['here', 'there']],
    ['a list under location', ['location: [here, there]'], ['here', 'there']],
    ['a name with nothing in brackets', ['location: here()'], ['here']],
    ['a map with nothing in it', ['location: { here: {} }'], ['here']],
    ['a map with no value', ['location:', '  here:'], ['here']],
    ['maps in a list', ['locations:', '- here: {}', '- there: {}'], ['here', 'there']],
    ['an empty list', ['locations: []'], []],
    ['no key at all', [], []],
  ])('may be %s', (_what, lines, locations) => {
    expect(specOf(shop(...lines), options).root.placement.locations).toEqual(locations)
    expect(warningsOf(shop(...lines), options)).toEqual([])
  })

  it.each<readonly [what: string, lines: Lines, locations: Lines]>([
    ['a name in brackets', ['location: here:(name=mine)'], ['here']],
    ['settings in brackets', ['location: here(user=me)'], ['here']],
    ['settings in a map', ['location:', '  here:', '    displayName: mine', '    anything: else'], ['here']],
    [
      'settings in each of two',
      ['locations:', '- here: { displayName: a }', '- there: { displayName: b }'],
      ['here', 'there'],
    ],
    [
      'hosts in a map',
      ['location:', '  here:', '    user: root', '    hosts: [10.0.0.1, me@10.0.0.2]'],
      ['here'],
    ],
  ])('is told that settings are not used: %s', (_what, lines, locations) => {
    expect(specOf(shop(...lines), options).root.placement.locations).toEqual(locations)
    expect(warningsOf(shop(...lines), options)).not.toEqual([])
  })

  it.each<readonly [what: string, lines: Lines, errors: Lines]>([
    ['both keys', ['location: here', 'locations: [here]'], ['BP1109@2']],
    ['both keys with different names', ['location: here', 'locations: [there]'], ['BP1109@2']],
    ['a map of two', ['location: { here: {}, there: {} }'], ['BP1102@1']],
    ['nothing at all', ['location:'], ['BP1102@1']],
    ['a number', ['location: 5'], ['BP1102@1']],
    ['a list in a list', ['locations: [[here]]'], ['BP1102@1']],
    ['a place that there is not', ['location: nowhere'], ['BP1206@1']],
    ['a cloud that is not configured', ['location: jclouds:aws-ec2'], ['BP1206@1']],
  ])('cannot be %s', (_what, lines, errors) => {
    expect(errorsOf(shop(...lines), options)).toEqual(errors)
  })
})

describe('localhost', () => {
  it.each<readonly [what: string, known: Lines, put: string]>([
    ['is the place of this host', ['local', 'far'], 'local'],
    ['is a place of that name where one is configured', ['local', 'localhost'], 'localhost'],
  ])('%s', (_what, known, put) => {
    const here = { ...options, locations: known }
    expect(specOf(shop('location: localhost'), here).root.placement.locations).toEqual([put])
    expect(specOf(shop('locations: [{ localhost: {} }]'), here).root.placement.locations).toEqual([put])
  })

  it('is nowhere on a server that has no such place', () => {
    const here = { ...options, locations: ['far'] }
    expect(errorsOf(shop('location: localhost'), here)).toEqual(['BP1206@1'])
  })
})

describe('what is deployed and named no location for', () => {
  const deploying = { ...options, deploying: true }
  const web = ['- type: VanillaSoftwareProcess', '  name: web', '  launch.command: serve']

  it('is told once that it waits for one', () => {
    const other = ['- type: VanillaSoftwareProcess', '  name: other', '  launch.command: serve']
    expect(warningsOf(['services:', ...web, ...other], deploying)).toEqual(['BP1212@3'])
    expect(warningsOf(['services:', ...web], options)).toEqual([])
  })

  it.each<readonly [what: string, lines: Lines]>([
    ['itself', ['services:', ...web, '  location: here']],
    ['something above it', ['location: here', 'services:', ...web]],
  ])('is not told so where %s names one', (_what, lines) => {
    expect(warningsOf(lines, deploying)).toEqual([])
  })

  it('is not told so where nothing needs a machine', () => {
    expect(warningsOf(shop(), deploying)).toEqual([])
  })
})

describe('where an entity is put', () => {
  const inner = (...lines: Lines): Lines => [
    'location: here',
    'services:',
    '- type: server',
    ...lines.map((line) => `  ${line}`),
  ]

  it.each<readonly [what: string, lines: Lines, locations: Lines]>([
    ['its own place', ['location: there'], ['there']],
    ['its own places', ['locations: [there, here]'], ['there', 'here']],
    ['nothing of its own, and so what is around it', [], []],
    ['an empty list, and so what is around it', ['locations: []'], []],
  ])('is %s', (_what, lines, locations) => {
    const spec = specOf(inner(...lines), options)
    expect([spec.root.placement.locations, at(spec, 0).placement.locations]).toEqual([['here'], locations])
  })

  it('is the place of its item where it says none', () => {
    const catalog = [
      'brooklyn.catalog:',
      '  id: placed',
      '  version: 1.0.0',
      '  item:',
      '    type: server',
      '    location: there',
    ]
    const spec = (line: string) =>
      at(specOf(['services:', '- type: placed', `  ${line}`, '- type: entity'], optionsWith(catalog)), 0)
    expect(spec('name: a').placement.locations).toEqual(['there'])
    expect(spec('location: here').placement.locations).toEqual(['here'])
    expect(spec('locations: []').placement.locations).toEqual([])
  })

  it.each<readonly [what: string, lines: Lines]>([
    [
      'a member, by its spec',
      ['- type: cluster', '  memberSpec:', '    type: server', '    location: there'],
    ],
    [
      'a member, in $brooklyn:entitySpec',
      ['- type: cluster', '  memberSpec:', '    $brooklyn:entitySpec: { type: server, location: there }'],
    ],
  ])('may be said of %s', (_what, lines) => {
    expect(
      at(specOf(['location: here', 'services:', ...lines], options), 0, '*').placement.locations,
    ).toEqual(['there'])
  })
})
