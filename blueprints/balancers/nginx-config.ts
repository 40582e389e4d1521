import type { Json } from '../../engine/index.js'
import { balancedSet, hostAndPort, type BalancedSet } from './balanced-set.js'

/** The configuration by which nginx spreads what comes to one port. */
export function nginxConfig(value: Json): string {
  const set = balancedSet(value)
  const servers = set.members.map((member) => serverLine(member, set))
  return [
    'include /etc/nginx/modules-enabled/*.conf;',
    'worker_processes auto;',
    'error_log stderr;',
    '',
    'events {',
    '    worker_connections 4096;',
    '}',
    '',
    'stream {',
    '    upstream members {',
    ...ALGORITHMS[set.algorithm].map((line) => `        ${line};`),
    ...(servers.length === 0 ? [NOBODY] : servers),
    '    }',
    '',
    '    server {',
    `        listen ${set.port}${set.protocol === 'udp' ? ' udp' : ''};`,
    '        proxy_connect_timeout 5s;',
    '        proxy_pass members;',
    '    }',
    '}',
    '',
  ].join('\n')
}

/** The servers of a block `upstream` in a configuration of one's own: the back ends of a set, a line each. */
export function nginxServers(value: Json): string {
  const set = balancedSet(value)
  const servers = set.members.map((member) => serverLine(member, set))
  return (servers.length === 0 ? [NOBODY] : servers).map((line) => `${line.slice(4)}\n`).join('')
}

const ALGORITHMS: { readonly [algorithm in BalancedSet['algorithm']]: readonly string[] } = {
  'round-robin': [],
  'least-connections': ['least_conn'],
  source: ['hash $remote_addr consistent'],
}

/** It takes no upstream without servers. */
const NOBODY = '        server 127.0.0.1:9 down;'

/** This word of it takes whole seconds only. */
function seconds(milliseconds: number): string {
  return `${Math.max(1, Math.ceil(milliseconds / 1000))}s`
}

/** One that drains is given nothing new; what it has goes on in the workers from before. */
function serverLine(member: BalancedSet['members'][number], { health }: BalancedSet): string {
  const words = [
    `server ${hostAndPort(member)}`,
    `weight=${member.weight ?? 1}`,
    ...(health === undefined
      ? []
      : [`max_fails=${health.failures}`, `fail_timeout=${seconds(health.period)}`]),
    ...(member.draining === true ? ['down'] : []),
  ]
  return `        ${words.join(' ')};`
}
