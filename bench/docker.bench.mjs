// Containers on a real engine: how far from the floor (the same containers asked for by raw calls), what nothing to do
// costs, and how long a killed one is missing. What is compared takes turns in the same run.
import { dockerLocations } from '../dist/locations/docker/index.js'
import { SystemClock, SystemIds, SystemRandom } from '../dist/server/system/index.js'
import { accepted, by, engineOver, inFolder, pause, settled, sqliteIn } from './support/engines.mjs'
import {
  IMAGE,
  inParallel,
  likeContainer,
  makeImage,
  rawDocker,
  removeLabelled,
  SLEEPER,
  socketPath,
  whyNoDocker,
} from './support/docker.mjs'
import { figure, quantile, report, reportSkipped } from './support/figures.mjs'
import { application, literal, machine, role } from './support/landscapes.mjs'

const COUNT = 50
const ROUNDS = 3
const AT_ONCE = [4, 8]
const KILLS = 30
const FLOOR = 'weir-bench.floor'

const about = {
  name: 'docker',
  store: 'SQLite on a file',
  durability: 'WAL, synchronous FULL: announced durably before each call',
  topology: 'one engine, one Docker engine on this machine, at its unix socket',
  load: `one role of ${COUNT} containers of a busybox image that is there already; ${KILLS} of them removed by force, one after another`,
  boundary: "engine and driver in one process, asked through the engine's API; Docker by its HTTP API",
}

const reason = await whyNoDocker()
if (reason !== undefined) {
  reportSkipped(about, reason)
  process.exit(0)
}
const docker = rawDocker()
await makeImage(docker)
await inFolder(measure)
process.exit(0)

async function measure(folder) {
  const seen = { armed: false, hint: 0, called: 0, looking: 0, shares: [] }
  const store = sqliteIn(folder)
  const clock = new SystemClock()
  const needs = { clock, ids: new SystemIds(), random: new SystemRandom() }
  const ports = { factories: [watched(dockerLocations(needs), seen)] }
  const config = { socketPath: socketPath(), pull: 'never' }
  const engine = engineOver(store, [{ name: 'docker', driver: 'docker', config }], ports)
  const label = `weir.engine=${engine.engineId}`
  await engine.open()
  try {
    const times = await comparedTimes(engine, label)
    const replans = await replanTimes(engine)
    const repairs = await repairTimes(engine, label, seen)
    report(about, figuresOf(times, replans, { repairs, shares: seen.shares }))
  } finally {
    await engine.close()
    await store.close()
    await removeLabelled(docker, label)
    await removeLabelled(docker, FLOOR)
  }
}

function figuresOf(times, replans, { repairs, shares }) {
  const floors = times.map(({ floor }) => floor)
  return [
    figure(
      `${COUNT} up, over the floor's rate`,
      'ratio',
      times.map(({ floor, ours }) => floor / ours),
      { least: 0.95 },
    ),
    figure(
      `${COUNT} up: ours`,
      'ms',
      times.map(({ ours }) => ours),
    ),
    figure(`${COUNT} up: floor (raw calls at their best concurrency of ${AT_ONCE.join(', ')})`, 'ms', floors),
    figure('no-op re-plan', 'ms', replans, { most: 60 }),
    figure('removed by force → replacement running', 'ms', repairs, { most: 200 }),
    figure('the same, p99', 'ms', [quantile(repairs, 0.99)]),
    figure(
      'our share of it (hint received → create called, less the look between), p99',
      'ms',
      [quantile(shares, 0.99)],
      {
        most: 5,
      },
    ),
    figure('our share of it', 'ms', shares),
  ]
}

/**
 * The driver with eyes on it: when the first hint after a loss came, how long the far end took to answer the look that it
 * led to, and when a container was next asked for.
 */
