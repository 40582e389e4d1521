import { describe, expect, it } from 'vitest'
import {
  type ItemDefinition,
  type ReadCatalog,
  chainTypes,
  checkItem,
  compile,
  isCatalogText,
  readCatalog,
} from '../../blueprints/index.js'
import { Catalog, compareVersions, isSnapshot } from '../../catalog/index.js'
import type { EntitySpec, Problem } from '../../engine/index.js'
import { stockPolicies } from '../../policies/index.js'
import { shapeOptions } from '../support/shapes.js'

const shapes = shapeOptions()

function read(...lines: readonly string[]): ReadCatalog {
  const text = ['brooklyn.catalog:', ...lines.map((line) => `  ${line}`), ''].join('\n')
  return readCatalog({ file: 'items.bom', text }, shapes.adjuncts)
}

function item(id: string, version: string, ...plan: readonly string[]): readonly ItemDefinition[] {
  return read(`id: ${id}`, `version: ${version}`, 'item:', ...plan.map((line) => `  ${line}`)).items
}

function deploy(items: readonly ItemDefinition[], ...lines: readonly string[]): ReturnType<typeof compile> {
  const text = ['name: App', 'services:', ...lines, ''].join('\n')
  const types = chainTypes(new Catalog(items).types(), shapes.types)
  return compile({ main: { file: 'app.yaml', text }, files: {} }, { types })
}

