// Sources to dist/: compiles the rooms, copies what is not TypeScript, and does neither when nothing changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

import { giveUp, root } from './toolchain.mjs'

const rooms = ['engine', 'blueprints', 'policies', 'locations', 'server', 'catalog']
const settings = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json']
const dist = join(root, 'dist')
const stampPath = join(dist, '.weir-build')

/** Every file that the build depends on, relative to the project. */
function sources() {
  const found = rooms
    .filter((room) => existsSync(join(root, room)))
    .flatMap((room) => readdirSync(join(root, room), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
  return [...found, ...settings].sort()
}

/** Two digests: of the names, which tells that a file came or went, and of what is in them. */
function stampOf(paths) {
  const names = createHash('sha256').update(paths.join('\n')).digest('hex')
  const state = createHash('sha256')
  for (const path of paths) {
    const { mtimeMs, size } = statSync(join(root, path))
    state.update(`${path} ${mtimeMs} ${size}\n`)
  }
  return { names, state: state.digest('hex') }
}

function builtStamp() {
  if (!existsSync(stampPath)) return undefined
  return JSON.parse(readFileSync(stampPath, 'utf8'))
}

function compile(project) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0)
    giveUp(`${project} does not compile; the messages are above.`, 'Mend them and run this again.')
}

function bundle() {
  const words = ['-c', join(root, 'server/bootstrap/bundle.config.mjs'), '--log-level', 'warn']
  const rolldown = join(root, 'node_modules/rolldown/bin/cli.mjs')
  const { status } = spawnSync(process.execPath, [rolldown, ...words], {
    cwd: root,
    stdio: ['ignore', 'ignore', 2],
  })
  if (status !== 0)
    giveUp('the program cannot be bundled; the messages are above.', 'Mend them and run this again.')
}

function copyAssets(paths) {
  const isSource = (path) =>
    path.endsWith('.ts') || path.endsWith('/tsconfig.json') || settings.includes(path)
  for (const path of paths) {
    if (isSource(path) || path.startsWith('server/bootstrap/')) continue
    cpSync(join(root, path), join(dist, path))
  }
}

/** Brings dist/ up to date with the sources; tells whether there was anything to do. */
export function build() {
  const paths = sources()
  const stamp = stampOf(paths)
  const built = builtStamp()
  if (built?.state === stamp.state) return false
  process.stderr.write('weir: building\n')
  // Without the stamp a build that was cut short is not taken for a whole one; without a vanished file's output
  // nothing can import it any more.
  rmSync(built?.names === stamp.names ? stampPath : dist, { recursive: true, force: true })
  compile('tsconfig.build.json')
  if (paths.includes('server/web/tsconfig.json')) compile('server/web/tsconfig.json')
  copyAssets(paths)
  bundle()
  chmodSync(join(dist, 'cli/main.js'), 0o755)
  writeFileSync(stampPath, JSON.stringify(stamp))
  return true
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) build()
