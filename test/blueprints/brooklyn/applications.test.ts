import { describe, expect, it } from 'vitest'
import { type Lines, at, errorsOf, optionsWith, plainConfig, specOf, treeOf, warningsOf } from './support.js'

// What Brooklyn's tests of applications, of unwrapping and of names hold to, in words of our own.
const APP = 'org.apache.brooklyn.entity.stock.BasicApplication'
const ENTITY = 'org.apache.brooklyn.entity.stock.BasicEntity'

type Row = readonly [what: string, document: Lines, tree: string]

describe('services and children of one application', () => {
  it('may be of one type and have no names', () => {
    const lines = ['services: [{ type: entity }]', 'brooklyn.children: [{ type: entity }, { type: entity }]']
    expect(specOf(lines).root.children.map(({ name }) => name)).toEqual(['entity', 'entity-2', 'entity-3'])
  })
})

describe('what is left over of CAMP', () => {
  it.each([
    ['artifacts: []', 'services: [{ type: entity }]'],
    ['characteristics: []', 'services: [{ type: entity }]'],
  ])('is told to do nothing: %s', (...lines) => {
    expect(warningsOf(lines)).toEqual(['BP1241@1'])
  })

  it('is told of at a service too', () => {
    expect(warningsOf(['services:', '- type: entity', '  characteristics: []'])).toEqual(['BP1241@3'])
  })
})

describe('a document', () => {
  it.each<Row>([
    ['with one entity wraps it', ['services:', `- type: ${ENTITY}`], 'application "application" [entity]'],
    [
      'with an entity by its short name',
      ['services:', '- type: BasicEntity'],
      'application "application" [entity]',
    ],
    [
      'with an entity by its catalog name',
      ['services:', '- type: basic-entity'],
      'application "application" [entity]',
    ],
    [
      'with java: in front of a type',
      ['services:', `- type: java:${ENTITY}`],
      'application "application" [entity]',
    ],
    ['with serviceType', ['services:', `- serviceType: ${ENTITY}`], 'application "application" [entity]'],
    ['with service_type', ['services:', `- service_type: ${ENTITY}`], 'application "application" [entity]'],
    ['with a name has it', ['name: Shop', 'services:', '- type: entity'], 'application "Shop" [entity]'],
    [
      'with two applications wraps both',
      ['services:', `- type: ${APP}`, `- type: ${APP}`],
      'application "application" [application, application]',
    ],
    ['with one application is that', ['services:', `- type: ${APP}`], 'application "application"'],
    [
      'with a name and one application has the name',
      ['name: top', 'services:', `- type: ${APP}`],
      'application "top"',
    ],
    [
      'with a name has that before the one of its one application',
      ['name: top', 'services:', `- type: ${APP}`, '  name: below'],
      'application "top"',
    ],
    [
      'with a location and one application is that',
      ['location: here', 'services:', `- type: ${APP}`],
      'application "application"',
    ],
    [
      'with children in its one application keeps them',
      ['services:', `- type: ${APP}`, '  brooklyn.children:', '  - type: entity'],
      'application "application" [entity]',
    ],
    [
      'with a policy of its own wraps',
      [
        'brooklyn.policies:',
        '- type: org.apache.brooklyn.core.test.policy.TestPolicy',
        'services:',
        `- type: ${APP}`,
      ],
      'application "application" [application]',
    ],
    [
      'with an enricher of its own wraps',
      [
        'brooklyn.enrichers:',
        '- type: org.apache.brooklyn.enricher.stock.Joiner',
        '  enricher.sourceSensor: a',
        '  enricher.targetSensor: b',
        'services:',
        `- type: ${APP}`,
      ],
      'application "application" [application]',
    ],
    [
      'with an initializer of its own wraps',
      [
        'brooklyn.initializers:',
        '- type: static-sensor',
        '  brooklyn.config: { name: a, static.value: 1 }',
        'services:',
        `- type: ${APP}`,
      ],
      'application "application" [application]',
    ],
    [
      'with config of its own wraps',
      ['brooklyn.config: { a: 1 }', 'services:', `- type: ${APP}`],
      'application "application" [application]',
    ],
    [
      'with parameters of its own wraps',
      ['brooklyn.parameters: [a]', 'services:', `- type: ${APP}`],
      'application "application" [application]',
    ],
    [
      'with tags of its own wraps',
      ['brooklyn.tags: [a]', 'services:', `- type: ${APP}`],
      'application "application" [application]',
    ],
    [
      'with children beside its one application wraps',
      ['services:', `- type: ${APP}`, 'brooklyn.children:', '- type: entity'],
      'application "application" [application, entity]',
    ],
    [
      'with one entity that is no application never unwraps it',
      ['name: top', 'services:', `- type: ${ENTITY}`, '  name: below'],
      'application "top" [entity "below"]',
    ],
    [
      'with an application inside an entity keeps both',
      ['services:', '- type: entity', '  brooklyn.children:', `  - type: ${APP}`, '    name: inner'],
      'application "application" [entity [application "inner"]]',
    ],
  ])('%s', (_what, document, tree) => {
    expect(treeOf(specOf(document).root)).toBe(tree)
  })

  it.each<readonly [what: string, document: Lines, errors: Lines]>([
    ['whose services are a map', ['services: { type: entity }'], ['BP1102@1']],
    ['whose services are a text', ['services: entity'], ['BP1102@1']],
    ['whose service is a text', ['services: [entity]'], ['BP1102@1']],
    ['that is a list', ['- services'], ['BP1101@1']],
    ['that is a text', ['services'], ['BP1101@1']],
    ['with a service of a type that there is not', ['services:', '- type: not.there.Thing'], ['BP1205@2']],
    [
      'with wrappedApp, which says what is not ours to say',
      ['wrappedApp: true', 'services:', `- type: ${APP}`],
      ['BP1103@1'],
    ],
    ['without services', ['name: Shop', 'location: here'], ['BP1104@1']],
  ])('is told at its place: one %s', (_what, document, errors) => {
    expect(errorsOf(document)).toEqual(errors)
  })
})

