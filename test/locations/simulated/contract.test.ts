import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { externalLedger, MemoryLedger } from '../../../locations/simulated/index.js'
import { serveLedger } from '../../../locations/simulated/ledger-server.js'
import { locationContract } from '../../contract/location-contract.js'
import { openSimulation, simulatedHarness, SKEW } from './simulated-harness.js'

locationContract('simulated, ledger in memory', async () => {
  return simulatedHarness(openSimulation({ hints: true, skew: SKEW }), async () => undefined)
})

locationContract('simulated, with delays', async () => {
  const delays = { ensure: { min: 50, max: 400 }, observe: 20, run: 30, stop: 100, start: 100, destroy: 150 }
  const simulation = openSimulation({ hints: true, skew: SKEW, delays, boot: 300, task: 200, seed: 7 })
  const harness = simulatedHarness(simulation, async () => undefined)
  const passing = setInterval(() => void simulation.clock.settle(50), 0)
  return {
    ...harness,
    dispose: async () => {
      clearInterval(passing)
      await harness.dispose()
    },
  }
})

locationContract('simulated, ledger in a process of its own', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-ledger-'))
  const address = { socket: join(directory, 'ledger.sock') }
  const server = await serveLedger(new MemoryLedger(), address)
  const simulation = openSimulation({ hints: true, skew: SKEW, ledger: address }, externalLedger(address))
  return simulatedHarness(simulation, async () => {
    server.close()
    await rm(directory, { recursive: true })
  })
})
