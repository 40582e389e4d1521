// Landscapes that cost nothing at the far end: what is left is the engine's own work, and its disk.
import { runChild, runs } from './support/children.mjs'
import { figure, report } from './support/figures.mjs'

const CASES = [
  { count: 2_000, shape: 'pairs', times: 5, targets: { deploy: 1_000, replan: 50, peak: 200 } },
  { count: 2_000, shape: 'chain', times: 5, targets: { deploy: 1_000, replan: 50, peak: 200 } },
  { count: 20_000, shape: 'pairs', times: 3 },
  { count: 200_000, shape: 'pairs', times: 1 },
]

const about = {
  name: 'no-op',
  store: 'SQLite on a file',
  durability: 'WAL, synchronous FULL, group commit: durable before acknowledged',
  topology: 'one engine, one location',
  load: 'machines in chained pairs, or one chain; simulated without delays; a re-plan is of a freshly read document',
  boundary: "engine, driver and store in one process, asked through the engine's API; each run a new process",
}

const held = (most) => (most === undefined ? {} : { most })
const perEntity = new Map()
const figures = []
for (const { count, shape, times, targets = {} } of CASES) {
  const results = await runs(times, () => runChild('no-op', [count, shape]))
  const name = `${count} in ${shape === 'chain' ? 'one chain' : 'pairs'}`
  const deploys = results.map(({ deploy }) => deploy)
  const processor = results.map((result) => result.processor)
  const replans = results.flatMap((result) => result.replans)
  const peaks = results.map(({ peak }) => peak)
  figures.push(figure(`${name}: deploy to running`, 'ms', deploys, held(targets.deploy)))
  figures.push(figure(`${name}: deploy, processor time`, 'ms', processor))
  figures.push(figure(`${name}: re-plan`, 'ms', replans, held(targets.replan)))
  figures.push(figure(`${name}: peak memory (RSS)`, 'MB', peaks, held(targets.peak)))
  if (shape === 'pairs') perEntity.set(count, { deploys, count })
}
// Near-linear: an entity of the large landscape may cost twice one of the small.
const [small, , large] = [...perEntity.values()]
const base = figure('', '', small.deploys).median / small.count
const growth = large.deploys.map((deploy) => deploy / large.count / base)
figures.push(figure('cost of an entity at 200,000 over that at 2,000', 'times', growth, { most: 2 }))
report(about, figures)
