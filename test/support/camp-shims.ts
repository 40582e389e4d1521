import { type ReadShapes, readShapes } from '../../blueprints/index.js'

/**
 * Types that only Brooklyn's own tests define, as far as its blueprints name them. The entities can be deployed: nothing runs for
 * them, and their sensors say what Brooklyn's tests usually set.
 */
const TEXT = `
entities:
  TestEntity:
    java: org.apache.brooklyn.core.test.entity.TestEntity
    form: group
    implementation:
      type: entity
      sensors:
        ip: { value: 127.0.0.1 }
        url: { value: http://127.0.0.1:8080/ }
        endpoint: { value: http://127.0.0.1:8080/ }
        urls.tcp.string: { value: tcp://127.0.0.1:8080 }
        test.sequence: { value: 0 }
        test.name: { value: $brooklyn:config("test.confName") }
    keys:
      test.confName: { type: string, flags: [confName] }
      test.confObject: any
      test.confMapThing: { type: map, flags: [mapThing] }
  TestApplication:
    java: org.apache.brooklyn.core.test.entity.TestApplication
    form: group
    application: true
    implementation: { type: group }
  TestCluster:
    java: org.apache.brooklyn.core.test.entity.TestCluster
    form: group
    implementation: { type: group }
  ReferencingYamlTestEntity:
    java: org.apache.brooklyn.camp.brooklyn.ReferencingYamlTestEntity
    form: group
    implementation: { type: entity }
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
    implementation: { type: entity }
    keys: { test.entity: entity }
  ExampleEntity:
    java: org.apache.brooklyn.cli.CliTest$ExampleEntity
    form: group
    implementation: { type: entity }
  ItemFromTest:
    java: item-from-test
    form: group
    implementation:
      type: entity
      sensors:
        ha.primary.weight: { value: $brooklyn:config("ha.primary.weight") }
    keys: { ha.primary.weight: number }
policies:
  TestPolicy:
    java: org.apache.brooklyn.core.test.policy.TestPolicy
    open: true
enrichers:
  TestEnricher:
    java: org.apache.brooklyn.core.test.TestEnricher
    open: true
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
