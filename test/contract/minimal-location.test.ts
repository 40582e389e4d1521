import type { MachineShape } from '../../engine/index.js'
import { locationContract } from './location-contract.js'
import { MinimalLocation } from './minimal-location.js'

locationContract('the minimal driver', async () => {
  const location = new MinimalLocation()
  return {
    location,
    fencing: false,
    ports: false,
    measures: false,
    machine: (overrides: Partial<MachineShape> = {}): MachineShape => ({ ...SHAPE, ...overrides }),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    dispose: () => location.close(),
  }
})

const SHAPE: MachineShape = {
  kind: 'machine',
  environment: {},
  ports: [],
  hostname: 'host',
  aliases: [],
  networks: [],
  volumes: [],
  addresses: [],
  rules: [],
  hostsSoftware: false,
  options: {},
}
