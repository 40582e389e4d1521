import { describe, expect, it } from 'vitest'
import type { EntitySpec } from '../../engine/index.js'
import { shapeOptions } from '../support/shapes.js'
import { compileText, problemsOf, services } from './support/documents.js'

const options = shapeOptions()

function entities(...lines: readonly string[]): readonly EntitySpec[] {
  const result = compileText(services(...lines), options)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children
}

function first(...lines: readonly string[]): EntitySpec {
  return entities(...lines)[0]!
}

const CONTROLLER = 'controlleddynamicwebappcluster.controller'

describe('a controlled cluster of application servers', () => {
  it('has Tomcat servers as members and an nginx as a child, where nothing else is said', () => {
    const shop = first('- type: ControlledDynamicWebAppCluster', '  cluster.initial.size: 2')
    expect(shop.members).toMatchObject({ initial: 2, spec: { machine: { ports: [{ name: 'http' }] } } })
    expect(shop.children).toMatchObject([{ name: 'controller', balance: { by: 'software' } }])
    expect(shop.config[CONTROLLER]).toEqual({ kind: 'entity-id', of: { scope: 'child', id: 'controller' } })
  })

  it.each([
    ['in its config', '  brooklyn.config:', '    controlleddynamicwebappcluster.controllerSpec:'],
    ['by its short name', '  controllerSpec:', '   '],
  ])('has the controller that is named %s', (_where, ...lines) => {
    const spec = [
      '      $brooklyn:entitySpec:',
      '        type: org.apache.brooklyn.entity.proxy.nginx.NginxController',
      '        id: door',
      '        brooklyn.config: { proxy.http.port: 9090 }',
    ]
    const shop = first('- type: ControlledDynamicWebAppCluster', ...lines, ...spec)
    expect(shop.children).toMatchObject([{ id: 'door', config: { 'proxy.http.port': { value: 9090 } } }])
    expect(shop.config[CONTROLLER]).toMatchObject({ of: { id: 'door' } })
  })

  it('has no controller of its own where it names one', () => {
    const [shop, door] = entities(
      '- type: ControlledDynamicWebAppCluster',
      '  id: pool',
      '  controller: $brooklyn:component("door")',
      '- type: NginxController',
      '  id: door',
      '  serverPool: $brooklyn:component("pool")',
    )
    expect(shop?.children).toEqual([])
    expect(shop?.config[CONTROLLER]).toMatchObject({ of: { id: 'door' } })
    expect(door?.balance?.of).toMatchObject({ scope: 'value' })
  })

  it('hands its wars and its Java settings to its members', () => {
    const shop = first(
      '- type: ControlledDynamicWebAppCluster',
      '  war: http://example.com/shop.war',
      '  javaSysProps: { a: 1 }',
      '  memberSpec: { type: TomcatServer, javaOpts: [-Xmx64m] }',
    )
    expect(shop.config).toMatchObject({ 'wars.root': { value: 'http://example.com/shop.war' } })
    expect(shop.members?.spec.config).toMatchObject({ 'java.opts': {} })
  })

  it('can be a member itself, with a controller each', () => {
    const fabric = first(
      '- type: cluster',
      '  initialSize: 2',
      '  memberSpec: { type: ControlledDynamicWebAppCluster, cluster.initial.size: 3 }',
    )
    expect(fabric.members?.spec).toMatchObject({
      members: { initial: 3 },
      children: [{ name: 'controller' }],
      config: { [CONTROLLER]: { kind: 'entity-id' } },
    })
  })

  it.each([
    ['itself by default', '- type: ControlledDynamicWebAppCluster'],
    ['nobody', '- type: NginxController'],
  ])('is deployed without a warning: one that balances over %s', (_what, line) => {
    expect(problemsOf(services(line), options)).toEqual([])
  })
})

describe('an nginx', () => {
  it('is refused a pool that nothing is', () => {
    const text = services('- type: NginxController', '  serverPool: $brooklyn:component("nobody")')
    expect(problemsOf(text, options).map(({ code }) => code)).toContain('BP1203')
  })

  it('is refused a pool that listens on nothing', () => {
    const pool = ['- type: NginxController', '  serverPool: $brooklyn:component("db")']
    const text = services(...pool, '- { type: cluster, id: db, memberSpec: { type: software, launch: x } }')
    expect(problemsOf(text, options).map(({ code }) => code)).toContain('BP1209')
  })
})

it.each(['TomcatServer', 'Jetty6Server'])(
  'a %s is told what it has to serve when that is fetched, and not when it is launched',
  (type) => {
    const { software, effectors } = first(`- type: ${type}`)
    const again = effectors.find(({ name }) => name === 'redeployAll')
    expect(again?.environment?.['WARS_BY_CONTEXT']).toMatchObject({ kind: 'template' })
    expect(software?.phases.customize?.environment).toEqual(again?.environment)
    expect(Object.keys(software?.environment ?? {})).not.toContain('WARS_BY_CONTEXT')
  },
)

it.each(['NodeJsWebAppService', 'JBoss7Server', 'machine'])(
  'a cluster of members that nothing is deployed at is fine: %s',
  (type) => {
    const text = services('- type: DynamicWebAppCluster', `  memberSpec: { type: ${type} }`)
    const severe = problemsOf(text, options).filter(({ severity }) => severity === 'error')
    expect(severe).toEqual([])
  },
)
