import fc from 'fast-check'
import {
  literal,
  type ApplicationSpec,
  type EntitySpec,
  type MembersSpec,
  type Quorum,
} from '../../engine/index.js'
import { application, entity, machine, role, service, software, startsAfter } from '../support/specs.js'

/** One child of a generated application, in the few words that the laws are stated in. */
export interface Part {
  readonly name: string
  readonly kind: 'service' | 'machine' | 'role' | 'group' | 'job'
  /** Members of a role, or of the role inside a group. */
  readonly count: number
  /** How many more a role may have. */
  readonly room: number
  readonly order: 'new-first' | 'old-first'
  readonly concurrency: number
  readonly victims: string
  readonly quorum: Quorum
  /** Lower sooner; never lower than that of a part before it. */
  readonly priority: number | undefined
  /** Names of parts before it that it starts after. */
  readonly after: readonly string[]
  readonly volume: boolean
  readonly installs: boolean
  /** Whether each member has a child of its own. */
  readonly inside: boolean
  readonly image: number
  readonly command: number
}

/** On a busy machine fewer examples are tried, rather than none reported. */
export const PATIENCE: { readonly interruptAfterTimeLimit: number } = { interruptAfterTimeLimit: 10_000 }

const quorum = fc.constantFrom<Quorum>(
  { kind: 'all' },
  { kind: 'at-least-one-unless-empty' },
  { kind: 'number', count: 2 },
  { kind: 'percent', percent: 50 },
  { kind: 'always' },
)

const roughPart = fc.record({
  kind: fc.constantFrom<Part['kind']>('service', 'machine', 'role', 'role', 'group', 'job'),
  count: fc.integer({ min: 0, max: 3 }),
  room: fc.integer({ min: 0, max: 2 }),
  order: fc.constantFrom<Part['order']>('new-first', 'old-first'),
  concurrency: fc.constantFrom(0, 0, 1, 2),
  victims: fc.constantFrom('newest', 'oldest', 'unhealthy-first'),
  quorum,
  step: fc.constantFrom(0, 10, undefined),
  after: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
  volume: fc.boolean(),
  installs: fc.boolean(),
  inside: fc.boolean(),
})

/** Parts of an application: any mixture of kinds, priorities and relations that can be met. */
export const parts: fc.Arbitrary<readonly Part[]> = fc
  .array(roughPart, { minLength: 1, maxLength: 5 })
  .map((rough) => {
    let level = 10
    return rough.map(({ step, after, ...part }, at): Part => {
      level += step ?? 0
      return {
        ...part,
        name: `p${at}`,
        priority: step === undefined ? undefined : level,
        after: after.filter((other) => other < at).map((other) => `p${other}`),
        image: 1,
        command: 1,
      }
    })
  })

/** Parts, and what a later document makes of them. */
export const changes: fc.Arbitrary<readonly [readonly Part[], readonly Part[]]> = fc
  .tuple(
    parts,
    fc.array(fc.constantFrom('keep', 'keep', 'drop', 'image', 'command', 'grow', 'shrink'), {
      minLength: 5,
      maxLength: 5,
    }),
    fc.boolean(),
  )
  .map(([before, moves, more]) => {
    const kept = before.filter((_part, at) => moves[at] !== 'drop')
    const names = new Set(kept.map((part) => part.name))
    const after = kept.map((part) => moved(part, moves[before.indexOf(part)] ?? 'keep', names))
    const [first] = before
    const added =
      more && first !== undefined ? [{ ...first, name: 'p9', after: [], priority: undefined }] : []
    return [before, [...after, ...added]] as const
  })

function moved(part: Part, move: string, names: ReadonlySet<string>): Part {
  const rest = { ...part, after: part.after.filter((name) => names.has(name)) }
  if (move === 'image') return { ...rest, image: 2 }
  if (move === 'command') return { ...rest, command: 2 }
  if (move === 'grow') return { ...rest, count: part.count + 1 }
  return move === 'shrink' ? { ...rest, count: Math.max(0, part.count - 1) } : rest
}

