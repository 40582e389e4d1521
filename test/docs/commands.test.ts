import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runWeir } from '../support/cli-run.js'
import { eventually } from '../support/eventually.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'

const root = resolve(import.meta.dirname, '../..')
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)

/** Commands of ```sh blocks are not run; each must be one of these, so that nobody adds one unseen. */
const NOT_RUN: readonly { readonly command: RegExp; readonly why: string }[] = [
  { command: /^npm (start|test)$/, why: 'does not end by itself, or runs this very suite' },
  {
    command: /^alias weir=/,
    why: 'means the checkout in which the reader sits; the test has a weir of its own',
  },
  { command: /^(cp|sed) /, why: 'prepares documents for commands that need Docker' },
  { command: /^docker /, why: 'needs a Docker engine' },
  { command: /^(TOKEN=|curl )/, why: 'means the usual port and data folder of the reader' },
  {
    command: /^weir .*(containers|container-shop)/,
    why: 'needs a Docker engine; its words are read by the program',
  },
  {
    command: /^weir location add builders /,
    why: 'needs a Docker engine; its words are read by the program',
  },
  {
    command: /^weir location (add|test) rack\b/,
    why: 'needs hosts of the reader; its words are read by the program',
  },
  { command: /^br /, why: 'drives another program, which is not installed here' },
]

/** Commands of ```console blocks that are run in another form. */
const INSTEAD: { readonly [command: string]: string } = {
  // On a shared machine the youngest of that name may be somebody else's.
  "pkill -9 -n -f 'node web.js'": [
    'for process in /proc/[0-9]*; do',
    '  [ "$(tr "\\0" " " 2>/dev/null <"$process/cmdline")" = "node web.js " ] || continue',
    '  case $(readlink "$process/cwd") in "$WEIR_HOME"/*) kill -9 "${process#/proc/}"; break ;; esac',
    'done',
  ].join('\n'),
}

const directories = new TemporaryDirectories()
let work: string
let environment: NodeJS.ProcessEnv
let server: ChildProcess

beforeAll(async () => {
  work = directories.make()
  const home = join(work, 'home')
  cpSync(join(root, 'catalog'), join(work, 'catalog'), { recursive: true })
  for (const name of readdirSync(join(root, 'catalog/items/corner-shop'))) {
    const text = readFileSync(join(root, 'catalog/items/corner-shop', name), 'utf8')
    writeFileSync(
      join(work, name === 'blueprint.yaml' ? 'shop.yaml' : name),
      text.replace(/^name: .*/m, 'name: shop'),
    )
  }
  mkdirSync(join(work, 'bin'))
  const own = ['node', '--import', join(root, 'test/support/run-typescript.mjs')]
  writeFileSync(
    join(work, 'bin/weir'),
    `#!/bin/sh\nexec ${own.join(' ')} ${join(root, 'server/cli/main.ts')} "$@"\n`,
    {
      mode: 0o755,
    },
  )
  const path = `${join(work, 'bin')}:${process.env['PATH'] ?? ''}`
  environment = { PATH: path, HOME: work, WEIR_HOME: home }
  const words = [...own.slice(1), join(root, 'server/main.ts'), '--port', '0', '--data', home]
  server = spawn(process.execPath, words, { cwd: work, env: environment, stdio: 'ignore' })
  const url = await eventually('a server', () => noted(join(home, 'server.json')), 60_000)
  environment = { ...environment, WEIR_SERVER: url, WEIR_TOKEN_FILE: join(home, 'token') }
  await eventually('the sample', () => run('weir wait corner-shop --timeout 60s').status === 0, 120_000)
}, 180_000)

afterAll(async () => {
  run('for app in $(weir get applications -o name); do weir destroy "$app" --yes --wait --timeout 60s; done')
  const ended = new Promise((done) => server.once('exit', done))
  server.kill('SIGTERM')
  await ended
  directories.remove()
}, 120_000)

describe('a page of the documentation', () => {
  it.each(pages.filter((page) => blocksOf(page, 'console').length > 0))(
    '%s names commands that work as they stand',
    (page) => {
      for (const block of blocksOf(page, 'console')) {
        const commands = block.map((line) => line.replace(/^\$ /, ''))
        const script = ['trap \'echo "failed: $BASH_COMMAND" >&2\' ERR', ...commands.map(asRun)].join('\n')
        const { status, stderr } = run(script)
        expect({ page, status, stderr: status === 0 ? '' : stderr }).toEqual({ page, status: 0, stderr: '' })
      }
    },
    300_000,
  )

  it('begins each command that it shows running with a dollar', () => {
    const lines = pages.flatMap((page) => blocksOf(page, 'console').flat())
    expect(lines.filter((line) => !line.startsWith('$ '))).toEqual([])
  })
})

describe('a command that is not run', () => {
  const commands = pages.flatMap((page) => blocksOf(page, 'sh').flatMap((block) => block.map(plain)))

  it.each(commands)('%s is known with the reason', (command) => {
    expect(NOT_RUN.filter((known) => known.command.test(command))).not.toEqual([])
  })

  it.each(commands.filter((command) => command.startsWith('weir ')))(
    '%s is read by the program',
    async (command) => {
      // Nobody listens there: whatever can be read ends with something else than 64.
      const { exit, err } = await runWeir('http://127.0.0.1:1', wordsOf(command).slice(1), {
        environment: { DEPLOY_KEY: 'a key' },
      })
      expect({ isUsage: exit === 64, err: exit === 64 ? err : '' }).toEqual({ isUsage: false, err: '' })
    },
  )

  it.each(commands.filter((command) => command.startsWith('npm ')))(
    '%s is a script of the package',
    (command) => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        readonly scripts: { readonly [name: string]: string }
      }
      expect(Object.keys(scripts)).toContain(command.split(' ')[1])
    },
  )
})

describe('a path that a page names', () => {
  const links = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((page) =>
    [...text(page).matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? ''),
  )
  const files = [...text('ARCHITECTURE.md').matchAll(/`([a-z-]+\/[\w./-]+\.(?:ts|mjs|js))`/g)].map(
    ([, file]) => file ?? '',
  )

  it.each([...new Set([...links, ...files])])('%s is there', (path) => {
    const floors = ['', 'blueprints/', 'policies/', 'engine/']
    expect(floors.some((floor) => existsSync(join(root, floor, path)))).toBe(true)
  })
})

function text(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** The lines of the code blocks of one kind. */
function blocksOf(page: string, kind: string): readonly (readonly string[])[] {
  const blocks = text(page).matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))
  return [...blocks].map(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => line !== ''),
  )
}

function asRun(command: string): string {
  return INSTEAD[command] ?? command
}

/** Without the remark at its end. */
function plain(command: string): string {
  return command.replace(/\s+# .*$/, '')
}

/** Words as a shell would part them, as far as these pages need it. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S*)'([^']*)'|\S+/g)].map(([word]) => word.replaceAll("'", ''))
}

function run(script: string): { readonly status: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: work,
    env: environment,
    encoding: 'utf8',
    timeout: 280_000,
  })
  return { status, stderr }
}

/** The address in the server's file, once it is written whole. */
function noted(file: string): string | undefined {
  return existsSync(file) ? /"url":"([^"]+)".*\}/.exec(readFileSync(file, 'utf8'))?.[1] : undefined
}
