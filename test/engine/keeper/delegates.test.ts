import { afterEach, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { EngineHarness, accepted, ann } from '../../support/engine-harness.js'
import { shapeOptions } from '../../support/shapes.js'

let bench: EngineHarness
afterEach(() => bench.close())

it.each(['AsyncApplication', 'org.apache.brooklyn.entity.stock.AsyncApplication'])(
  'an entity stands for another one, in an %s',
  async (type) => {
    const text = `
services:
- type: ${type}
  name: all
  location: sim
  brooklyn.children:
  - { type: machine, id: db }
  - { type: DelegateEntity, name: stand-in, delegateEntity: $brooklyn:component("db") }
`
    const options = { ...shapeOptions(), locations: ['sim'], deploying: true }
    const result = compile({ main: { file: 'shop.yaml', text }, files: {} }, options)
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result, null, 1))
    expect(result.problems).toEqual([])
    bench = await EngineHarness.open()
    await bench.deploy(result.spec)
    const sensors = accepted(bench.engine.sensors(ann, 'shop', 'stand-in'))
    expect(sensors).toContainEqual(expect.objectContaining({ name: 'delegate.entity', value: 'db' }))
    expect(bench.shop.state).toBe('running')
  },
)
