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
    ['one of several that nobody knows', ['locations:', '- here', '- named:nowhere'], ['BP1206@3']],
    ['settings that are one text', ['location:', '  here:', '    user=me', '    password=p'], ['BP1102@3']],
    ['a list in a list', ['locations: [[here]]'], ['BP1102@1']],
    ['a place that there is not', ['location: nowhere'], ['BP1206@1']],
    ['a cloud that is not configured', ['location: jclouds:aws-ec2'], ['BP1206@1']],
    ['a region of one', ['location: { jclouds:aws-ec2:eu-west-1: {} }'], ['BP1206@1']],
    ['machines that it describes', ['location: byon:(hosts="10.0.0.1,10.0.0.2")'], ['BP1206@1']],
    ['a machine that it describes', ['location: host:(10.0.0.1)'], ['BP1206@1']],
    ['a pool of machines', ['location: server-pool:spare'], ['BP1206@1']],
    ['several without their names', ['location: multi()'], ['BP1104@1']],
    ['one of several that there is not', ['location: multi:(targets="here,nowhere")'], ['BP1206@1']],
  ])('cannot be %s', (_what, lines, errors) => {
    expect(errorsOf(shop(...lines), options)).toEqual(errors)
  })
})

describe('several locations in one', () => {
  it.each<readonly [what: string, lines: Lines, locations: Lines]>([
    ['named in brackets', ['location: multi:(targets="here,there")'], ['here', 'there']],
    ['named in a list', ['location: { multi: { targets: [here, there] } }'], ['here', 'there']],
    ['in a list of locations', ['locations: [multi(targets=here), there]'], ['here', 'there']],
    ['of which one has brackets', ["location: multi:(targets='here(),there:()')"], ['here', 'there']],
    ['one inside of another', ['location: single:(target=multi:(targets=there))'], ['there']],
    ['one that is said to be named', ['location: named:there'], ['there']],
    ['some that are said to be named', ['location: multi:(targets="named:there,here")'], ['there', 'here']],
  ])('are those that it names: %s', (_what, lines, locations) => {
    expect(specOf(shop(...lines), options).root.placement.locations).toEqual(locations)
    expect(warningsOf(shop(...lines), options)).toEqual([])
  })
})

describe('what is said of machines beside the name of a location', () => {
  const software = ['- type: VanillaSoftwareProcess', '  launch.command: serve']
  const machine = (...lines: Lines) => {
    const { image, cores, memory } = at(specOf(lines, options), 0).machine ?? {}
    return [image, cores, memory]
  }
  const debian = { kind: 'literal', value: 'debian' }

  it.each<readonly [what: string, lines: Lines]>([
    ['in a map', ['location: { here: { minRam: 512, minCores: 2, imageId: debian } }']],
    ['in brackets', ['location: here:(minRam=512mb, minCores=2, imageId="debian")']],
    [
      'of a target',
      ['location: { multi: { targets: [{ here: { minRam: 512, minCores: 2 } }], image: debian } }'],
    ],
  ])('counts for the machines there: %s', (_what, lines) => {
    expect(machine(...lines, 'services:', ...software)).toEqual([debian, 2, 512 * 1024 * 1024])
    expect(warningsOf([...lines, 'services:', ...software], options)).toEqual([])
  })

  it('counts for all below the name, but where another location is named', () => {
    const spec = specOf(
      [
        'location: { here: { minCores: 2 } }',
        'services:',
        '- type: entity',
        '  brooklyn.children:',
        '  - { type: VanillaSoftwareProcess, launch.command: serve }',
        '- { type: VanillaSoftwareProcess, launch.command: serve, location: there }',
        '- { type: cluster, memberSpec: { type: VanillaSoftwareProcess, launch.command: serve } }',
      ],
      options,
    )
    const cores = [at(spec, 0, 0), at(spec, 1), at(spec, 2, '*')].map((one) => one.machine?.cores)
    expect(cores).toEqual([2, undefined, 2])
  })

  it('counts where the software itself says nothing of it', () => {
    const own = ['  provisioning.properties: { minCores: 4 }']
    expect(
      machine('location: { here: { minCores: 2, imageId: debian } }', 'services:', ...software, ...own),
    ).toEqual([debian, 4, undefined])
  })

  it.each<readonly [what: string, lines: Lines]>([
    ['of one among several', ['locations: [{ here: { minCores: 2 } }, there]', 'services:', ...software]],
    [
      'of a place where no machine is',
      ['location: { here: { minCores: 2 } }', 'services:', '- type: entity'],
    ],
  ])('is told not to be used %s', (_what, lines) => {
    expect(warningsOf(lines, options)).toHaveLength(1)
  })
})

describe('what is asked of a place', () => {
  it.each<readonly [written: string, cores: number | undefined, memory: number | undefined]>([
    ['{ minCores: "2" }', 2, undefined],
    ['{ minCores: 2, minRam: "1024" }', 2, 1024 ** 3],
    ['{ minRam: 2gb }', undefined, 2 * 1024 ** 3],
  ])('may be written as %s', (written, cores, memory) => {
    const lines = [
      'services:',
      '- type: VanillaSoftwareProcess',
      '  launch.command: serve',
      `  provisioning.properties: ${written}`,
    ]
    const { machine } = at(specOf(lines, options), 0)
    expect([machine?.cores, machine?.memory]).toEqual([cores, memory])
  })

  it('is no number of cores in words', () => {
    const lines = [
      'services:',
      '- { type: VanillaSoftwareProcess, launch.command: x, provisioning.properties: { minCores: few } }',
    ]
    expect(errorsOf(lines, options)).toEqual(['BP1106@2'])
  })
})

describe('a location of a catalog', () => {
  const catalog = [
    'brooklyn.catalog:',
    '  version: 1.0.0',
    '  itemType: location',
    '  items:',
    '  - { id: big, item: { type: here, brooklyn.config: { minCores: 8, minRam: 1gb } } }',
    '  - { id: cloud, item: { type: jclouds:aws-ec2, brooklyn.config: { region: x } } }',
    '  - { id: ring, item: { type: ring } }',
    '  - { id: both, item: { type: multi, brooklyn.config: { targets: [here, there] } } }',
  ]
  const located = optionsWith(catalog)

  it.each<readonly [written: string, locations: Lines]>([
    ['big', ['here']],
    ['big:1.0.0', ['here']],
    ['both', ['here', 'there']],
    ['{ big: {} }', ['here']],
  ])('is what it stands for: %s', (written, locations) => {
    expect(specOf(shop(`location: ${written}`), located).root.placement.locations).toEqual(locations)
  })

  it('says what machines are there, unless that is said beside its name', () => {
    const lines = ['services:', '- { type: VanillaSoftwareProcess, launch.command: serve }']
    const spec = specOf(['location: { big: { minCores: 2 } }', ...lines], located)
    expect(at(spec, 0).machine).toMatchObject({ cores: 2, memory: 1024 ** 3 })
  })

  it.each<readonly [written: string, error: string]>([
    ['cloud', 'BP1206@1'],
    ['ring', 'BP1211@1'],
  ])('cannot be %s', (written, error) => {
    expect(errorsOf(shop(`location: ${written}`), located)).toEqual([error])
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
