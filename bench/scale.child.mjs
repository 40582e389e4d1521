// As many simulated instances of one role as are up within so many seconds, in a process of its own; prints how many.
// Ledger, store and engine in this process; one restart policy watches all of them.
import { MemoryStore } from '../dist/engine/index.js'
import { peakMemory } from './support/children.mjs'
import { accepted, by, engineOver, pause } from './support/engines.mjs'
import { application, literal, role } from './support/landscapes.mjs'

const [wanted = '1000000', seconds = '60'] = process.argv.slice(2)
const store = new MemoryStore({ history: 1 })
const simulated = { name: 'sim', driver: 'simulated', config: { observePeriod: 600_000 } }
const engine = engineOver(store, [simulated])
await engine.open()
const policies = [{ name: 'keep', type: 'restart', config: { attempts: literal(3) } }]
const spec = application('landscape', 'sim', [role('web', Number(wanted), {}, { policies })])
const begun = performance.now()
accepted(await engine.deploy(spec, { by }))
let up = 0
let taken = 0
let looked = 0
while (up < Number(wanted) && taken < Number(seconds) * 1_000) {
  await pause(Math.max(100, 20 * looked))
  // To look takes longer the more there are: it is to be a twentieth of the time at most.
  const asked = performance.now()
  up = accepted(engine.application(by, 'landscape')).value.roles[0].up
  looked = performance.now() - asked
  taken = performance.now() - begun
}
console.log(
  JSON.stringify({
    up,
    seconds: taken / 1_000,
    processor: process.cpuUsage().user / 1e6,
    peak: peakMemory(),
  }),
)
process.exit(0)
