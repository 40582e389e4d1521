// What must be there before anything of Weir runs: Node, npm and, to install, a C++ tool chain. Plain JavaScript,
// and nothing but Node's own modules: it runs before the packages are installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the project, wherever it was checked out. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const stampPath = join(root, 'node_modules/.weir-lock')
const lockPath = join(root, 'package-lock.json')

/** Ends the process with what is missing and what to do about it. */
export function giveUp(problem, remedy) {
  process.stderr.write(`weir: ${problem}\n      ${remedy}\n`)
  process.exit(1)
}

const onPath = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined

/** Whether *version* is at least *wanted*; both as `20.19.0`. */
export function isAtLeast(version, wanted) {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number))
  for (const [index, part] of want.entries()) {
    const own = have[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}

/** Refuses a Node that is older than package.json's `engines` wants. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const wanted = engines.node.replace(/^>=\s*/, '')
  if (isAtLeast(process.versions.node, wanted)) return
  giveUp(
    `Node ${process.versions.node} is too old; Weir needs Node ${wanted} or newer.`,
    'Install a current Node (nodejs.org, nvm, or the package manager of your system) and run this again.',
  )
}

function checkInstallers() {
  if (!onPath('npm')) {
    giveUp('npm was not found.', 'It comes with Node; on Debian or Ubuntu: apt-get install -y npm')
  }
  const missing = [
    ...(['c++', 'g++', 'clang++'].some(onPath) ? [] : ['g++']),
    ...(['make', 'gmake'].some(onPath) ? [] : ['make']),
    ...(onPath('python3') ? [] : ['python3']),
  ]
  if (missing.length === 0) return
  const remedies = {
    darwin: 'Run: xcode-select --install',
    win32: 'Install the C++ workload of the Visual Studio Build Tools, and Python 3.',
  }
  giveUp(
    `${missing.join(', ')} not found; the store (SQLite) is compiled at installation.`,
    remedies[process.platform] ??
      `Debian, Ubuntu: apt-get install -y ${missing.join(' ')}    Fedora: dnf install -y gcc-c++ make python3    Alpine: apk add g++ make python3`,
  )
}

const lockDigest = () => createHash('sha256').update(readFileSync(lockPath)).digest('hex')

/** Whether what npm wrote down about node_modules is what the lock wants: true after a plain `npm ci`. */
function isInstalledByHand() {
  const hiddenPath = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(hiddenPath)) return false
  const installed = JSON.parse(readFileSync(hiddenPath, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(lockPath, 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  )
}

function isInstalled() {
  const stamp = existsSync(stampPath) ? readFileSync(stampPath, 'utf8') : ''
  if (stamp === lockDigest()) return true
  if (!isInstalledByHand()) return false
  writeFileSync(stampPath, lockDigest())
  return true
}

/** Where Node's own headers lie beside it, those are compiled against: nothing need be fetched for them. */
function withHeaders(environment) {
  const prefix = join(dirname(process.execPath), '..')
  const headers = join(prefix, 'include/node/node_version.h')
  if (!existsSync(headers)) return environment
  const text = readFileSync(headers, 'utf8')
  const number = (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.')
  return version === process.versions.node ? { ...environment, npm_config_nodedir: prefix } : environment
}

/** Installs the packages unless those of this very lock are there. */
export function install() {
  if (isInstalled()) return
  checkInstallers()
  process.stderr.write('weir: installing packages (once; again only when package-lock.json changes)\n')
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    // What this prints is about setting up; standard output belongs to the program.
    stdio: ['ignore', 2, 2],
    env: withHeaders(process.env),
    shell: process.platform === 'win32',
  })
  if (npm.status !== 0) {
    giveUp(
      'npm ci failed; its messages are above.',
      'Mend what it names (often: no way to the registry) and run this again.',
    )
  }
  writeFileSync(stampPath, lockDigest())
}
