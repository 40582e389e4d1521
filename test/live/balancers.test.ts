import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { haproxyConfig } from '../../blueprints/balancers/haproxy-config.js'
import { nginxConfig } from '../../blueprints/balancers/nginx-config.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'

const directories = new TemporaryDirectories()
afterEach(() => {
  directories.remove()
})

const MEMBERS = [
  { machine: 'a', address: '10.0.0.1', port: 8080 },
  { machine: 'b', address: 'fd00::2', port: 8081, weight: 3 },
  { machine: 'c', address: '10.0.0.3', port: 8080, draining: true },
]

const SETS = (['round-robin', 'least-connections', 'source'] as const).flatMap((algorithm) =>
  [MEMBERS, []].map((members) => ({
    algorithm,
    port: 18_080,
    protocol: 'tcp' as const,
    members,
    health: { period: 1000, timeout: 2000, failures: 3 },
  })),
)

describe.each([
  ['haproxy', haproxyConfig, (file: string) => ['-c', '-f', file]],
  ['nginx', nginxConfig, (file: string) => ['-t', '-e', 'stderr', '-c', file]],
] as const)('%s', (program, configOf, check) => {
  it.for(SETS)('takes what is written for $algorithm and $members.length members', (set, { skip }) => {
    const isAbsent = spawnSync(program, ['-v']).error !== undefined
    skip(isAbsent && process.env['WEIR_LIVE'] !== 'require', `${program} is not installed here`)
    const file = join(directories.make(), 'config')
    writeFileSync(file, configOf(set))
    const { status, stderr } = spawnSync(program, check(file), { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, stderr])
  })
})
