import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../../engine/index.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'
import { flowOf } from './support.js'

const folders = new TemporaryDirectories()
afterEach(() => folders.remove())

const PLAYBOOK = [{ hosts: 'localhost', tasks: [{ name: 'hello', debug: { msg: 'hi' } }] }]

function commandOf(...lines: readonly string[]): {
  readonly script: string
  readonly environment: ConfigMap
} {
  const { workflow, problems } = flowOf(lines.join('\n'))
  expect(problems).toEqual([])
  const does = workflow.steps[0]?.does
  const script = does?.kind === 'command' && does.script.kind === 'literal' ? does.script.value : undefined
  if (does?.kind !== 'command' || typeof script !== 'string') throw new Error(JSON.stringify(does))
  return { script, environment: does.environment }
}

/** Runs what a step is, beside a program of Ansible's name that tells how it was called. */
function run(...lines: readonly string[]): { readonly folder: string; readonly said: string } {
  const folder = folders.make()
  const tools = folders.make()
  writeFileSync(join(tools, 'ansible-playbook'), '#!/bin/sh\necho "$@"\necho "[$PLAYBOOK]"\n', {
    mode: 0o755,
  })
  const { script, environment } = commandOf(...lines)
  const told = Object.entries(environment).map(([name, value]) => {
    if (value.kind !== 'literal') throw new Error(name)
    return [name, typeof value.value === 'string' ? value.value : JSON.stringify(value.value)]
  })
  const ran = spawnSync('sh', ['-e', '-c', script], {
    cwd: folder,
    env: { PATH: `${tools}:${process.env['PATH'] ?? ''}`, ...Object.fromEntries(told) },
    encoding: 'utf8',
  })
  return { folder, said: `${ran.stdout}${ran.stderr}` }
}

describe('a step "ansible-ssh"', () => {
  const written = [
    '- type: ansible-ssh',
    '  input:',
    `    playbook_yaml: ${JSON.stringify(PLAYBOOK)}`,
    '    vars: { port: 8080 }',
  ]

  it('runs its playbook on the machine, with its variables, which nobody else can read', () => {
    const { folder, said } = run(...written)
    expect(said).toBe('-i localhost, -c local playbook.yaml -e @playbook.yaml.vars\n[]\n')
    expect(JSON.parse(readFileSync(join(folder, 'playbook.yaml'), 'utf8'))).toEqual(PLAYBOOK)
    expect(JSON.parse(readFileSync(join(folder, 'playbook.yaml.vars'), 'utf8'))).toEqual({ port: 8080 })
    expect(statSync(join(folder, 'playbook.yaml.vars')).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['URL named web', (url: string) => `${url} named web`],
    ['web from URL', (url: string) => `web from ${url}`],
  ])('fetches one from an address, under its name, to its directory: %s', (_form, line) => {
    const source = join(folders.make(), 'web.yaml')
    writeFileSync(source, JSON.stringify(PLAYBOOK))
    const { folder, said } = run(`- step: ansible-ssh ${line(`file://${source}`)}`, '  run_dir: books')
    expect(said).toBe('-i localhost, -c local web.yaml\n[]\n')
    expect(existsSync(join(folder, 'books', 'web.yaml'))).toBe(true)
  })

  it('takes a word beside the playbook itself for its name', () => {
    const { folder, said } = run('- step: ansible-ssh web', `  playbook_yaml: ${JSON.stringify(PLAYBOOK)}`)
    expect(said).toBe('-i localhost, -c local web.yaml\n[]\n')
    expect(existsSync(join(folder, 'web.yaml'))).toBe(true)
  })

  it('installs Ansible where it is not there, unless it is told not to', () => {
    expect(commandOf(...written).script).toContain('apt-get install')
    expect(commandOf(...written, '    install: false').script).not.toContain('apt-get install')
  })

  it('needs one playbook', () => {
    expect(flowOf('- type: ansible-ssh').problems.map(({ code }) => code)).toEqual(['BP1104'])
    const both = flowOf(['- step: ansible-ssh file:///a.yaml', '  playbook_yaml: []'].join('\n'))
    expect(both.problems.map(({ code, hint }) => [code, hint])).toEqual([
      ['BP1811', 'take "playbook_url" or "playbook_yaml" out'],
    ])
  })
})
