import { afterEach, expect, it } from 'vitest'
import { EngineHarness, ann, by } from '../../support/engine-harness.js'
import { application, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

it('records one of two applications of one name that are deployed at the same moment', async () => {
  bench = await EngineHarness.open()
  const shop = application([service('db')])
  const [first, second] = await Promise.all([bench.engine.deploy(shop, by), bench.engine.deploy(shop, by)])
  expect([first.kind, second.kind]).toEqual(['accepted', 'conflict'])
  expect(second).toMatchObject({ reason: 'an application named shop exists already' })
  expect(bench.engine.applications(ann)).toHaveLength(1)
})
