// The product's own parts, put together as server/compose does, but for what a benchmark is not about: faces and log.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Engine, silentLog } from '../../dist/engine/index.js'
import { simulatedLocations } from '../../dist/locations/simulated/index.js'
import { stockPolicies } from '../../dist/policies/index.js'
import { openSqliteStore } from '../../dist/server/storage/index.js'
import { SystemClock, SystemIds, SystemRandom } from '../../dist/server/system/index.js'

/** Who asks. */
export const by = { tenant: 'default', name: 'bench' }

/** An engine over a store, with the given locations ({name, driver, config}); to be opened and closed by the caller. */
export function engineOver(store, locations, more = {}) {
  const [clock, ids, random] = [new SystemClock(), new SystemIds(), new SystemRandom()]
  const needs = { clock, ids, random }
  return new Engine({
    ...needs,
    log: { ...silentLog, error: (message, fields) => console.error(message, fields) },
    seal: noSeal,
    renderer: { render: (_text, values) => ({ text: JSON.stringify(values) }) },
    prober: {
      get: () => Promise.resolve({ kind: 'failed', reason: 'nobody probes here' }),
      connect: () => Promise.resolve({ kind: 'failed', reason: 'nobody probes here' }),
    },
    factories: [simulatedLocations(needs)],
    policyKinds: stockPolicies,
    store,
    engineId: ids.next(),
    holder: 'bench',
    locations: locations.map((location) => ({
      record: { kind: 'location', tenant: 'default', ...location },
      origin: 'built-in',
    })),
    ...more,
  })
}

const noSeal = {
  seal: () => {
    throw new Error('no secret is used here')
  },
  open: () => {
    throw new Error('no secret is used here')
  },
}

/** A store on a file of a directory of its own, as the server has it: WAL, synchronous FULL. */
export function sqliteIn(folder) {
  return openSqliteStore({ path: join(folder, 'store.db') })
}

/** Works in a directory that is gone afterwards. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What was asked for; throws with the refusal when it was refused. */
export function accepted(outcome) {
  if (outcome.kind !== 'accepted') throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome
}

/** Waits until an operation's task has ended, which is when the landscape is settled; gives the milliseconds waited. */
export async function settled(engine, task, limit = 600_000) {
  const begun = performance.now()
  for (;;) {
    const found = accepted(engine.task(by, task.id)).value
    if (found.state === 'succeeded') return performance.now() - begun
    const waited = performance.now() - begun
    if (found.state !== 'running' || waited > limit)
      throw new Error(`after ${Math.round(waited)} ms the task is ${found.state}, not settled`)
    await pause(2)
  }
}

/** So many milliseconds. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
