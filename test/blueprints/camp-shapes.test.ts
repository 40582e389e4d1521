import { describe, expect, it } from 'vitest'
import { readShapes } from '../../blueprints/index.js'
import type { EntitySpec, Problem } from '../../engine/index.js'
import { shapeOptions, shippedShapes } from '../support/shapes.js'
import { compileText, marked, problemsOf, services } from './support/documents.js'

const options = shapeOptions()

/** Types that are made from Debian's packages. */
const MADE = [
  ...['MySqlNode', 'MariaDbNode', 'PostgreSqlNode', 'RedisStore', 'RabbitBroker', 'ZooKeeperNode'],
  ...[
    'TomcatServer',
    'Tomcat7Server',
    'Tomcat8Server',
    'Tomcat9Server',
    'Jetty6Server',
    'NodeJsWebAppService',
  ],
  ...['NginxController', 'DynamicWebAppCluster', 'ControlledDynamicWebAppCluster'],
]

function problemsIn(...lines: readonly string[]): readonly Problem[] {
  return problemsOf(services(...lines), options)
}

function codesIn(...lines: readonly string[]): readonly string[] {
  return problemsIn(...lines).map((one) => one.code)
}

function first(...lines: readonly string[]): EntitySpec {
  const result = compileText(services(...lines), options)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

describe('the shapes that come with the product', () => {
  const { types, adjuncts, problems } = shippedShapes()

  it('are read without a problem', () => {
    expect(problems).toEqual([])
    expect(types.length).toBeGreaterThan(70)
    expect(adjuncts.length).toBeGreaterThan(40)
  })

  it('have no name twice', () => {
    const names = [...types, ...adjuncts].flatMap(({ name, aliases }) => [name, ...aliases])
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it.each(types.map(({ name }) => name))('can each be named by a service: %s', (name) => {
    const spec = /^Dynamic(Regions)?Fabric$/.test(name) ? ['  memberSpec: { type: machine }'] : []
    const result = compileText(services(`- type: ${name}`, ...spec), options)
    expect(result.kind).toBe('compiled')
    const isMade = types.some((type) => type.name === name && type.shape === undefined)
    expect(codesIn(`- type: ${name}`, ...spec).includes('BP1210')).toBe(!isMade)
  })

  it.each(MADE)('can be deployed: %s', (name) => {
    expect(compileText(services(`- type: ${name}`), { ...options, deploying: true })).toMatchObject({
      kind: 'compiled',
      problems: [],
    })
  })
})

describe('an entity of a shape', () => {
  it('keeps the name of its type, its sensors and its effectors', () => {
    const web = first('- type: org.apache.brooklyn.entity.webapp.jboss.JBoss7Server')
    expect(web.type).toBe('JBoss7Server')
    expect(web.shape?.sensors).toEqual(expect.arrayContaining(['webapp.url', 'http.port', 'host.address']))
    expect(web.shape?.effectors).toEqual(expect.arrayContaining(['deploy', 'restart']))
  })

  it('has what its type gives, and its own values before that', () => {
    const web = first('- type: JBoss7Server', '  brooklyn.config: { http.port: 8888 }')
    expect(web.config).toMatchObject({
      'http.port': { kind: 'literal', value: 8888 },
      'https.port': { kind: 'literal', value: '8443+' },
    })
  })

  it.each([
    ['under its name at the entity', '- type: RiakNode', '  riak.searchEnabled: true'],
    ['under its short name at the entity', '- type: RiakNode', '  searchEnabled: true'],
    ['under its short name in the config', '- type: RiakNode', '  brooklyn.config: { searchEnabled: true }'],
    ['as one word', '- type: RiakNode', '  riakSearchEnabled: true'],
  ])('takes a key %s', (_way, ...lines) => {
    expect(first(...lines).config).toMatchObject({ 'riak.searchEnabled': { value: true } })
  })

  it('has members of the kind that its type says, unless it says another', () => {
    const own = ['- type: RiakCluster', '  initialSize: 2', '  memberSpec: { type: machine }']
    expect(first('- type: RiakCluster').members?.spec).toMatchObject({ type: 'RiakNode', shape: {} })
    expect(first(...own)).toMatchObject({
      type: 'RiakCluster',
      members: { initial: 2, spec: { type: 'machine' } },
    })
  })

  it('refuses a misspelt key at its place, with the key that was meant', () => {
    const { text, range } = marked(services('- type: RiakNode', '  «serchEnabled»: true'))
    const found = problemsOf(text, options).find((one) => one.severity === 'error')
    expect(found).toMatchObject({ code: 'BP1103', range, hint: 'did you mean "searchEnabled"?' })
    expect(found?.fix?.edits).toEqual([{ range, text: 'searchEnabled' }])
  })

  it.each([
    ['a port', 'http.port: eighty'],
    ['a map', 'java.sysprops: [a]'],
    ['true or false', 'skip.install: maybe'],
  ])('refuses what is not %s', (words, line) => {
    const found = problemsIn('- type: JBoss7Server', `  brooklyn.config: { ${line} }`)
    expect(found.map((one) => one.code)).toEqual(['BP1210', 'BP1702'])
    expect(found[1]?.message).toContain(words)
  })

  it('may be given what is known only later', () => {
    expect(
      codesIn(
        '- type: JBoss7Server',
        '  http.port: $brooklyn:config("other")',
        '  brooklyn.config: { other: 1 }',
      ),
    ).toEqual(['BP1210'])
  })

  it('can be referred to by the sensors of its type, and by no others', () => {
    const db = ['- type: CrateNode', '  id: db', '- type: entity', '  name: app', '  brooklyn.config:']
    expect(codesIn(...db, '    url: $brooklyn:component("db").attributeWhenReady("datastore.url")')).toEqual([
      'BP1210',
    ])
    expect(
      codesIn(...db, '    url: $brooklyn:component("db").attributeWhenReady("datastore.uri")'),
    ).toContain('BP1204')
  })

  it('is a warning until it is deployed', () => {
    const text = services('- type: RiakNode')
    const [warned] = problemsOf(text, options)
    const refused = compileText(text, { ...options, deploying: true })
    expect(warned).toMatchObject({ code: 'BP1210', severity: 'warning' })
    expect(refused).toMatchObject({ kind: 'problems', problems: [{ code: 'BP1210', severity: 'error' }] })
  })
})

it('a duration of the language is refused as everywhere', () => {
  const found = problemsIn('- type: JBoss7Server', '  brooklyn.config: { start.timeout: soon }')
  expect(found.map((one) => one.code)).toEqual(['BP1210', 'BP1106'])
})

describe('a type that is made here', () => {
  const machine = (...lines: readonly string[]): EntitySpec['machine'] => first(...lines).machine

  it('warns of a key that nothing is done about, and of no other', () => {
    const found = problemsIn(
      '- type: RedisStore',
      '  redisPort: 7000+',
      '  expandedinstall.dir: /opt',
      '  download.addon.urls: {}',
    )
    expect(found).toMatchObject([{ code: 'BP1241', severity: 'warning' }])
    expect(found[0]?.message).toContain('download.addon.urls')
  })

  it('keeps what it is told on a volume in its run directory', () => {
    expect(first('- type: RedisStore').volumes).toMatchObject([{ name: 'data', path: 'data' }])
  })

  it('listens where its key says', () => {
    const [port] = machine('- type: RedisStore', '  redisPort: 7000+')?.ports ?? []
    expect(port).toMatchObject({ name: 'redis', number: 6379, wanted: { kind: 'config', key: 'redis.port' } })
  })
})

describe('a policy or an enricher that does not act yet', () => {
  const policy = (...lines: readonly string[]): readonly string[] => [
    '- type: entity',
    '  name: a',
    '  brooklyn.policies:',
    ...lines.map((line) => `  ${line}`),
  ]

  it('is not said of one that is a workflow', () => {
    expect(
      problemsIn(...policy('- type: workflow-policy', '  period: 1m', '  steps: [ log hello ]')),
    ).toEqual([])
  })

  it('is known by its Java name and said not to act', () => {
    const found = problemsIn(...policy('- type: org.apache.brooklyn.policy.ha.ConnectionFailureDetector'))
    expect(found).toMatchObject([{ code: 'BP1604', severity: 'warning' }])
  })

  it('is refused with a key that it does not have', () => {
    const found = problemsIn(...policy('- type: ServiceRestarter', '  setOnFireOnFailur: true'))
    expect(found.find((one) => one.code === 'BP1103')).toMatchObject({
      hint: 'did you mean "setOnFireOnFailure"?',
    })
  })

  it('is refused with a value that its key cannot have', () => {
    expect(
      codesIn(...policy('- type: AutoScalerPolicy', '  brooklyn.config: { minPoolSize: few }')),
    ).toContain('BP1702')
  })

  it('stands at its entity with its settings', () => {
    const own = first(
      '- type: entity',
      '  name: a',
      '  brooklyn.enrichers:',
      '  - enricherType: org.apache.brooklyn.enricher.stock.Joiner',
      '    brooklyn.config: { maximum: 2, sourceSensor: a, enricher.targetSensor: b }',
    )
    expect(own.enrichers).toMatchObject([
      {
        type: 'org.apache.brooklyn.enricher.stock.Joiner',
        config: { maximum: { value: 2 } },
        acts: {
          type: 'join',
          config: { maximum: { value: 2 }, source: { value: 'a' }, target: { value: 'b' } },
        },
      },
    ])
  })

  it('is refused when nobody knows it', () => {
    expect(codesIn('- type: entity', '  name: a', '  enrichers: [{ type: Propagatr }]')).toEqual(['BP1601'])
  })
})

describe('a file of shapes', () => {
  const read = (...lines: readonly string[]): ReturnType<typeof readShapes> =>
    readShapes([{ file: 'own.yaml', text: lines.join('\n') }])

  it('may give a shape an implementation: then it is a type like any other', () => {
    const { types } = read('entities:', '  Store:', '    implementation: { type: software, launch: ./store }')
    const lookup = {
      types: { find: (name: string) => types.find((one) => one.name === name), names: () => [] },
    }
    const result = compileText(services('- type: Store'), lookup)
    expect(result).toMatchObject({ kind: 'compiled', problems: [] })
    expect(types[0]?.shape).toBeUndefined()
  })

  it('may be like another, with its own keys before those of the other', () => {
    const { types } = read(
      'entities:',
      '  Base: { abstract: true, form: group, keys: { a: string, b: string } }',
      '  Own: { like: Base, keys: { a: integer } }',
    )
    expect(types).toMatchObject([
      { name: 'Own', form: 'group', keys: [{ name: 'a', type: 'integer' }, { name: 'b' }] },
    ])
  })

  it('is refused where it is like what is not there, or like itself', () => {
    expect(read('entities:', '  A: { like: B }').problems).toMatchObject([{ code: 'BP1205' }])
    expect(read('entities:', '  A: { like: B }', '  B: { like: A }').problems).not.toEqual([])
  })

  it('is refused where a key has a type that there is not', () => {
    expect(read('entities:', '  A: { keys: { a: strng } }').problems).toMatchObject([{ code: 'BP1105' }])
  })
})

describe('what Brooklyn asks of a place and nobody does yet', () => {
  it('is a warning at its key', () => {
    const { text, range } = marked(
      services('- type: server', '  provisioning.properties: { «minDisk»: 100g, minCores: 2 }'),
    )
    expect(problemsOf(text, options)).toMatchObject([{ code: 'BP1108', severity: 'warning', range }])
  })
})
