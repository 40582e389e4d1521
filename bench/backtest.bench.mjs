// Thirty days of load, played over a policy by its own step.
import { policyTrials, stockPolicies } from '../dist/policies/index.js'
import { runs } from './support/children.mjs'
import { figure, report } from './support/figures.mjs'

const DAYS = 30
const MINUTE = 60_000
/** A group is told so often. */
const EVERY = 15_000
const START = Date.UTC(2026, 0, 1)

const trials = policyTrials(stockPolicies)
const pool = { min: 2, max: 12, initial: 2, startDelay: MINUTE, cost: 0.1, every: EVERY }
const slo = [{ sensor: 'load', limit: 80, share: 0.99 }]
const band = {
  type: 'autoscale',
  settings: { lower: 20, upper: 60, scaleInAfter: 5 * MINUTE, staleAfter: 5 * MINUTE },
}
const rules = {
  type: 'rules',
  settings: {
    readings: { load: { sensor: 'load', staleAfter: 5 * MINUTE } },
    rules: [
      { name: 'grow', when: 'load > 60.0', scale: 'ceil(count * load / 60.0)' },
      { name: 'shrink', when: 'load < 20.0 && count > 2', for: 5 * MINUTE, scale: 'count - 1' },
    ],
  },
}

/** A wave of a day with a little chance, other in each group. */
function loadOf(group) {
  const day = (1_440 * MINUTE) / EVERY
  const times = Array.from({ length: DAYS * day }, (_, at) => START + at * EVERY)
  const values = times.map(
    (_, at) => 300 - 220 * Math.cos(2 * Math.PI * (at / day + group / 24)) + ((at * 7_919) % 41),
  )
  return { times, values }
}

/** Values of groups, and values that members told, for each second; and what a thousand groups would take, in minutes of the processor too. */
async function speeds(does, groups) {
  const document = { name: 'bench', description: '', parameters: [], does, pool, slo, tests: [] }
  const [ofGroups, ofMembers, ofThousand, ofProcessor] = [[], [], [], []]
  await runs(groups, (group) => {
    const load = loadOf(group)
    const [begun, busy] = [performance.now(), process.cpuUsage()]
    const { samples, outs } = trials.backtest(document, load, { sensor: 'load', parameters: {} })
    const seconds = (performance.now() - begun) / 1_000
    if (outs < DAYS) throw new Error(`only ${outs} decisions`)
    ofGroups.push(load.times.length / seconds)
    ofMembers.push(samples / seconds)
    ofThousand.push((1_000 * seconds) / 60)
    const { user, system } = process.cpuUsage(busy)
    ofProcessor.push((user + system) / 60_000)
  })
  return { ofGroups, ofMembers, ofThousand, ofProcessor }
}

const ofBand = await speeds(band, 5)
const ofRules = await speeds(rules, 5)
report(
  {
    name: 'backtest',
    store: 'none',
    durability: 'none',
    topology: 'one group of 2 to 12 members at a time, each of which tells what it has to do',
    load: `${DAYS} days of one value every ${EVERY / 1_000} s; a thousand groups are a thousand of these one after another`,
    boundary: 'one process, one thread: virtual scheduler, the step of the policy, arbiter and measures',
  },
  [
    figure('autoscale: values told by members', '/s', ofBand.ofMembers, { least: 1_000_000 }),
    figure('autoscale: values of groups', '/s', ofBand.ofGroups),
    figure('autoscale: a thousand groups', 'min', ofBand.ofThousand, { most: 3 }),
    figure('autoscale: the same, of the processor', 'min', ofBand.ofProcessor),
    figure('rules: values told by members', '/s', ofRules.ofMembers, { least: 1_000_000 }),
    figure('rules: values of groups', '/s', ofRules.ofGroups),
    figure('rules: a thousand groups', 'min', ofRules.ofThousand, { most: 3 }),
    figure('rules: the same, of the processor', 'min', ofRules.ofProcessor),
  ],
)
