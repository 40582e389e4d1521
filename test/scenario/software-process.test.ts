import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type WholeServer, startWholeServer } from '../support/whole-server.js'

let server: WholeServer

beforeAll(async () => {
  server = await startWholeServer(26_600)
})
afterAll(() => server.close())

/** What a file key puts there, and what a template key does, for each phase that has them. */
const PUT = ['preinstall', 'install', 'customize', 'runtime'] as const

const FILES = Object.fromEntries(
  PUT.flatMap((phase) => [
    [`${phase}.txt`, `file for ${phase}`],
    [`${phase}.tpl`, '{{ substitutions.what }} for {{ config.phase }}'],
  ]),
)

/** A command that writes down its name, and what of all files is there by then. */
const says = (name: string): string =>
  `echo "${name}:" $(ls "$RUN_DIR" "$INSTALL_DIR" | grep -e -file -e -template | sort -u) >> "$RUN_DIR/transcript"`

function document(archive: string): string {
  const command = (key: string): string => `      ${key}: '${says(key.replace('.command', ''))}'`
  return [
    'name: Process',
    'location: local',
    'brooklyn.config: { template.substitutions: { what: template } }',
    'services:',
    '  - type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
    '    id: one',
    '    brooklyn.config:',
    '      phase: all',
    '      install.version: "1.2"',
    `      download.url: file://${archive}`,
    '      archive.nameFormat: served-%s',
    '      install.unique_label: served 1.2',
    '      start.timeout: 1m',
    '      softwareProcess.serviceProcessIsRunningPollPeriod: 1s',
    ...PUT.map((phase) => `      files.${phase}: { ${phase}.txt: ${phase}-file }`),
    ...PUT.map((phase) => `      templates.${phase}: { ${phase}.tpl: ${phase}-template }`),
    ...['pre.install.command', 'install.command', 'post.install.command'].map(command),
    ...['pre.customize.command', 'customize.command', 'post.customize.command', 'pre.launch.command'].map(
      command,
    ),
    '      launch.command: |',
    `        ${says('launch')}`,
    '        nohup ./served-1.2/serve.sh > out 2>&1 &',
    '        echo $! > $PID_FILE',
    command('post.launch.command'),
    '      checkRunning.command: kill -0 "$(cat "$PID_FILE")"',
    command('stop.command'),
    '',
  ].join('\n')
}

/** An archive whose program does nothing for ever, and does not end by itself when it is asked to. */
function archiveIn(folder: string): string {
  const program = join(folder, 'served-1.2', 'serve.sh')
  mkdirSync(join(folder, 'served-1.2'))
  writeFileSync(program, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n")
  chmodSync(program, 0o755)
  const made = spawnSync('tar', ['-czf', 'served-1.2.tgz', 'served-1.2'], { cwd: folder })
  expect(made.status).toBe(0)
  return join(folder, 'served-${version}.tgz')
}

const run = async (line: string): Promise<string> => {
  const asked = await server.ask('POST', '/v1/applications/process/entities/one/exec', {
    json: { command: ['sh', '-c', line] },
  })
  return String(asked.body.stdout ?? asked.said).trim()
}

const state = async (): Promise<string> =>
  String((await server.ask('GET', '/v1/applications/process')).body.state)

it('software goes through all its phases in order, each with its files, and is its process', async () => {
  const text = document(archiveIn(server.folder))
  const posted = await server.ask('POST', '/v1/applications?id=process', {
    json: { document: text, files: FILES },
  })
  expect([posted.status, posted.problems]).toEqual([202, []])
  await eventually('it runs', async () => (await state()) === 'running', 60_000)
  const transcript = await run('cat "$RUN_DIR/transcript"')
  expect(transcript.split('\n')).toEqual(GOLDEN)
  expect(await run('cat "$RUN_DIR/runtime-file" "$RUN_DIR/runtime-template"')).toBe(
    'file for runtimetemplate for all',
  )
  expect(await run('ls -A "$INSTALL_DIR" | grep served')).toBe(
    '.installed-served_1.2\nserved-1.2\nserved-1.2.tgz',
  )

  const first = await run('cat "$RUN_DIR/pid.txt"')
  await run(`kill -9 ${first}`)
  await eventually(
    'another one runs',
    async () => {
      const now = await run('cat "$RUN_DIR/pid.txt"')
      return now !== first && (await state()) === 'running'
    },
    60_000,
  )

  const second = await run('cat "$RUN_DIR/pid.txt"')
  await server.ask('POST', '/v1/applications/process/stop', { json: {} })
  await eventually('it is stopped', async () => (await state()) === 'stopped', 60_000)
  expect(
    await run(
      `case "$(ps -o stat= -p ${second})" in ""|Z*) echo gone;; *) ps -o stat,pid,ppid,args -p ${second};; esac; grep -c "^stop:" "$RUN_DIR/transcript"`,
    ),
  ).toBe('gone\n1')
}, 200_000)

const INSTALLED = 'install-file install-template preinstall-file preinstall-template'
const CUSTOMIZED = `customize-file customize-template ${INSTALLED}`
const LAUNCHED = `${CUSTOMIZED} runtime-file runtime-template`

/** Who speaks, in order, and what is there by then. */
const GOLDEN: readonly string[] = [
  `pre.install: ${INSTALLED}`,
  `install: ${INSTALLED}`,
  `post.install: ${INSTALLED}`,
  `pre.customize: ${CUSTOMIZED}`,
  `customize: ${CUSTOMIZED}`,
  `post.customize: ${CUSTOMIZED}`,
  `pre.launch: ${LAUNCHED}`,
  `launch: ${LAUNCHED}`,
  `post.launch: ${LAUNCHED}`,
]
