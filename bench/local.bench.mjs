// A process of this host that is killed: how long until its successor runs.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { localLocations } from '../dist/locations/local/index.js'
import { SystemClock, SystemIds, SystemRandom } from '../dist/server/system/index.js'
import { accepted, by, engineOver, inFolder, pause, settled, sqliteIn } from './support/engines.mjs'
import { figure, quantile, report } from './support/figures.mjs'
import { application, entity, literal, machine } from './support/landscapes.mjs'

const KILLS = 30

await inFolder(async (folder) => {
  const needs = { clock: new SystemClock(), ids: new SystemIds(), random: new SystemRandom() }
  const ports = { factories: [localLocations({ ...needs, root: join(folder, 'machines') })] }
  const store = sqliteIn(folder)
  const engine = engineOver(store, [{ name: 'local', driver: 'local', config: {} }], ports)
  const pidFile = join(folder, 'pid')
  await engine.open()
  try {
    const { task } = accepted(await engine.deploy(landscape(pidFile), { by }))
    await settled(engine, task)
    const times = []
    for (let kill = 0; kill < KILLS; kill += 1) times.push(await repairTime(engine, pidFile))
    report(
      {
        name: 'local',
        store: 'SQLite on a file',
        durability: 'WAL, synchronous FULL: announced durably before each call',
        topology: 'one engine, the local place with its supervisor',
        load: `one process, killed by SIGKILL ${KILLS} times`,
        boundary: 'engine and driver in one process; the process itself says when it runs',
      },
      [
        figure('killed → its successor running', 'ms', times, { most: 200 }),
        figure('the same, p99', 'ms', [quantile(times, 0.99)]),
      ],
    )
    await destroyed(engine)
  } finally {
    await engine.close()
    await store.close()
  }
})
process.exit(0)

/** One process that says where it is, and is launched again without a pause however often it ends. */
function landscape(pidFile) {
  const launch = {
    command: literal(`echo $$ > '${pidFile}.new' && mv '${pidFile}.new' '${pidFile}' && exec sleep 1000000`),
    files: [],
    environment: {},
    timeout: 0,
    outputs: [],
  }
  const software = { phases: { launch }, environment: {}, files: [] }
  const retry = { backoff: { initial: 1, factor: 1, max: 1 } }
  return application('landscape', 'local', [entity('web', { machine, software, retry })])
}

/** Milliseconds from the kill until another process has said where it is. */
async function repairTime(engine, pidFile) {
  const before = readFileSync(pidFile, 'utf8')
  await pause(300)
  const begun = performance.now()
  process.kill(Number(before), 'SIGKILL')
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === before) await pause(1)
  const taken = performance.now() - begun
  while (!accepted(engine.entity(by, 'landscape', 'web')).value.up) await pause(5)
  return taken
}

async function destroyed(engine) {
  accepted(await engine.remove('landscape', { by, force: true }))
  while (engine.applications(by).some(({ state }) => state !== 'destroyed')) await pause(50)
}
