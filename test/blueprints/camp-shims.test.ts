import { afterEach, describe, expect, it } from 'vitest'
import { chainAdjuncts, listedAdjuncts, listedTypes } from '../../blueprints/index.js'
import type { ApplicationSpec, Json } from '../../engine/index.js'
import { campShims } from '../support/camp-shims.js'
import { EngineHarness, accepted, ann } from '../support/engine-harness.js'
import { shapeOptions } from '../support/shapes.js'
import { compileText } from './support/documents.js'

let bench: EngineHarness | undefined
afterEach(async () => {
  await bench?.close()
  bench = undefined
})

const shims = campShims()

function compiled(...services: readonly string[]): ApplicationSpec {
  const text = ['name: shop', 'location: sim', 'services:', ...services, ''].join('\n')
  const shapes = shapeOptions()
  const result = compileText(text, {
    locations: ['sim'],
    types: listedTypes(shims.types),
    adjuncts: chainAdjuncts(shapes.adjuncts, listedAdjuncts(shims.adjuncts)),
  })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec
}

function value({ engine }: EngineHarness, path: string, name: string): Json | undefined {
  return accepted(engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

describe("the types of Brooklyn's own tests", () => {
  it('are read without a problem', () => {
    expect(shims.problems).toEqual([])
  })

  it('can be deployed, and show what their config says', async () => {
    const harness = await EngineHarness.open()
    bench = harness
    await harness.deploy(
      compiled(
        '- { type: org.apache.brooklyn.core.test.entity.TestEntity, id: one, brooklyn.config: { test.confName: me } }',
        '- { type: org.apache.brooklyn.core.test.entity.TestApplication, id: two, brooklyn.policies: [{ type: org.apache.brooklyn.core.test.policy.TestPolicy }], brooklyn.enrichers: [{ type: org.apache.brooklyn.core.test.TestEnricher }] }',
        '- { type: entity, id: three, config: { from: $brooklyn:component("one").attributeWhenReady("main.uri") } }',
      ),
    )
    expect(harness.shop.state).toBe('running')
    expect([value(harness, 'one', 'test.name'), value(harness, 'one', 'ip')]).toEqual(['me', '127.0.0.1'])
    expect(harness.entity('three').config['from']).toBe('http://127.0.0.1:8080/')
  })
})
