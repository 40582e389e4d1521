// From a metric's event to the durable decision that it leads to, while ten thousand policies are at rest.
import { arbitrate, DecisionLog, PolicyHost } from '../dist/engine/index.js'
import { autoscale } from '../dist/policies/index.js'
import { inFolder, sqliteIn } from './support/engines.mjs'
import { figure, quantile, report } from './support/figures.mjs'

const APPLICATIONS = 100
const ROLES = 100
const EVENTS = 2_000
const BOUNDS = { min: 1, max: 10, initial: 1 }
const CONFIG = { lower: 1, upper: 10, scaleOutAfter: 0, cooldown: 0 }

await inFolder(async (folder) => {
  const store = sqliteIn(folder)
  const applications = Array.from({ length: APPLICATIONS }, (_, at) => madeReady(`a${at}`))
  const times = []
  const floors = []
  for (let event = 0; event < EVENTS; event += 1) {
    const application = applications[(event * 7_919) % APPLICATIONS]
    times.push(await decided(application, `r${Math.floor(event / APPLICATIONS) % ROLES}`, store))
    floors.push(await committed(event, store))
  }
  await store.close()
  report(
    {
      name: 'decision',
      store: 'SQLite on a file',
      durability: 'WAL, synchronous FULL: the clock stops when the decision is durable',
      topology: `${APPLICATIONS} applications of ${ROLES} roles, an autoscale policy for each, one event at a time`,
      load: 'a reading above the band, which leads to a larger count: decision, memory and desired record in one batch',
      boundary:
        "one process: policy host, arbiter, decision log and store, put together as the engine's desk does; without the tree",
    },
    [
      figure('event → durable decision, p99', 'ms', [quantile(times, 0.99)], { most: 1 }),
      figure('event → durable decision', 'ms', times),
      figure('commit of one small record (floor), p99', 'ms', [quantile(floors, 0.99)]),
      figure('commit of one small record (floor)', 'ms', floors),
    ],
  )
})

/** An application's policies at rest, each knowing its one member. */
function madeReady(id) {
  const host = new PolicyHost()
  const roles = Array.from({ length: ROLES }, (_, at) => `r${at}`)
  host.attach(roles.map(hosted))
  const now = Date.now()
  for (const role of roles) {
    const value = { state: 'running', up: true, incarnation: 1, run: 1, reason: '' }
    host.observe({ kind: 'member', at: now, entity: `${role}/1`, sensor: '', value })
    host.observe({ kind: 'sensor', at: now, entity: `${role}/1`, sensor: 'load', value: 5 })
  }
  host.turn(now)
  const desired = { kind: 'desired', id, generation: 1, counts: {}, floors: {} }
  return { id, host, log: new DecisionLog(), desired, recent: {} }
}

function hosted(entity) {
  const { policy, problems } = autoscale.attach({ path: entity, ...BOUNDS }, CONFIG)
  if (policy === undefined) throw new Error(JSON.stringify(problems))
  return { entity, name: 'scale', type: 'autoscale', version: '1', policy }
}

/** Milliseconds from the reading to the durable decision that it led to. */
async function decided(application, role, store) {
  const begun = performance.now()
  const now = Date.now()
  const { host, log, id } = application
  host.observe({ kind: 'sensor', at: now, entity: `${role}/1`, sensor: 'load', value: 15 })
  const { requests, checkpoints } = host.turn(now)
  const state = { desired: application.desired, roles: { [role]: standing() }, members: {}, recent: {} }
  const verdict = arbitrate(state, requests, now)
  if (verdict.decisions.length === 0) throw new Error('nothing was decided')
  const written = log.add(verdict.decisions, now)
  const changed = { ...application.desired, ...verdict.desired, counts: {} }
  const changes = [
    { kind: 'put', key: `desired/${id}`, value: changed },
    ...written.put.map((value) => ({ kind: 'put', key: `decision/${id}/${value.id}`, value })),
    ...written.drop.map((drop) => ({ kind: 'delete', key: `decision/${id}/${drop}` })),
    ...checkpoints.map((value) => ({ kind: 'put', key: `policy/${id}/${value.entity}`, value })),
  ]
  await store.commit({ changes })
  return performance.now() - begun
}

function standing() {
  const replacement = { order: 'new-first', surge: 1, unavailable: 0 }
  const none = { leaving: 0, disrupted: 0, replacing: 0 }
  return { ...BOUNDS, ...none, incarnations: 1, ready: 1, replacement }
}

async function committed(at, store) {
  const begun = performance.now()
  await store.commit({ changes: [{ kind: 'put', key: `floor/${at % 100}`, value: { at } }] })
  return performance.now() - begun
}
