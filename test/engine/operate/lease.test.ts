import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ann, by, EngineHarness } from '../../support/engine-harness.js'
import { application, service } from '../../support/specs.js'

const HOUR = 3_600_000

describe('the lease of an application', () => {
  let bench: EngineHarness
  let begun: number

  beforeEach(async () => {
    bench = await EngineHarness.open()
    begun = bench.clock.now()
    await bench.deploy(leased())
  })
  afterEach(async () => {
    await bench.close()
  })

  it('ends so long after its creation, and is listed from then on, and nothing is done to it', async () => {
    expect(bench.shop).toMatchObject({ leaseEndsAt: begun + HOUR })
    expect(await bench.engine.orphans(ann)).toEqual([])
    await bench.settle(HOUR)
    expect(await bench.engine.orphans(ann)).toEqual([
      {
        why: 'lease-ended',
        kind: 'application',
        location: '',
        name: 'shop',
        token: 'shop',
        application: 'shop',
        entity: '',
        seen: 0,
        since: begun + HOUR,
      },
    ])
    expect(await bench.engine.collectOrphans(ann)).toEqual([])
    expect(bench.shop).toMatchObject({ state: 'running', leaseEndsAt: begun + HOUR })
  })

  it('begins anew with an update of the document, be it the same one, and with nothing else', async () => {
    await bench.after(bench.engine.stop('shop', by), HOUR)
    expect(await bench.engine.orphans(ann)).toHaveLength(1)
    const renewed = bench.clock.now()
    await bench.after(bench.engine.update('shop', leased(), by))
    expect(bench.shop).toMatchObject({ leaseEndsAt: renewed + HOUR })
    expect(await bench.engine.orphans(ann)).toEqual([])
  })

  it('is kept through a restart of the engine', async () => {
    await bench.settle(HOUR / 2)
    const renewed = bench.clock.now()
    await bench.after(bench.engine.update('shop', leased(), by))
    await bench.restart()
    expect(bench.shop).toMatchObject({ leaseEndsAt: renewed + HOUR })
  })

  it('is no concern of other tenants, nor of one that is being removed or has none', async () => {
    await bench.settle(HOUR)
    expect(await bench.engine.orphans({ ...ann, tenant: 'others' })).toEqual([])
    await bench.after(bench.engine.update('shop', application([web()]), by))
    expect(bench.shop).not.toHaveProperty('leaseEndsAt')
    expect(await bench.engine.orphans(ann)).toEqual([])
    await bench.after(bench.engine.update('shop', leased(0), by))
    expect(await bench.engine.orphans(ann)).toHaveLength(1)
    bench.place().arm({ verbs: ['destroy'], effect: 'refuse', cause: 'internal', times: 1_000 })
    await bench.after(bench.engine.remove('shop', by))
    expect((await bench.engine.orphans(ann)).filter(({ why }) => why === 'lease-ended')).toEqual([])
  })
})

function web() {
  return service('web')
}

function leased(lease = HOUR) {
  return application([web()], { settings: { lease } })
}
