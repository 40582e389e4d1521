import type { Json } from '../../engine/index.js'
import { balancedSet, hostAndPort, type BalancedSet } from './balanced-set.js'

/** The configuration by which HAProxy spreads what comes to one port. Throws an Error for what it cannot spread. */
export function haproxyConfig(value: Json): string {
  const set = balancedSet(value)
  if (set.protocol !== 'tcp') throw new Error(`HAProxy spreads tcp, not ${set.protocol}; nginx does`)
  return [
    'defaults',
    '    mode tcp',
    '    timeout connect 5s',
    '    timeout client 1m',
    '    timeout server 1m',
    '    retries 3',
    '    option redispatch',
    '',
    'frontend listen',
    `    bind :${set.port}`,
    '    default_backend members',
    '',
    'backend members',
    `    balance ${ALGORITHMS[set.algorithm]}`,
    ...(set.health === undefined ? [] : [`    timeout check ${set.health.timeout}ms`]),
    ...set.members.map((member, at) => serverLine(member, at, set)),
    '',
  ].join('\n')
}

const ALGORITHMS: { readonly [algorithm in BalancedSet['algorithm']]: string } = {
  'round-robin': 'roundrobin',
  'least-connections': 'leastconn',
  source: 'source',
}

/** One that drains has no weight: it keeps the connections that it has. */
function serverLine(member: BalancedSet['members'][number], at: number, { health }: BalancedSet): string {
  const weight = member.draining === true ? 0 : (member.weight ?? 1)
  const check = health === undefined ? '' : ` check inter ${health.period}ms fall ${health.failures} rise 1`
  return `    server m${at + 1} ${hostAndPort(member)} weight ${weight}${check}`
}
