import { afterEach, describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import type { ApplicationSpec, Json } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../../support/engine-harness.js'
import { shapeOptions } from '../../support/shapes.js'

let bench: EngineHarness
afterEach(() => bench.close())

/** A document of Brooklyn's, with the warnings that it must not give. */
function specOf(text: string): ApplicationSpec {
  const result = compile(
    { main: { file: 'shop.yaml', text }, files: {} },
    { ...shapeOptions(), policyKinds: stockKinds, locations: ['sim'] },
  )
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result, null, 1))
  expect(result.problems.map(({ code }) => code)).not.toContain('BP1604')
  return result.spec
}

async function run(text: string, options: HarnessOptions = {}): Promise<void> {
  bench = await EngineHarness.open({ policyKinds: stockKinds, ...options })
  await bench.deploy(specOf(text), 60_000)
}

function sensor(path: string, name: string): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

const WEBS = `
name: shop
location: sim
services:
- type: cluster
  id: web
  cluster.initial.size: 2
  memberSpec:
    $brooklyn:entitySpec:
      type: server
      sensors:
        requests: { metric: requests }
      brooklyn.initializers:
      - { type: static-sensor, name: url, static.value: 'http://web/' }
      brooklyn.enrichers:
      - type: YamlTimeWeightedDeltaEnricher
        sourceSensor: requests
        targetSensor: requests.rate
  brooklyn.enrichers:
  - type: org.apache.brooklyn.enricher.stock.Aggregator
    enricher.sourceSensor: $brooklyn:sensor("url")
    enricher.targetSensor: $brooklyn:sensor("urls")
    enricher.aggregating.fromMembers: true
  - type: Joiner
    sourceSensor: urls
    targetSensor: urls.text
    quote: false
  - type: Aggregator
    brooklyn.config:
      enricher.sourceSensor: service.isUp
      enricher.targetSensor: quorate
      enricher.aggregating.fromMembers: true
      enricher.transformation: isQuorate
- type: entity
  id: front
  brooklyn.enrichers:
  - type: Propagator
    producer: $brooklyn:entity("web")
    sensorMapping: { urls.text: backends.text }
  - type: Transformer
    sourceSensor: $brooklyn:sensor("backends.text")
    targetSensor: $brooklyn:sensor("shown")
    targetValue: $brooklyn:formatString("[%s]", $brooklyn:attributeWhenReady("backends.text"))
`

describe('enrichers', () => {
  it('feed each other from the members to another entity, and follow the members', async () => {
    await run(WEBS)
    expect(sensor('web', 'urls')).toEqual(['http://web/', 'http://web/'])
    expect(sensor('web', 'quorate')).toBe(true)
    expect(sensor('front', 'shown')).toBe('[http://web/,http://web/]')
    accepted(await bench.engine.scale('shop', 'web', 3, by))
    await bench.settle(60_000)
    expect(sensor('front', 'shown')).toBe('[http://web/,http://web/,http://web/]')
    accepted(await bench.engine.scale('shop', 'web', 1, by))
    await bench.settle(60_000)
    expect(sensor('front', 'shown')).toBe('[http://web/]')
  })

  it('give the same values again after a restart', async () => {
    await run(WEBS)
    await bench.restart()
    await bench.settle(60_000)
    expect(sensor('front', 'shown')).toBe('[http://web/,http://web/]')
    expect(sensor('web', 'quorate')).toBe(true)
  })

  it('tell the rate of what a place measures', async () => {
    await run(WEBS, { place: { loads: { web: { requests: { kind: 'constant', value: 80 } } } } })
    expect(sensor('web/1', 'requests.rate')).toBe(0)
  })

  it('tell that a service has failed and that it is well again', async () => {
    await run(`
name: shop
location: sim
services:
- type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess
  id: one
  launch.command: run
  brooklyn.enrichers:
  - type: org.apache.brooklyn.policy.ha.ServiceFailureDetector
  brooklyn.policies:
  - { type: restart, backoff: { initial: 5s } }
`)
    expect(sensor('one', 'ha.entityFailed')).toBeUndefined()
    await bench.place().crash(bench.token('one'))
    await bench.settle(60_000)
    expect(sensor('one', 'ha.entityFailed')).toMatchObject({ component: 'one' })
    expect(sensor('one', 'ha.entityRecovered')).toMatchObject({ component: 'one' })
  })

  it('that feed themselves are suspended, and nothing else is', async () => {
    await run(`
name: shop
location: sim
services:
- type: entity
  id: loop
  sensors: { seed: { value: 1 } }
  brooklyn.enrichers:
  - { type: Propagator, sensorMapping: { seed: a } }
  - { type: Propagator, sensorMapping: { a: b } }
  - { type: Propagator, sensorMapping: { b: a } }
  - { type: Propagator, sensorMapping: { seed: c } }
`)
    expect(sensor('loop', 'c')).toBe(1)
    const held = accepted(bench.engine.decisions(ann, 'shop')).filter(({ rule }) => rule === 'policy-fault')
    expect(held.map(({ reason }) => reason).join()).toContain('comes back to it')
  })
})
