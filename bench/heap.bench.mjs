// What an entity costs that nobody does anything with: the slope between two landscapes, so that what is the same for
// both does not count.
import { runChild, runs } from './support/children.mjs'
import { figure, report } from './support/figures.mjs'

const FEW = 1_000
const MANY = 11_000

/** Bytes for one more member. */
async function bytesPerMember(sensors, policies) {
  const [few, many] = [
    await runChild('heap', [FEW, sensors, policies], ['--expose-gc']),
    await runChild('heap', [MANY, sensors, policies], ['--expose-gc']),
  ]
  return (many.bytes - few.bytes) / (MANY - FEW)
}

const whole = await runs(3, () => bytesPerMember(5, 1))
const bare = await runs(3, () => bytesPerMember(0, 0))
report(
  {
    name: 'heap',
    store: 'SQLite on a file, outside of the heap',
    durability: 'WAL, synchronous FULL',
    topology: 'one engine, one location',
    load: `members of one role at rest; the slope between ${FEW} and ${MANY} of them, after collecting garbage`,
    boundary: 'engine, driver with its ledger, and store in one process; each run a new process',
  },
  [
    figure('heap of an entity with 5 sensors and a policy at rest', 'bytes', whole, { most: 1_000 }),
    figure('heap of an entity with neither', 'bytes', bare),
  ],
)