describe('an application of a catalog', () => {
  const item = (...lines: Lines): Lines => [
    'brooklyn.catalog:',
    '  version: 1.0.0',
    '  itemType: entity',
    ...lines.map((line) => `  ${line}`),
  ]
  const simple = (...lines: Lines): Lines =>
    item('id: simple', 'name: of the catalog', 'item:', `  type: ${APP}`, ...lines)

  it.each<readonly [what: string, catalog: Lines, document: Lines, name: string]>([
    ['the name of the document first', simple(), ['name: top', 'services:', '- type: simple:1.0.0'], 'top'],
    [
      'the name of the service',
      simple(),
      ['services:', '- type: simple:1.0.0', '  name: of the service'],
      'of the service',
    ],
    [
      'the name in the plan of the item',
      simple('  name: of the plan'),
      ['services:', '- type: simple'],
      'of the plan',
    ],
    [
      'the name in the plan before that beside it',
      simple('  name: of the plan'),
      ['services:', '- type: simple:latest'],
      'of the plan',
    ],
    ['the name of the item', simple(), ['services:', '- type: simple:1.0.0'], 'of the catalog'],
    [
      'the name of the item by displayName',
      item('id: simple', 'displayName: shown', 'item:', `  type: ${APP}`),
      ['services: [{ type: simple }]'],
      'shown',
    ],
    [
      'the name of what is around the item',
      item('name: around', 'items:', '- id: app1', '  item:', `    type: ${APP}`),
      ['services: [{ type: app1 }]'],
      'around',
    ],
    [
      'the name of the item before that of what is around',
      item('name: around', 'items:', '- id: app1', '  name: own', '  item:', `    type: ${APP}`),
      ['services: [{ type: app1 }]'],
      'own',
    ],
    [
      'the name of the service before all in the catalog',
      item(
        'name: around',
        'items:',
        '- id: app1',
        '  name: own',
        '  item:',
        `    type: ${APP}`,
        '    name: planned',
      ),
      ['services: [{ type: app1, name: said }]'],
      'said',
    ],
  ])('has %s', (_what, catalog, document, name) => {
    expect(specOf(document, optionsWith(catalog)).root).toMatchObject({
      type: 'application',
      displayName: name,
    })
  })

  it('is not wrapped, whatever its plan has', () => {
    const catalog = simple(
      '  brooklyn.config: { a: 1 }',
      '  brooklyn.parameters: [b]',
      '  brooklyn.tags: [c]',
    )
    const { root } = specOf(['services: [{ type: simple }]'], optionsWith(catalog))
    expect(treeOf(root)).toBe('application "of the catalog"')
    expect(root.tags).toEqual(['c'])
    expect(root.parameters.map(({ name }) => name)).toEqual(['b'])
  })

  it('has the config of the item that it is of, its own before that', () => {
    const catalog = item(
      'items:',
      ...['- id: one', '  item:', `    type: ${APP}`, '    brooklyn.config: { a: first, b: first }'],
      ...['- id: two', '  item:', '    type: one', '    brooklyn.config: { a: second, c: second }'],
    )
    const { root } = specOf(['services: [{ type: two }]'], optionsWith(catalog))
    expect(plainConfig(root)).toEqual({ a: 'second', b: 'first', c: 'second' })
  })

  it('may be written beside brooklyn.catalog', () => {
    const catalog = [
      'brooklyn.catalog:',
      '  id: beside',
      '  version: 1.0.0',
      'services:',
      `- type: ${ENTITY}`,
    ]
    expect(
      treeOf(at(specOf(['services: [{ type: beside }, { type: entity }]'], optionsWith(catalog)), 0)),
    ).toBe('entity')
  })

  it.each<readonly [what: string, parameters: Lines, document: Lines, config: object]>([
    [
      'the default of a parameter',
      ['  brooklyn.parameters: [{ name: size, type: integer, default: 3 }]'],
      ['services:', '- type: simple'],
      { size: 3 },
    ],
    [
      'a value of the service',
      ['  brooklyn.parameters: [{ name: size, type: integer, default: 3 }]'],
      ['services:', '- type: simple', '  brooklyn.config: { size: 4 }'],
      { size: 4 },
    ],
    [
      'a value at the service itself',
      ['  brooklyn.parameters: [{ name: size, type: integer, default: 3 }]'],
      ['services:', '- type: simple', '  size: 4'],
      { size: 4 },
    ],
    [
      'a value of the plan',
      [
        '  brooklyn.parameters: [{ name: size, type: integer, default: 3 }]',
        '  brooklyn.config: { size: 5 }',
      ],
      ['services:', '- type: simple'],
      { size: 5 },
    ],
    [
      'a default that the service redeclares',
      ['  brooklyn.parameters: [{ name: size, type: integer, default: 3 }]'],
      ['services:', '- type: simple', '  brooklyn.parameters: [{ name: size, default: 6 }]'],
      { size: 6 },
    ],
  ])('that is unwrapped keeps its parameters: %s', (_what, plan, document, config) => {
    expect(plainConfig(specOf(document, optionsWith(simple(...plan))).root)).toEqual(config)
  })

  it('keeps parameters of the document beside its own', () => {
    const catalog = simple('  brooklyn.parameters: [own]')
    const spec = specOf(
      ['services:', '- type: simple', '  brooklyn.parameters: [more]'],
      optionsWith(catalog),
    )
    expect(spec.root.parameters.map(({ name }) => name).sort()).toEqual(['more', 'own'])
  })
})
