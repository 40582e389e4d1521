// From exec to the correct stored tree: a new process over the store of one that has ended.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { runChild, runs } from './support/children.mjs'
import { inFolder } from './support/engines.mjs'
import { figure, report } from './support/figures.mjs'

const COUNT = 10_000
const child = join(import.meta.dirname, 'restart.child.mjs')

/** Milliseconds from exec until the whole tree was answered; throws when it is not whole. */
function restart(folder) {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const engine = spawn(process.execPath, [child, 'open', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    engine.stdout.once('data', (said) => {
      const taken = performance.now() - begun
      const { known } = JSON.parse(String(said))
      if (known === COUNT) resolve(taken)
      else reject(new Error(`${known} of ${COUNT} entities are known after the restart`))
    })
    engine.once('error', reject)
  })
}

/** Milliseconds of a process that does nothing: the part of it that is not ours. */
function nothing() {
  return new Promise((resolve) => {
    const begun = performance.now()
    const idle = spawn(process.execPath, ['-e', 'console.log(1)'], { stdio: ['ignore', 'pipe', 'inherit'] })
    idle.stdout.once('data', () => resolve(performance.now() - begun))
  })
}

await inFolder(async (folder) => {
  await runChild('restart', ['fill', folder, COUNT])
  await restart(folder)
  const times = []
  const floors = []
  await runs(7, async () => {
    times.push(await restart(folder))
    floors.push(await nothing())
  })
  report(
    {
      name: 'restart',
      store: 'SQLite on a file',
      durability: 'WAL, synchronous FULL',
      topology: 'one engine, one location',
      load: `${COUNT} machines in chained pairs, running when the former engine ended; files warm`,
      boundary: "exec of a new process to the tree answered by the engine's API inside of it; no face",
    },
    [
      figure('exec to the stored tree', 'ms', times, { most: 300 }),
      figure('exec of a node that does nothing (floor)', 'ms', floors),
    ],
  )
})
