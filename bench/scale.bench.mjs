// How many simulated instances are placed, healthy and watched by a policy within a minute.
import { runChild, runs } from './support/children.mjs'
import { figure, report } from './support/figures.mjs'

const WANTED = 1_000_000
const SECONDS = 60

const results = await runs(1, () => runChild('scale', [WANTED, SECONDS], ['--max-old-space-size=8192']))
report(
  {
    name: 'scale',
    store: 'memory, one commit of history',
    durability: 'none',
    topology: 'one engine, one location, its ledger in memory',
    load: `one role that wants ${WANTED} machines, each up without delay; one restart policy over all of them`,
    boundary: "engine, driver, ledger and store in one process, asked through the engine's API",
  },
  [
    figure(
      `up within ${SECONDS} s`,
      'instances',
      results.map(({ up }) => up),
      { least: WANTED },
    ),
    figure(
      'rate',
      'instances/s',
      results.map(({ up, seconds }) => up / seconds),
    ),
    figure(
      'peak memory (RSS)',
      'MB',
      results.map(({ peak }) => peak),
      { most: 4_000 },
    ),
    figure(
      'peak memory for each instance that was up',
      'kB',
      results.map(({ up, peak }) => (peak * 1e3) / up),
    ),
  ],
)
