import { type ReadShapes, readShapes } from '../../blueprints/index.js'

/**
 * Types that only Brooklyn's own tests define, as far as its blueprints name them: what they take and show, and nothing
 * that makes them.
 */
const TEXT = `
entities:
  TestEntity:
    java: org.apache.brooklyn.core.test.entity.TestEntity
    form: group
    sensors: [service.isUp, ip, url, main.uri, urls.tcp.string]
    effectors: [start, stop, restart, myEffector]
    keys:
      test.confName: { type: string, flags: [confName] }
      test.confObject: any
      test.confMapThing: { type: map, flags: [mapThing] }
  ReferencingYamlTestEntity:
    java: org.apache.brooklyn.camp.brooklyn.ReferencingYamlTestEntity
    form: group
    keys:
      test.reference.root: entity
      test.reference.scope_root: entity
      test.reference.app: entity
      test.reference.entity1: entity
      test.reference.entity1a: entity
      test.reference.entity2: entity
      test.reference.child1: entity
      test.reference.child2: entity
      test.reference.grandchild1: entity
      test.reference.grandchild2: entity
      test.reference.bogus: entity
  TestEntityWithInitConfig:
    java: org.apache.brooklyn.camp.brooklyn.TestEntityWithInitConfig
    form: group
    keys: { test.entity: entity }
  ExampleEntity:
    java: org.apache.brooklyn.cli.CliTest$ExampleEntity
    form: group
  ItemFromTest:
    java: item-from-test
    form: group
    sensors: [service.isUp, service.state]
    effectors: [start, stop, restart, promote, demote]
    keys: { ha.primary.weight: number }
policies:
  TestPolicy:
    java: org.apache.brooklyn.core.test.policy.TestPolicy
    open: true
enrichers:
  TestReferencingEnricher:
    java: org.apache.brooklyn.camp.brooklyn.TestReferencingEnricher
    keys:
      test.reference.app: entity
      test.reference.entity1: entity
      test.reference.entity2: entity
      test.reference.child1: entity
      test.reference.child2: entity
      test.reference.grandchild1: entity
      test.reference.grandchild2: entity
`

/** What Brooklyn's own tests add to its types. */
export function campShims(): ReadShapes {
  return readShapes([{ file: 'camp-shims.yaml', text: TEXT }])
}
