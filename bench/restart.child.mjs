// Two lives of an engine over one store. 'fill' deploys so many machines and ends; 'open' starts again and prints how
// many entities of the stored tree it answers with, each running and marked with the age of what is known of it.
import { accepted, by, engineOver, settled, sqliteIn } from './support/engines.mjs'
import { application, ordered } from './support/landscapes.mjs'

const [verb, folder, count = '0'] = process.argv.slice(2)
const store = sqliteIn(folder)
const engine = engineOver(store, [{ name: 'sim', driver: 'simulated', config: {} }], { engineId: 'bench' })
await engine.open()
if (verb === 'fill') {
  const spec = application('landscape', 'sim', ordered(Number(count), 'pairs'))
  const { task } = accepted(await engine.deploy(spec, { by }))
  await settled(engine, task)
  await engine.close()
  await store.close()
  console.log('{}')
} else {
  const entities = accepted(engine.entities(by, 'landscape')).value
  const known = entities.filter((entity) => entity.state === 'running' && entity.observedAt !== undefined)
  process.stdout.write(`${JSON.stringify({ known: known.length, sinceExec: process.uptime() * 1_000 })}\n`)
}
process.exit(0)
