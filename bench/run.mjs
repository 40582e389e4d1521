// `npm run bench [-- name …]`: runs the benchmarks of this folder one after another, each in a process of its own, and
// prints what each prints: one JSON object per line. A benchmark is a file `bench/<name>.bench.mjs` that measures the
// built program in dist/.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { build } from '../server/bootstrap/build.mjs'

const folder = import.meta.dirname
const suffix = '.bench.mjs'
const known = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length))
const wanted = process.argv.slice(2)
const strangers = wanted.filter((name) => !known.includes(name))
if (strangers.length > 0) {
  console.error(`No benchmark ${strangers.join(', ')}; there is: ${known.join(', ') || 'none yet'}.`)
  process.exit(1)
}

build()
for (const name of wanted.length > 0 ? wanted : known) {
  const args = ['--expose-gc', join(folder, name + suffix)]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
