// Checking a small document, as a whole process: what somebody who types the command waits for.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { runs } from './support/children.mjs'
import { figure, report } from './support/figures.mjs'

const root = join(import.meta.dirname, '..')
const file = join(root, 'catalog/items/corner-shop/blueprint.yaml')

/** Milliseconds of one process; throws unless it ends well. */
function timed(words) {
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - begun
}

const validate = () => timed([join(root, 'dist/cli/main.js'), 'validate', file])
validate()
const times = []
const floors = []
await runs(9, () => {
  times.push(validate())
  floors.push(timed(['-e', '0']))
})
report(
  {
    name: 'validate',
    store: 'none',
    durability: 'none',
    topology: 'the command line alone, without a server',
    load: 'the corner shop of the catalog (a role of each kind, a policy, files); files warm',
    boundary: 'one whole process, from exec to exit',
  },
  [
    figure('validate of a small file', 'ms', times, { most: 250 }),
    figure('exec of a node that does nothing (floor)', 'ms', floors),
  ],
)
