import { afterEach, expect, it } from 'vitest'
import type { LocationFactory, LocationRecord } from '../../../engine/index.js'
import { EngineHarness, TEST_SEAL, accepted, by } from '../../support/engine-harness.js'
import { simulatedLocations } from '../../../locations/simulated/index.js'
import { SeededRandom } from '../../support/seeded-random.js'
import { VirtualClock } from '../../support/virtual-clock.js'

let bench: EngineHarness
afterEach(() => bench.close())

it('opens the secrets of a place for its driver, and shows and stores them sealed', async () => {
  const opened: LocationRecord[] = []
  const simulated = simulatedLocations({ clock: new VirtualClock(), random: new SeededRandom(1) })
  const vault: LocationFactory = {
    driver: 'vault',
    open: (record) => {
      opened.push(record)
      return simulated.open({ ...record, config: {} })
    },
  }
  bench = await EngineHarness.open({ engine: { factories: [vault, simulated] } })
  const config = {
    url: 'https://cloud/api',
    keys: [{ name: 'ann', secret: TEST_SEAL.seal('cloud.keys.0.secret', 'hunter2') }],
  }
  const record = { kind: 'location', tenant: 'main', name: 'cloud', driver: 'vault', config } as const
  const view = accepted(await bench.engine.addLocation(record, by))
  expect(opened.at(-1)?.config).toEqual({
    url: 'https://cloud/api',
    keys: [{ name: 'ann', secret: 'hunter2' }],
  })
  expect(view.config['keys']).toEqual([{ name: 'ann', secret: '<secret cloud.keys.0.secret>' }])
  expect(JSON.stringify(bench.engine.locations())).not.toContain('hunter2')
  expect(JSON.stringify((await bench.store.load('')).entries)).not.toContain('hunter2')
})
