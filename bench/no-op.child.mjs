// One deploy of so many no-op machines ('pairs' or one 'chain') and re-plans of the same document, in a process of its
// own; prints milliseconds and MB.
import { peakMemory } from './support/children.mjs'
import { accepted, by, engineOver, inFolder, settled, sqliteIn } from './support/engines.mjs'
import { application, ordered } from './support/landscapes.mjs'

const REPLANS = 7

const [count = '2000', shape = 'pairs'] = process.argv.slice(2)
await inFolder(async (folder) => {
  const store = sqliteIn(folder)
  const engine = engineOver(store, [{ name: 'sim', driver: 'simulated', config: {} }])
  await engine.open()
  const document = JSON.stringify(application('landscape', 'sim', ordered(Number(count), shape)))
  const spec = JSON.parse(document)
  const begun = performance.now()
  const before = process.cpuUsage()
  const { task } = accepted(await engine.deploy(spec, { by }))
  await settled(engine, task)
  const deploy = performance.now() - begun
  const { user, system } = process.cpuUsage(before)
  const replans = []
  for (let at = 0; at < (Number(count) > 50_000 ? 2 : REPLANS); at += 1) {
    const again = JSON.parse(document)
    const asked = performance.now()
    const { value } = accepted(await engine.plan(again, { by, application: 'landscape' }))
    replans.push(performance.now() - asked)
    if (value.steps.length !== 0) throw new Error(`${value.steps.length} steps are left to do`)
  }
  console.log(JSON.stringify({ deploy, processor: (user + system) / 1e3, replans, peak: peakMemory() }))
  await engine.close()
  await store.close()
})
process.exit(0)