function only(items: readonly ItemDefinition[], ...lines: readonly string[]): EntitySpec {
  const result = deploy(items, ...lines)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

function problemsOf(items: readonly ItemDefinition[], ...lines: readonly string[]): readonly Problem[] {
  const result = deploy(items, ...lines)
  return result.kind === 'problems' ? result.problems : []
}

describe('versions', () => {
  it.each([
    ['1.0.0', '2.0.0'],
    ['1', '1.0.1'],
    ['1.2', '1.10'],
    ['1.0.0-SNAPSHOT', '0.1.0'],
    ['1.0.0-SNAPSHOT', '1.1.0-SNAPSHOT'],
    ['test-version', '0.0.1'],
    ['1.0.0-rc1', '1.0.0'],
  ])('%s is lower than %s', (low, high) => {
    expect(compareVersions(low, high)).toBeLessThan(0)
    expect(compareVersions(high, low)).toBeGreaterThan(0)
  })

  it('are snapshots by their end', () => {
    expect([isSnapshot('1.0-SNAPSHOT'), isSnapshot('1.0')]).toEqual([true, false])
  })
})

describe('a catalog document', () => {
  it('gives what is around an item to it', () => {
    const { items, problems } = read(
      'bundle: shop',
      'version: 1.2.0',
      'iconUrl: icon.png',
      'items:',
      '- { id: web, name: Web, item: { type: software, launch: x } }',
      '- { id: db, version: 2.0.0, itemType: template, item: { services: [ { type: entity } ] } }',
    )
    expect(problems).toEqual([])
    expect(items).toMatchObject([
      { id: 'web', version: '1.2.0', kind: 'entity', name: 'Web', iconUrl: 'icon.png', bundle: 'shop' },
      { id: 'db', version: '2.0.0', kind: 'template', bundle: 'shop' },
    ])
  })

  it.each([
    ['services', '{ services: [ { type: entity }, { type: entity } ] }', 'application'],
    ['the type of a policy', '{ type: org.apache.brooklyn.policy.ha.ServiceRestarter }', 'policy'],
    ['the type of an enricher', '{ type: Propagator }', 'enricher'],
    ['any other type', '{ type: software, launch: x }', 'entity'],
  ])('knows what an item is by %s', (_what, plan, kind) => {
    expect(read('id: a', `item: ${plan}`).items).toMatchObject([{ kind }])
  })

  it('may be the blueprint beside it', () => {
    const text = 'services:\n- type: software\n  launch: x\nbrooklyn.catalog: { id: own, version: 1.0 }\n'
    expect(isCatalogText(text)).toBe(true)
    expect(readCatalog({ file: 'a.bom', text }).items).toMatchObject([{ id: 'own', version: '1.0' }])
  })

  it('names the documents that it takes items from', () => {
    const { items, missing } = read('items:', '- other.bom', '- { id: a, item: "classpath://a.yaml" }')
    expect([items, missing]).toEqual([[], ['a.yaml', 'other.bom']])
  })

  it.each([
    ['an item without an id', ['item: { type: entity }'], 'BP1104'],
    ['a misspelt key', ['versoin: 1', 'id: a', 'item: { type: entity }'], 'BP1103'],
    ['what is not YAML', ['id: [a'], 'BP1009'],
  ])('is refused with %s', (_what, lines, code) => {
    expect(read(...lines).problems.map((one) => one.code)).toContain(code)
  })

  it('says of Java code that it is not loaded', () => {
    const { problems } = read('brooklyn.libraries: [a.jar]', 'id: a', 'item: { type: entity }')
    expect(problems).toMatchObject([{ code: 'BP1108', severity: 'warning' }])
  })
})

describe('a name', () => {
  const of = (version: string): readonly ItemDefinition[] =>
    item('web', version, 'type: entity', `name: v${version}`)
  const catalog = new Catalog([...of('1.0.0'), ...of('1.10.0'), ...of('1.9.0'), ...of('2.0.0-SNAPSHOT')])

  it.each([
    ['web', '1.10.0'],
    ['web:latest', '1.10.0'],
    ['web:1.9.0', '1.9.0'],
    ['web:2.0.0-SNAPSHOT', '2.0.0-SNAPSHOT'],
  ])('%s means version %s', (name, version) => {
    expect(catalog.find(name)?.version).toBe(version)
  })

  it.each(['web:3.0.0', 'wbe', ':1.0.0', ''])('"%s" means nothing', (name) => {
    expect(catalog.find(name)).toBeUndefined()
  })

  it('means a snapshot where there is nothing else', () => {
    expect(new Catalog(of('1.0-SNAPSHOT')).find('web')?.version).toBe('1.0-SNAPSHOT')
  })

  it('means the later one where an item is added again', () => {
    const again = catalog.with(item('web', '1.10.0', 'type: group'))
    expect(again.items).toHaveLength(4)
    expect(again.find('web')?.definition.get('type')?.text).toBe('group')
  })
})

describe('a service of an item', () => {
  const web = item(
    'web',
    '1.0.0',
    'type: software',
    'brooklyn.parameters: [ { name: greeting, default: hello }, { name: size, type: integer, default: 1 } ]',
    'brooklyn.config: { a: 1, b: 1, launch.command: run, shell.env: { A: a, B: b } }',
    'brooklyn.children: [ { type: entity, name: below } ]',
    'brooklyn.tags: [ old ]',
  )

  it('is its plan', () => {
    expect(only(web, '- type: web:1.0.0')).toMatchObject({
      type: 'software',
      config: { a: { value: 1 } },
      parameters: [{ name: 'greeting', default: { value: 'hello' } }, { name: 'size' }],
      children: [{ name: 'below' }],
      software: { phases: { launch: { command: { value: 'run' } } } },
    })
  })

  it('has its own values before those of the plan, whatever their spelling', () => {
    const own = only(web, '- type: web', '  launch: other', '  config: { b: 2, c: 3 }')
    expect(own.config).toMatchObject({ a: { value: 1 }, b: { value: 2 }, c: { value: 3 } })
    expect(own.software?.phases.launch?.command).toMatchObject({ value: 'other' })
  })

  it('has the environment of both, its own before that of the plan', () => {
    const own = only(web, '- type: web', '  env: { B: own, C: c }')
    expect(own.software?.environment).toMatchObject({
      A: { value: 'a' },
      B: { value: 'own' },
      C: { value: 'c' },
    })
  })

  it('has the children of both, and its tags in front', () => {
    const own = only(
      web,
      '- type: web',
      '  brooklyn.tags: [ new ]',
      '  children: [ { type: entity, name: more } ]',
    )
    expect(own.children.map(({ name }) => name)).toEqual(['below', 'more'])
    expect(own.tags).toEqual(['new', 'old'])
  })

  it('changes of a parameter what it states', () => {
    const own = only(web, '- type: web', '  brooklyn.parameters: [ { name: size, default: 5 } ]')
    expect(own.parameters.map(({ name }) => name)).toEqual(['greeting', 'size'])
    expect(own.parameters[1]).toMatchObject({ type: 'integer', default: { value: 5 } })
  })

  it('takes a parameter as a key of its own', () => {
    expect(only(web, '- type: web', '  greeting: hi').config).toMatchObject({ greeting: { value: 'hi' } })
  })

  it('is refused with a key that neither has, at its place', () => {
    const [found] = problemsOf(web, '- type: web', '  greting: hi')
    expect(found).toMatchObject({ code: 'BP1103', file: 'app.yaml', hint: 'did you mean "greeting"?' })
    expect(found?.range?.start).toEqual({ line: 4, column: 3 })
  })

  it('is told a mistake of the plan at the place of the plan', () => {
    const wrong = item('bad', '1.0.0', 'type: software', 'launch: [ 1 ]')
    const [found] = problemsOf(wrong, '- type: bad')
    expect(found).toMatchObject({ code: 'BP1102', file: 'items.bom', range: { start: { line: 6 } } })
  })

  it('may be of an item that is defined by another item', () => {
    const both = [...web, ...item('shop', '1.0.0', 'type: web', 'brooklyn.config: { a: 2 }')]
    expect(only(both, '- type: shop').config).toMatchObject({ a: { value: 2 }, b: { value: 1 } })
  })

  it('may be a member, and a child of a member', () => {
    const cluster = only(web, '- type: cluster', '  memberSpec: { $brooklyn:entitySpec: { type: web } }')
    expect(cluster.members?.spec).toMatchObject({ type: 'software', children: [{ name: 'below' }] })
  })

  it('may be of an application: its services are children', () => {
    const app = item('app', '1.0.0', 'services: [ { type: entity, name: a }, { type: entity, name: b } ]')
    expect(only(app, '- { type: entity, name: x, children: [ { type: app } ] }').children).toMatchObject([
      { type: 'application', children: [{ name: 'a' }, { name: 'b' }] },
    ])
  })

  it('may be of an item that wraps a type of its own name', () => {
    const name = 'org.apache.brooklyn.entity.nosql.redis.RedisStore'
    const redis = item(name, '1.0.0', `type: ${name}`, 'name: Redis')
    expect(only(redis, `- type: ${name}`)).toMatchObject({
      type: 'software',
      displayName: 'Redis',
    })
  })
})

describe('types that are defined by themselves', () => {
  it('are refused with the circle, once', () => {
    const { items } = read(
      'version: 1.0.0',
      'items:',
      '- { id: a, item: { type: group, children: [ { type: b } ] } }',
      '- { id: b, item: { type: group, children: [ { type: a } ] } }',
    )
    const found = problemsOf(items, '- type: a').filter((one) => one.code === 'BP1211')
    expect(found).toMatchObject([{ message: 'the type is defined by itself: a → b → a', file: 'items.bom' }])
  })

  it('are refused where they unfold to more than anybody can mean', () => {
    const lines = Array.from({ length: 8 }, (_, at) => {
      const below = Array.from({ length: 10 }, () => `{ type: t${at + 1} }`).join(', ')
      return `- { id: t${at}, item: { type: group, children: [ ${below} ] } }`
    })
    const { items } = read('version: 1.0.0', 'items:', ...lines, '- { id: t8, item: { type: entity } }')
    const [app] = problemsOf(items, '- type: t0').filter((one) => one.code === 'BP1001')
    expect(app?.message).toContain('its types unfold to more than')
  })
})

describe('an item by itself', () => {
  it.each([
    ['leaves to its users what they have to say', 'type: software', []],
    ['is refused for what it says wrongly', 'type: softwre', ['BP1205']],
  ])('%s', (_what, plan, codes) => {
    const items = item('a', '1.0.0', plan)
    const types = new Catalog(items).types()
    expect(items.flatMap((one) => checkItem(one, { types })).map((one) => one.code)).toEqual(codes)
  })

  it('may be a policy, whose settings are checked', () => {
    const { items } = read('id: p', 'item: { type: ServiceRestarter, setOnFire: true }')
    const adjuncts = new Catalog(items).adjuncts(shapes.adjuncts)
    const found = items.flatMap((one) => checkItem(one, { adjuncts: shapes.adjuncts, policyKinds: [] }))
    expect(found.map((one) => one.code).sort()).toEqual(['BP1103', 'BP1604'])
    expect(adjuncts.find('p')).toMatchObject({ name: 'p', kind: 'policy' })
  })
})

describe('a policy document as an item', () => {
  const gentle = read(
    'id: gentle',
    'version: 1.0',
    'itemType: policy',
    'item:',
    '  parameters: { high: 40 }',
    '  does: { type: autoscale, lower: 10, upper: "${high}" }',
  ).items

  it('is right by itself, and can be named with values for its parameters', () => {
    const [found] = gentle
    const adjuncts = new Catalog(gentle).adjuncts(shapes.adjuncts)
    expect(
      found === undefined ? [] : checkItem(found, { ...shapes, adjuncts, policyKinds: stockPolicies }),
    ).toEqual([])
    expect(adjuncts.find('gentle')).toMatchObject({ kind: 'policy', acts: true, keys: [{ name: 'high' }] })
    const text = 'name: App\nroles:\n  - { name: web, launch: run, policies: [{ type: gentle, high: 60 }] }\n'
    const result = compile(
      { main: { file: 'app.yaml', text }, files: {} },
      { adjuncts, policyKinds: stockPolicies },
    )
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const [policy] = result.spec.root.children[0]?.policies ?? []
    expect(policy).toMatchObject({ name: 'gentle', type: 'autoscale', config: { upper: { value: 60 } } })
  })

  it('is told what is wrong with it', () => {
    const [found] = read(
      'id: gentle',
      'version: 1.0',
      'itemType: policy',
      'item: { does: { type: autoscale, lower: 50, upper: 5 } }',
    ).items
    const problems = found === undefined ? [] : checkItem(found, { ...shapes, policyKinds: stockPolicies })
    expect(problems.map(({ code, file }) => [code, file])).toEqual([['BP1602', 'items.bom']])
  })
})
