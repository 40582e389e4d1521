import type { Location, ResourceKind } from '../../engine/index.js'
import { EXCEPTIONS, FAULT_POINTS } from './fault-points.js'
import type { LocationHarness } from './location-harness.js'

/** What the suite asks for, level by level: each needs those before it. */
export const LEVELS = {
  1: 'machines are made, seen, listed and removed, once for each token, with their marks',
  2: 'what the driver claims',
  3: 'a far end that goes wrong',
} as const

/** What a driver may claim beyond level 1, by its capabilities; in the order of the table. */
export const CLAIMS = {
  generations: 'older commands are refused',
  stoppable: 'machines are stopped and started again',
  fences: 'machines are fenced by other means than their hosts',
  command: 'machines have a command of their own',
  containers: 'machines of an image are run to their end, and tell what they printed',
  software: 'work under a supervisor, commands and files',
  ports: 'ports, chosen and published',
  measures: 'measures of machines',
  network: 'networks',
  volume: 'volumes',
  address: 'addresses',
  rule: 'rules',
  key: 'keys',
  image: 'images',
  backends: 'sets of back ends',
  hints: 'hints',
  bulk: 'several resources in one call',
} as const

/** One of them. */
export type Claim = keyof typeof CLAIMS

const MINIMAL = 'it is the least that is a driver'
const REMOVES = 'it removes what it is asked to fence'

/** What a kind of place does not claim, and why; what is not named here is claimed, and run. */
export const UNCLAIMED: { readonly [kind: string]: { readonly [claim in Claim]?: string } } = {
  minimal: Object.fromEntries(Object.keys(CLAIMS).map((claim) => [claim, MINIMAL])),
  simulated: {},
  local: {
    fences: REMOVES,
    command: 'a directory has no command: software is launched in it',
    containers: 'a directory is made from no image',
    rule: 'one host, and what runs on it reaches itself',
    key: 'nobody logs in to a directory',
    image: 'a directory is made from nothing',
    backends: 'one host spreads nothing: an entity of software does (balance by haproxy or nginx)',
  },
  docker: {
    fences: REMOVES,
    address: 'containers have the addresses of their networks, and published ports those of the host',
    rule: 'what is published is reached, and nothing else',
    key: 'nobody logs in to a container',
    image: 'its engine keeps what it has pulled',
    backends: 'its engine spreads nothing: an entity of software does (balance by haproxy or nginx)',
  },
  byon: {
    fences: REMOVES,
    command: 'a host is up already: software is launched on it',
    containers: 'a host has no images, and is not made for one command',
    measures: 'hosts are measured by what people have for it; software by its own sensors',
    network: 'hosts are on the networks that they are on',
    volume: 'what is kept on a host is kept by its people',
    address: 'hosts have the addresses that they have',
    rule: 'what reaches a host is for its people to say',
    key: 'who logs in to a host is for its people to say',
    image: 'a host is what it is',
    backends: 'hosts spread nothing: an entity of software does (balance by haproxy or nginx)',
    hints: 'nobody there tells us: hosts are looked at in the period',
  },
}

/** What this very driver claims. */
export function claimsOf(harness: LocationHarness): readonly Claim[] {
  return CLAIM_NAMES.filter((claim) => isClaimed(claim, harness))
}

/** What a kind of place claims by the lists above. */
export function declaredClaims(kind: string): readonly Claim[] {
  return CLAIM_NAMES.filter((claim) => UNCLAIMED[kind]?.[claim] === undefined)
}

/** The highest level of which a kind of place runs something; all below is run, and what is left out has its reason. */
export function reachedLevel(kind: string): keyof typeof LEVELS {
  if (declaredClaims(kind).length === 0) return 1
  return pointsRun(kind) === 0 ? 2 : 3
}

/** The table of docs/locations.md. */
export function levelTable(): string {
  const kinds = Object.keys(UNCLAIMED)
  const row = (what: string, cell: (kind: string) => string): string =>
    `| ${[what, ...kinds.map((kind) => cell(kind))].join(' | ')} |`
  const isDeclared = (claim: Claim, kind: string): boolean => declaredClaims(kind).includes(claim)
  const points = Object.keys(FAULT_POINTS).length
  return [
    row('', (kind) => kind),
    `|---|${kinds.map(() => '---|').join('')}`,
    row(`level 1: ${LEVELS[1]}`, () => 'run'),
    ...CLAIM_NAMES.map((claim) =>
      row(`level 2: ${CLAIMS[claim]}`, (kind) => (isDeclared(claim, kind) ? 'run' : '–')),
    ),
    row(`level 3: ${LEVELS[3]}`, (kind) => `${pointsRun(kind)} of ${points}`),
    row('reaches level', (kind) => String(reachedLevel(kind))),
    '',
    'Not claimed, because:',
    '',
    ...kinds.flatMap((kind) => reasonsOf(kind)),
  ].join('\n')
}

const CLAIM_NAMES = Object.keys(CLAIMS) as readonly Claim[]

function isClaimed(claim: Claim, harness: LocationHarness): boolean {
  const { capabilities } = harness.location
  switch (claim) {
    case 'generations':
      return harness.fencing !== false
    case 'ports':
      return harness.ports !== false
    case 'measures':
      return harness.measures !== false
    case 'command':
      return capabilities.ownCommand
    case 'containers':
    case 'stoppable':
    case 'fences':
    case 'software':
    case 'hints':
      return capabilities[claim]
    case 'bulk':
      return capabilities.bulk > 1
    default:
      return hasKind(harness.location, claim)
  }
}

function hasKind({ capabilities }: Location, kind: ResourceKind): boolean {
  return capabilities.kinds.includes(kind)
}

function pointsRun(kind: string): number {
  return Object.keys(FAULT_POINTS).length - Object.keys(EXCEPTIONS[kind] ?? {}).length
}

function reasonsOf(kind: string): readonly string[] {
  const byReason = new Map<string, string[]>()
  for (const claim of CLAIM_NAMES) {
    const reason = UNCLAIMED[kind]?.[claim]
    if (reason !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), CLAIMS[claim]])
  }
  return [...byReason].map(([reason, claims]) => {
    const which = claims.length === CLAIM_NAMES.length ? 'all of it' : claims.join(', ')
    return `- ${kind}, ${which}: ${reason}.`
  })
}
