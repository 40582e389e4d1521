// `npm run bench [-- --json] [name …]`: runs the benchmarks of this folder one after another, each in a process of its
// own, and prints what they found: a table, or a JSON list. A benchmark is a file `bench/<name>.bench.mjs` that measures
// the built program in dist/ and prints one JSON object; see support/figures.mjs.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { build } from '../server/bootstrap/build.mjs'

const folder = import.meta.dirname
const suffix = '.bench.mjs'
const known = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length))
const words = process.argv.slice(2)
const asJson = words.includes('--json')
const wanted = words.filter((word) => word !== '--json')
const strangers = wanted.filter((name) => !known.includes(name))
if (strangers.length > 0) {
  console.error(`No benchmark ${strangers.join(', ')}; there is: ${known.join(', ') || 'none yet'}.`)
  process.exit(1)
}

build()
const results = []
for (const name of wanted.length > 0 ? wanted : known) {
  process.stderr.write(`weir: measuring ${name}\n`)
  const result = measured(name)
  if (result === undefined) process.exitCode = 1
  else results.push(result)
  if (result !== undefined && !asJson) printTable(result)
}
if (asJson) console.log(JSON.stringify(results, undefined, 2))

/** What a benchmark printed; undefined when it failed, which it has said itself. */
function measured(name) {
  const args = ['--expose-gc', join(folder, name + suffix)]
  const options = { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' }
  const { status, stdout } = spawnSync(process.execPath, args, options)
  return status === 0 ? JSON.parse(stdout) : undefined
}

function printTable({ name, skipped, figures, ...about }) {
  console.log(`\n${name}${skipped === undefined ? '' : `: skipped, ${skipped}`}`)
  for (const key of ['store', 'durability', 'topology', 'load', 'boundary'])
    if (about[key] !== undefined) console.log(`  ${`${key}:`.padEnd(12)}${about[key]}`)
  const rows = [['', 'median', 'min', 'max', 'unit', 'runs', 'target', '']].concat(figures.map(rowOf))
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  if (figures.length > 0)
    for (const row of rows) console.log(`  ${row.map((cell, at) => padded(cell, at, widths[at])).join('  ')}`)
}

function rowOf({ what, median, min, max, unit, runs, target, reached }) {
  const verdict = reached === undefined ? '' : reached ? 'reached' : 'missed'
  return [what, String(median), String(min), String(max), unit, String(runs), target ?? '', verdict]
}

/** Numbers stand to the right, words to the left. */
function padded(cell, column, width) {
  return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width)
}
