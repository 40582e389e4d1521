import { describe, expect, it } from 'vitest'
import { compile, isCatalogText } from '../../blueprints/index.js'
import type { ApplicationSpec, EntitySpec, JsonObject } from '../../engine/index.js'
import { stockKinds } from '../../policies/index.js'
import { corpusFiles, corpusIsThere, corpusOptions, corpusText } from '../support/camp-corpus.js'
import { EngineHarness, accepted, ann } from '../support/engine-harness.js'

/** What runs on the simulated place: sensors with their values that each entity must reach, by its path. */
const RUNNING: { readonly [file: string]: { readonly [path: string]: JsonObject } } = {
  'brooklyn-docs/guide/blueprints/example_yaml/cluster-vm.yaml': {
    '': { 'service.isUp': true },
    role: { 'service.isUp': true, 'members.count': 5, 'members.up': 5 },
    'role/1': { 'service.isUp': true },
    'role/2': { 'service.isUp': true },
    'role/3': { 'service.isUp': true },
    'role/4': { 'service.isUp': true },
    'role/5': { 'service.isUp': true },
  },
  'brooklyn-docs/guide/blueprints/example_yaml/entity-config-override-app.yaml': {
    '': { 'service.isUp': true },
    software: { 'service.isUp': true },
  },
  'brooklyn-docs/guide/blueprints/example_yaml/simple-vm.camp.yaml': {
    '': { 'service.isUp': true },
    vm: { 'service.isUp': true },
  },
  'brooklyn-docs/guide/blueprints/example_yaml/test-app-with-enrichers-slightly-simpler.yaml': {
    '': { 'service.isUp': true },
    cluster: { 'service.isUp': true, 'members.count': 3, 'members.up': 3 },
    'cluster/1': { 'service.isUp': true, ip: '127.0.0.1', 'test.sequence': 0, url: 'http://127.0.0.1/' },
    'cluster/2': { 'service.isUp': true, ip: '127.0.0.1', 'test.sequence': 0, url: 'http://127.0.0.1/' },
    'cluster/3': { 'service.isUp': true, ip: '127.0.0.1', 'test.sequence': 0, url: 'http://127.0.0.1/' },
  },
  'brooklyn-docs/guide/blueprints/example_yaml/vanilla-bash-netcat-more-commands.yaml': {
    '': { 'service.isUp': true },
    'simple-netcat-server': { 'service.isUp': true },
  },
  'brooklyn-library/qa/src/test/resources/test-app-with-enrichers-slightly-simpler.yaml': {
    '': { 'service.isUp': true },
    cluster: { 'service.isUp': true, 'members.count': 3, 'members.up': 3 },
    'cluster/1': { 'service.isUp': true, ip: '127.0.0.1', 'test.sequence': 0, url: 'http://127.0.0.1/' },
    'cluster/2': { 'service.isUp': true, ip: '127.0.0.1', 'test.sequence': 0, url: 'http://127.0.0.1/' },
    'cluster/3': { 'service.isUp': true, ip: '127.0.0.1', 'test.sequence': 0, url: 'http://127.0.0.1/' },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/org/apache/brooklyn/camp/brooklyn/config-nested-test.yaml':
    { '': { 'service.isUp': true }, entity: { 'service.isUp': true, sensor: 'val' } },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/same-server-entity-test.yaml': {
    '': { 'service.isUp': true },
    entities: { 'service.isUp': true },
    'entities/a': { 'service.isUp': true },
    'entities/b': { 'service.isUp': true },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-app-with-policy.yaml': {
    '': { 'service.isUp': true },
    testentity: { 'service.isUp': true },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-cluster-with-member-spec.yaml': {
    '': { 'service.isUp': true },
    'test-entity-cluster': { 'service.isUp': true, 'members.count': 2, 'members.up': 2 },
    'test-entity-cluster/1': {
      'service.isUp': true,
      ip: '127.0.0.1',
      url: 'http://127.0.0.1:8080/',
      'test.sequence': 0,
      'test.name': 'yamlTest',
    },
    'test-entity-cluster/2': {
      'service.isUp': true,
      ip: '127.0.0.1',
      url: 'http://127.0.0.1:8080/',
      'test.sequence': 0,
      'test.name': 'yamlTest',
    },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-entity-basic-template.yaml': {
    '': { 'service.isUp': true },
    testentity: { 'service.isUp': true, ip: '127.0.0.1', url: 'http://127.0.0.1:8080/', 'test.sequence': 0 },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-entity-reference-map-template.yaml': {
    '': { 'service.isUp': true },
    one: { 'service.isUp': true },
    two: { 'service.isUp': true },
    testentity: { 'service.isUp': true, ip: '127.0.0.1', url: 'http://127.0.0.1:8080/', 'test.sequence': 0 },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-entity-with-init-config.yaml': {
    '': { 'service.isUp': true },
    te1: { 'service.isUp': true, ip: '127.0.0.1', url: 'http://127.0.0.1:8080/', 'test.sequence': 0 },
    'testentity-with-init-config': { 'service.isUp': true },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-propagating-enricher.yaml': {
    '': {
      'service.isUp': true,
      ip: '127.0.0.1',
      url: 'http://127.0.0.1:8080/',
      'test.sequence': 0,
      'test.name': 'Name from YAML',
    },
    te1: {
      'service.isUp': true,
      ip: '127.0.0.1',
      url: 'http://127.0.0.1:8080/',
      'test.sequence': 0,
      'test.name': 'Name from YAML',
    },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-referencing-enrichers.yaml': {
    '': { 'service.isUp': true },
    e1: { 'service.isUp': true },
    'e1/c1': { 'service.isUp': true },
    'e1/c1/gc1': { 'service.isUp': true },
    'e1/c1/gc2': { 'service.isUp': true },
    'e1/c2': { 'service.isUp': true },
    e2: { 'service.isUp': true },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/test-referencing-entities.yaml': {
    '': { 'service.isUp': true },
    e1: { 'service.isUp': true },
    'e1/c1': { 'service.isUp': true },
    'e1/c1/gc1': { 'service.isUp': true },
    'e1/c1/gc2': { 'service.isUp': true },
    'e1/c2': { 'service.isUp': true },
    e2: { 'service.isUp': true },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/yaml-ref-app-just-one-name.yaml': {
    '': { 'service.isUp': true },
  },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/yaml-ref-app.yaml': { '': { 'service.isUp': true } },
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/yaml-ref-entity.yaml': {
    '': { 'service.isUp': true },
    service: { 'service.isUp': true },
  },
  'brooklyn-server/launcher/src/test/resources/basic-empy-app-blueprint.yaml': {
    '': { 'service.isUp': true },
  },
  'brooklyn-server/launcher/src/test/resources/nginx.yaml': {
    '': { 'service.isUp': true },
    software: { 'service.isUp': true },
  },
  'brooklyn-server/launcher/src/test/resources/vanilla-software-blueprint.yaml': {
    '': { 'service.isUp': true },
    date1: { 'service.isUp': true },
  },
  'brooklyn-server/policy/src/test/resources/org/apache/brooklyn/policy/failover/elect-primary-propagate-test.yaml':
    {
      '': { 'service.isUp': true },
      a: { 'service.isUp': true },
      b: { 'service.isUp': true, 'ha.primary.weight': 1 },
    },
  'brooklyn-server/policy/src/test/resources/org/apache/brooklyn/policy/failover/elect-primary-selection-mode-test.yaml':
    {
      '': { 'service.isUp': true },
      a: { 'service.isUp': true, 'ha.primary.weight': 1 },
      b: { 'service.isUp': true },
    },
  'brooklyn-server/policy/src/test/resources/org/apache/brooklyn/policy/failover/elect-primary-simple-test.yaml':
    { '': { 'service.isUp': true }, a: { 'service.isUp': true }, b: { 'service.isUp': true } },
  'brooklyn-server/server-cli/src/test/resources/example-app-entity-location.yaml': {
    '': { 'service.isUp': true },
    'example-app': { 'service.isUp': true },
  },
  'brooklyn-server/server-cli/src/test/resources/example-app-no-location.yaml': {
    '': { 'service.isUp': true },
    'example-app': { 'service.isUp': true },
  },
}

