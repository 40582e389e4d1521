import type { MembersSpec } from '../../spec/members-spec.js'
import { sameJson, type Json } from '../../support/json.js'
import type { Condition } from '../facts/condition.js'

/** One member as the count's decision sees it. */
export interface MemberFacts {
  readonly path: string
  readonly createdAt: number
  readonly condition: Condition
  /** Where it is: the location, and its zone where there are any; absent while it is nowhere. */
  readonly site?: string
  /** The value of a sensor of it. */
  value?(sensor: string): Json | undefined
}

/** Which members go first. */
export type VictimRule = Pick<MembersSpec, 'victims' | 'victimsFirst' | 'victimsBy'>

/** The rule of what is no role any more. */
export const NEWEST: VictimRule = { victims: 'newest' }

/** A member that goes, and why it and no other one. */
export interface Victim {
  readonly path: string
  readonly why: string
}

/**
 * The members in the order in which they go: by what their sensors say, then, where the amount of a sensor or the balance of zones
 * decides, those that are not up, and then by the rule. Ties go by creation, newest first.
 */
export function chooseVictims(rule: VictimRule, members: readonly MemberFacts[]): readonly Victim[] {
  const { victimsFirst = [] } = rule
  const ranked = groupBy(members, (member) => rankOf(victimsFirst, member))
  return [...ranked.keys()]
    .sort((a, b) => a - b)
    .flatMap((rank) => {
      const sensed = victimsFirst[rank]
      const inOrder = byRule(rule, ranked.get(rank) ?? [])
      return sensed === undefined
        ? inOrder
        : inOrder.map(({ path }) => ({
            path,
            why: `its ${sensed.sensor} is ${JSON.stringify(sensed.value)}`,
          }))
    })
}

function rankOf(victimsFirst: NonNullable<VictimRule['victimsFirst']>, member: MemberFacts): number {
  const rank = victimsFirst.findIndex(({ sensor, value }) => isSaid(member.value?.(sensor), value))
  return rank < 0 ? victimsFirst.length : rank
}

function isSaid(value: Json | undefined, wanted: Json): boolean {
  return value !== undefined && sameJson(value, wanted)
}

function byRule({ victims, victimsBy }: VictimRule, members: readonly MemberFacts[]): readonly Victim[] {
  if (victimsBy !== undefined) return healthLast(members, (up) => byAmount(victimsBy, up))
  if (victims === 'zone-balance') return healthLast(members, byBalance)
  const order = VICTIM_ORDERS[victims] ?? newestFirst
  return [...members].sort(order).map((member) => ({ path: member.path, why: whyOf(victims, member) }))
}

/** Who is not up is missed the least. */
function healthLast(
  members: readonly MemberFacts[],
  rule: (up: readonly MemberFacts[]) => readonly Victim[],
): readonly Victim[] {
  const down = members.filter(({ condition }) => !condition.up).sort(VICTIM_ORDERS['unhealthy-first'])
  const up = members.filter(({ condition }) => condition.up)
  return [...down.map(({ path }) => ({ path, why: 'it is not up' })), ...rule(up)]
}

/** By an amount, those of which it is not known last. */
function byAmount(
  { sensor, first }: NonNullable<VictimRule['victimsBy']>,
  members: readonly MemberFacts[],
): readonly Victim[] {
  const sign = first === 'lowest' ? 1 : -1
  const amounts = new Map(members.map((member) => [member, amountIn(member.value?.(sensor))] as const))
  const weight = (member: MemberFacts): number => sign * (amounts.get(member) ?? sign * Infinity)
  return [...members]
    .sort((a, b) => compare(weight(a), weight(b)) || newestFirst(a, b))
    .map((member) => {
      const amount = amounts.get(member)
      const why =
        amount === undefined ? `its ${sensor} is not known` : `its ${sensor} is ${amount}, the ${first}`
      return { path: member.path, why }
    })
}

function amountIn(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** One after the other from where most are left, the newest there first. */
function byBalance(members: readonly MemberFacts[]): readonly Victim[] {
  const sites = [...groupBy([...members].sort(newestFirst), ({ site = '' }) => site)]
    .map(([site, left]) => ({ site, left: [...left] }))
    .sort((a, b) => (a.site < b.site ? -1 : 1))
  return members.map(() => {
    const fullest = sites.reduce((most, one) => (one.left.length > most.left.length ? one : most))
    const count = fullest.left.length
    const { path = '' } = fullest.left.shift() ?? {}
    return { path, why: fullest.site === '' ? 'it is nowhere' : `${fullest.site} has the most, ${count}` }
  })
}

type MemberOrder = (a: MemberFacts, b: MemberFacts) => number

const newestFirst: MemberOrder = (a, b) => b.createdAt - a.createdAt || memberNumber(b) - memberNumber(a)

const VICTIM_ORDERS: { readonly [strategy: string]: MemberOrder } = {
  newest: newestFirst,
  oldest: (a, b) => newestFirst(b, a),
  'unhealthy-first': (a, b) => healthRank(a) - healthRank(b) || newestFirst(a, b),
}

function whyOf(victims: string, { condition }: MemberFacts): string {
  if (victims === 'oldest') return 'the oldest'
  return victims === 'unhealthy-first' && !condition.up ? 'it is not up' : 'the newest'
}

function healthRank({ condition }: MemberFacts): number {
  if (condition.state === 'failed') return 0
  return condition.up ? 2 : 1
}

function memberNumber({ path }: MemberFacts): number {
  return Number(path.slice(path.lastIndexOf('/') + 1))
}

/** Infinities are equal to themselves. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

function groupBy<Key, One>(all: readonly One[], keyOf: (one: One) => Key): ReadonlyMap<Key, readonly One[]> {
  const groups = new Map<Key, One[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group === undefined) groups.set(keyOf(one), [one])
    else group.push(one)
  }
  return groups
}