/** The document that parts stand for. */
export function landscapeOf(of: readonly Part[]): ApplicationSpec {
  return application(of.map(entityOf))
}

function entityOf(part: Part): EntitySpec {
  const { name, kind, priority } = part
  const edges = {
    relations: part.after.map(startsAfter),
    ...(priority === undefined ? {} : { priority }),
  }
  const own = {
    machine: machine({ image: literal(`image ${part.image}`) }),
    volumes: part.volume ? [{ name: 'data', path: '/data' }] : [],
  }
  const launch = { ...(part.installs ? { install: 'install' } : {}), launch: `serve ${part.command}` }
  if (kind === 'machine') return entity(name, { ...own, ...edges })
  if (kind === 'service') return service(name, { ...own, ...edges, software: software(launch) })
  if (kind === 'job') {
    const once = { job: { attempts: 3 }, software: software({ launch: `sleep 1\ntrue ${part.command}` }) }
    return entity(name, { ...own, ...edges, ...once })
  }
  const inside = part.inside ? [service('agent')] : []
  const member = { ...own, software: software(launch), children: inside }
  const members = rolesMembers(part)
  if (kind === 'role') return role(name, part.count, { ...edges, member, rules: members })
  const children = [
    service('a', { ...own, software: software(launch) }),
    role('b', part.count, { member, rules: members }),
  ]
  return entity(name, { ...edges, children })
}

function rolesMembers(part: Part): Partial<MembersSpec> {
  const newFirst = part.order === 'new-first'
  return {
    max: part.count + part.room,
    concurrency: part.concurrency,
    victims: part.victims,
    startQuorum: part.quorum,
    replacement: { order: part.order, surge: newFirst ? 1 : 0, unavailable: newFirst ? 0 : 1 },
  }
}

/** Paths of roles with the most incarnations that they may ever have, surge counted. */
export function boundsOf(of: readonly Part[]): ReadonlyMap<string, number> {
  const roles = of.filter((part) => part.kind === 'role' || part.kind === 'group')
  return new Map(
    roles.map((part) => [
      part.kind === 'role' ? part.name : `${part.name}/b`,
      part.count + part.room + (part.order === 'new-first' ? 1 : 0),
    ]),
  )
}

/** Names of the parts that must be up before this one begins: relations, and the next lower priority. */
export function beforeOf(part: Part, all: readonly Part[]): readonly Part[] {
  const { priority } = part
  const lower = all.flatMap((one) =>
    priority !== undefined && one.priority !== undefined && one.priority < priority ? [one.priority] : [],
  )
  const next = Math.max(...lower)
  return all.filter(
    (one) => part.after.includes(one.name) || (priority !== undefined && one.priority === next),
  )
}

/** How many of a role's members must be up for it to count as started: the words of the specification, spelled out. */
export function neededOf({ quorum: wanted, count }: Part): number {
  if (wanted.kind === 'all') return count
  if (wanted.kind === 'number') return Math.min(wanted.count, count)
  if (wanted.kind === 'percent') return Math.ceil((count * wanted.percent) / 100)
  if (wanted.kind === 'always') return 0
  return Math.min(1, count)
}

/** Entities with a footprint that a freshly deployed document has, sorted. */
export function slotsOf(of: readonly Part[]): readonly string[] {
  return of.flatMap((part) => [...slotsOfPart(part)]).sort()
}

function* slotsOfPart(part: Part): Iterable<string> {
  const { name, kind, count, inside } = part
  if (kind !== 'role' && kind !== 'group') {
    yield name
    return
  }
  if (kind === 'group') yield `${name}/a`
  const path = kind === 'group' ? `${name}/b` : name
  for (let number = 1; number <= count; number += 1) {
    yield `${path}/${number}`
    if (inside) yield `${path}/${number}/agent`
  }
}