/** What is software that answers for itself, which nothing simulated does; it is tried in containers and on this host. */
const ASKED: readonly string[] = [
  'brooklyn-docs/guide/blueprints/example_yaml/appserver-w-db-other-flavor.yaml',
  'brooklyn-docs/guide/blueprints/example_yaml/vanilla-bash-netcat-file.yaml',
  'brooklyn-docs/guide/blueprints/example_yaml/vanilla-bash-netcat-port.yaml',
  'brooklyn-docs/guide/blueprints/example_yaml/vanilla-bash-netcat.yaml',
  'brooklyn-docs/guide/blueprints/workflow/examples/ansible-bash/example-ansible-and-bash.yaml',
  'brooklyn-docs/guide/ops/gui/_my-web-cluster2.yaml',
  'brooklyn-docs/guide/start/_my-web-cluster.yaml',
  'brooklyn-library/qa/src/test/resources/java-web-app-and-db-with-function.yaml',
  'brooklyn-library/qa/src/test/resources/java-web-app-and-db-with-policy.yaml',
  'brooklyn-library/qa/src/test/resources/java-web-app-simple.yaml',
  'brooklyn-library/qa/src/test/resources/test-tomcat-cluster.yaml',
  'brooklyn-library/software/webapp/src/test/resources/org/apache/brooklyn/entity/webapp/nodejs/nodejs-hello-world.yaml',
  'brooklyn-server/camp/camp-brooklyn/src/test/resources/java-web-app-and-db-with-function-2.yaml',
  'brooklyn-server/launcher/src/test/resources/java-web-app-and-db-with-function.yaml',
  'brooklyn-server/launcher/src/test/resources/postgres-gce-blueprint.yaml',
  'brooklyn-server/launcher/src/test/resources/vanilla-software-with-child-blueprint.yaml',
  'brooklyn-server/launcher/src/test/resources/web.yaml',
]

