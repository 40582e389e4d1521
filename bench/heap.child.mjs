// The heap of so many members at rest, each with five sensors that have values and a policy of its own; prints bytes.
// With no policies or sensors asked for, those are left out, which tells what they cost.
import { accepted, by, engineOver, inFolder, pause, settled, sqliteIn } from './support/engines.mjs'
import { application, literal, role } from './support/landscapes.mjs'

const [count = '5000', sensors = '5', policies = '1'] = process.argv.slice(2)
const VALUES = [42, 'europe-1', true, 0.25, '2026-01-01']
const TYPES = ['number', 'string', 'boolean', 'number', 'string']
const member = {
  sensors: VALUES.slice(0, Number(sensors)).map((value, at) => ({
    name: `sensor${at}`,
    type: TYPES[at],
    source: { kind: 'static', value: literal(value) },
  })),
  policies: Array.from({ length: Number(policies) }, () => ({
    name: 'keep',
    type: 'restart',
    config: { attempts: literal(3) },
  })),
}

await inFolder(async (folder) => {
  const store = sqliteIn(folder)
  const engine = engineOver(store, [{ name: 'sim', driver: 'simulated', config: {} }])
  await engine.open()
  const before = heapAtRest()
  const { task } = accepted(
    await engine.deploy(application('landscape', 'sim', [role('web', Number(count), member)]), { by }),
  )
  await settled(engine, task)
  await pause(3_000)
  console.log(JSON.stringify({ bytes: heapAtRest() - before }))
  await engine.close()
  await store.close()
})
process.exit(0)

/** Bytes that are in use when everything that can go has gone. */
function heapAtRest() {
  for (let times = 0; times < 3; times += 1) globalThis.gc()
  return process.memoryUsage().heapUsed
}