function watched(factory, seen) {
  const open = (record) => {
    const location = factory.open(record)
    const wrapped = {
      watch: () => location.watch().pipe(notingHints(seen)),
      observe: async (...words) => {
        const asked = performance.now()
        const states = await location.observe(...words)
        if (seen.hint > 0 && seen.called === 0 && asked >= seen.hint) seen.looking = performance.now() - asked
        return states
      },
      ensure: (...words) => {
        if (seen.hint > 0 && seen.called === 0) seen.called = performance.now()
        return location.ensure(...words)
      },
    }
    return new Proxy(location, {
      get: (_target, name) => {
        const value = wrapped[name] ?? location[name]
        return typeof value === 'function' ? value.bind(location) : value
      },
    })
  }
  return { driver: factory.driver, open }
}

function notingHints(seen) {
  return (hints) =>
    new hints.constructor((subscriber) =>
      hints.subscribe({
        next: (hint) => {
          if (seen.armed && seen.hint === 0) seen.hint = performance.now()
          subscriber.next(hint)
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    )
}

function landscape(count) {
  const member = { machine: { ...machine, image: literal(IMAGE), command: literal(SLEEPER) } }
  return application('landscape', 'docker', [role('web', count, member)])
}

/** Rounds of ours and the floor, in turn; the last landscape of ours stays. */
async function comparedTimes(engine, label) {
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now()
    const { task } = accepted(await engine.deploy(landscape(COUNT), { by }))
    await settled(engine, task)
    const ours = performance.now() - begun
    const [{ Id }] = await docker.listContainers({ filters: { label: [label] } })
    const floors = []
    for (const atOnce of AT_ONCE) floors.push(await floorTime(Id, `${round}-${atOnce}`, atOnce))
    times.push({ ours, floor: Math.min(...floors) })
    if (round < ROUNDS - 1) await removed(engine)
  }
  return times
}

/** Milliseconds for as many containers like that one, asked for without us. */
async function floorTime(id, suffix, atOnce) {
  const like = await likeContainer(docker, id, { [FLOOR]: 'yes', 'weir.engine': '' })
  const begun = performance.now()
  await inParallel(
    Array.from({ length: COUNT }, (_, at) => at),
    atOnce,
    async (at) => {
      const container = await docker.createContainer({
        ...like,
        name: `weir-floor-${process.pid}-${suffix}-${at}`,
      })
      await container.start()
    },
  )
  const taken = performance.now() - begun
  await removeLabelled(docker, FLOOR)
  return taken
}

async function removed(engine) {
  accepted(await engine.remove('landscape', { by, force: true }))
  while (engine.applications(by).some(({ state }) => state !== 'destroyed')) await pause(50)
}

async function replanTimes(engine) {
  const times = []
  for (let run = 0; run < 9; run += 1) {
    const spec = landscape(COUNT)
    const begun = performance.now()
    const { value } = accepted(await engine.plan(spec, { by, application: 'landscape' }))
    times.push(performance.now() - begun)
    if (value.steps.length > 0) throw new Error('there is something to do')
  }
  return times
}

/** Milliseconds from the end of a forced removal until Docker says that another one has started. */
async function repairTimes(engine, label, seen) {
  const times = []
  const events = await docker.getEvents({ filters: { label: [label], event: ['start'] } })
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(300)
    // The oldest: one whose slot has lost none yet, since what is lost again and again is made again later and later.
    const { Id } = (await docker.listContainers({ filters: { label: [label] } })).at(-1)
    Object.assign(seen, { armed: true, hint: 0, called: 0, looking: 0 })
    const started = new Promise((resolve) => events.once('data', () => resolve(performance.now())))
    const begun = performance.now()
    await docker.getContainer(Id).remove({ force: true })
    times.push((await started) - begun)
    if (seen.hint > 0 && seen.called > 0) seen.shares.push(seen.called - seen.hint - seen.looking)
    Object.assign(seen, { armed: false })
    while (accepted(engine.application(by, 'landscape')).value.roles[0].up < COUNT) await pause(20)
  }
  events.destroy()
  return times
}