/** The same entity, wherever its place is: all are at the simulated one. */
function simulated(spec: EntitySpec, locations: readonly string[] = []): EntitySpec {
  const { members } = spec
  return {
    ...spec,
    placement: { locations, zones: [] },
    children: spec.children.map((child) => simulated(child)),
    ...(members === undefined ? {} : { members: { ...members, spec: simulated(members.spec) } }),
  }
}

/** The spec of a file that can be deployed; files that it names are empty. Undefined for one that cannot be. */
function deployable(file: string): ApplicationSpec | undefined {
  const text = corpusText(file)
  if (isCatalogText(text)) return undefined
  const options = { ...corpusOptions(), deploying: true }
  const first = compile({ main: { file, text }, files: {} }, options)
  const files = first.kind === 'missing' ? Object.fromEntries(first.files.map((path) => [path, ''])) : {}
  const result = first.kind === 'missing' ? compile({ main: { file, text }, files }, options) : first
  if (result.kind !== 'compiled') return undefined
  const { root, ...rest } = result.spec
  return { ...rest, name: 'shop', root: simulated(root, ['sim']) }
}

const title = corpusIsThere
  ? 'blueprints of the corpus, deployed on the simulated place'
  : 'blueprints of the corpus, deployed (skipped: no corpus beside the checkout)'

describe.skipIf(!corpusIsThere)(title, () => {
  it.each(Object.entries(RUNNING))('%s reaches what it is for', async (file, sensors) => {
    const spec = deployable(file)
    if (spec === undefined) throw new Error(`${file} cannot be deployed`)
    const bench = await EngineHarness.open({ policyKinds: stockKinds })
    await bench.deploy(spec, 70_000)
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
    for (const [path, values] of Object.entries(sensors)) {
      const known = accepted(bench.engine.sensors(ann, 'shop', path)).map(({ name, value }) => [name, value])
      expect(Object.fromEntries(known)).toMatchObject(values)
    }
    await bench.close()
  })

  it('are all that can be deployed', () => {
    const all = corpusFiles().filter((file) => deployable(file) !== undefined)
    expect(all.sort()).toEqual([...Object.keys(RUNNING), ...ASKED].sort())
  }, 180_000)
})
