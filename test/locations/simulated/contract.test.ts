import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { externalLedger, MemoryLedger } from '../../../locations/simulated/index.js'
import { serveLedger } from '../../../locations/simulated/ledger-server.js'
import type { LedgerVerb } from '../../../locations/simulated/external-ledger.js'
import { SystemClock } from '../../../server/system/index.js'
import { NO_WIRE } from '../../contract/fault-points.js'
import { locationContract } from '../../contract/location-contract.js'
import { HalfOpenProxy, type Silence } from '../../support/half-open-proxy.js'
import { openSimulation, simulatedHarness, SKEW } from './simulated-harness.js'

locationContract('simulated, ledger in memory', async () => {
  return { ...simulatedHarness(openSimulation({ hints: true, skew: SKEW }), nothing), exceptions: NO_WIRE }
})

locationContract('simulated, with delays', async () => {
  const delays = { ensure: { min: 50, max: 400 }, observe: 20, run: 30, stop: 100, start: 100, destroy: 150 }
  const simulation = openSimulation({ hints: true, skew: SKEW, delays, boot: 300, task: 200, seed: 7 })
  const harness = simulatedHarness(simulation, nothing)
  const passing = setInterval(() => void simulation.clock.settle(50), 0)
  return {
    ...harness,
    exceptions: NO_WIRE,
    dispose: async () => {
      clearInterval(passing)
      await harness.dispose()
    },
  }
})

locationContract('simulated, ledger in a process of its own', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-ledger-'))
  const far = { socket: join(directory, 'ledger.sock') }
  const near = { socket: join(directory, 'proxy.sock') }
  const server = await serveLedger(new MemoryLedger(), far)
  const proxy = await HalfOpenProxy.open(near.socket, far.socket)
  const config = { hints: true, skew: SKEW, ledger: near }
  const simulation = openSimulation(config, externalLedger(near, { clock: new SystemClock(), timeout: 200 }))
  const behind = openSimulation(config, externalLedger(far, PATIENCE), simulation.clock)
  const harness = simulatedHarness(simulation, async () => {
    await behind.location.close()
    proxy.close()
    server.close()
    await rm(directory, { recursive: true })
  })
  const silence =
    (how: Silence, verb: LedgerVerb) =>
    async (name: string): Promise<void> =>
      proxy.arm(how, `"verb":"${verb}"`, `"${name}"`)
  return {
    ...harness,
    makeStranger: (name) => behind.location.handle.makeStranger(name),
    breakInstance: (ref) => behind.location.handle.kill(ref.token),
    vanish: (ref) => behind.location.handle.vanish(ref.token),
    faults: {
      ...harness.faults,
      'half-open-before': silence('before', 'ensure'),
      'half-open-after': silence('after', 'ensure'),
      'half-open-answer': silence('answer', 'ensure'),
      'half-open-look': silence('after', 'observe'),
      'half-open-hints': async () => proxy.silenceAll(),
    },
  }
})

const PATIENCE = { clock: new SystemClock(), timeout: 10_000 }

async function nothing(): Promise<void> {
  // Nobody else is to be closed.
}
