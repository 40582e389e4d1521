// From exec to the correct stored tree: a new process over the store of one that has ended.
import { spawn } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { bundled } from './support/bundled.mjs'
import { runChild, runs } from './support/children.mjs'
import { inFolder } from './support/engines.mjs'
import { figure, report } from './support/figures.mjs'

const COUNT = 10_000
const child = await bundled(join(import.meta.dirname, 'restart.child.mjs'))
const program = join(import.meta.dirname, '../dist/cli/main.js')

/** Milliseconds from exec until a process said something, with what it said. */
function untilSaid(words) {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const started = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    started.stdout.once('data', (said) => {
      const taken = performance.now() - begun
      started.once('exit', () => resolve({ taken, said: String(said) }))
      // What has said its word is done with: nothing it begins afterwards is to be in the way of the next.
      started.kill('SIGKILL')
    })
    started.once('error', reject)
  })
}

/** Milliseconds from exec until the whole tree was answered; throws when it is not whole. */
async function restart(folder) {
  const { taken, said } = await untilSaid([child, 'open', folder])
  const { known } = JSON.parse(said)
  if (known !== COUNT) throw new Error(`${known} of ${COUNT} entities are known after the restart`)
  return taken
}

/** Milliseconds from exec until the whole server takes requests, over the same store. */
async function serve(folder) {
  const home = join(folder, 'home')
  rmSync(home, { recursive: true, force: true })
  cpSync(join(folder, 'store.db'), join(home, 'weir.db'))
  writeFileSync(join(home, 'locations.json'), JSON.stringify([{ name: 'sim', driver: 'simulated' }]))
  const { taken, said } = await untilSaid([program, 'serve', '--port', '0', '--data', home])
  if (!said.includes('serves at')) throw new Error(`the server said: ${said}`)
  return taken
}

await inFolder(async (folder) => {
  await runChild('restart', ['fill', folder, COUNT])
  await restart(folder)
  const [times, servers, floors] = [[], [], []]
  await runs(7, async () => {
    times.push(await restart(folder))
    servers.push(await serve(folder))
    floors.push((await untilSaid(['-e', 'console.log(1)'])).taken)
  })
  report(
    {
      name: 'restart',
      store: 'SQLite on a file',
      durability: 'WAL, synchronous FULL',
      topology: 'one engine, one location',
      load: `${COUNT} machines in chained pairs, running when the former engine ended; files warm`,
      boundary:
        "exec of a new process, bundled as the product is, to the tree answered by the engine's API inside of it; no face",
    },
    [
      figure('exec to the stored tree', 'ms', times, { most: 300 }),
      figure('exec of the whole server over the same store, until it takes requests', 'ms', servers),
      figure('exec of a node that does nothing (floor)', 'ms', floors),
    ],
  )
})
