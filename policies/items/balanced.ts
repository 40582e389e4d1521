import { type Item, type PlannedMove, type Standing, mayBeIn } from './item-book.js'

/** When a container is hot or cold, where it says nothing itself. */
export interface Warmth {
  readonly low: number
  readonly high: number
}

/** A container with its bounds. */
interface Bounded extends Standing {
  readonly low: number
  readonly high: number
}

/** What would make containers more equal, and how all of them are. */
export interface Balance {
  readonly moves: readonly PlannedMove[]
  /** hot: there is more than all of them may have; cold: less than makes them worth their while. */
  readonly state: 'hot' | 'cold' | 'ok'
  readonly total: number
}

/**
 * Takes from the hottest what makes the coldest no hotter than it leaves it, as long as one is hot or one is cold: an item never goes
 * back and forth. Hot is above `high`, cold below `low`.
 */
export function balanced(standings: readonly Standing[], warmth: Warmth, most: number): Balance {
  let all: readonly Bounded[] = standings.map((one) => ({
    ...one,
    low: one.low ?? warmth.low,
    high: one.high ?? warmth.high,
  }))
  const moves: PlannedMove[] = []
  while (moves.length < most) {
    const next = bestMove(all)
    if (next === undefined) break
    moves.push({ item: next.name, from: next.from.path, to: next.to.path })
    all = all.map((one) => moved(one, next))
  }
  const total = sum(standings.map(({ load }) => load))
  return { moves, total, state: stateOf(all, total) }
}

interface Found {
  readonly name: string
  readonly item: Item
  readonly from: Bounded
  readonly to: Bounded
}

/** The largest that goes from the hottest that has one to the coldest that may take it. */
function bestMove(all: readonly Bounded[]): Found | undefined {
  const hottest = [...all].sort((a, b) => b.load / b.high - a.load / a.high)
  const coldest = [...hottest].reverse()
  for (const from of hottest)
    for (const to of coldest) {
      if (to === from || (from.load <= from.high && to.load >= to.low)) continue
      const found = largestBetween(from, to)
      if (found !== undefined) return found
    }
  return undefined
}

function largestBetween(from: Bounded, to: Bounded): Found | undefined {
  let best: Found | undefined
  for (const [name, item] of from.items) {
    const { load } = item
    const isLarger = load > (best?.item.load ?? 0)
    if (isLarger && mayBeIn(item, to.place) && improves(from, to, load)) best = { name, item, from, to }
  }
  return best
}

function improves(from: Bounded, to: Bounded, load: number): boolean {
  const isHot = from.load > from.high
  const leavesEnough = isHot || from.load - load >= from.low
  return to.load + load <= to.high && to.load + load < from.load && leavesEnough
}

function moved(one: Bounded, { name, item, from, to }: Found): Bounded {
  if (one.path !== from.path && one.path !== to.path) return one
  const items = new Map(one.items)
  if (one.path === from.path) items.delete(name)
  else items.set(name, item)
  return { ...one, items, load: one.load + (one.path === to.path ? item.load : -item.load) }
}

function stateOf(all: readonly Bounded[], total: number): Balance['state'] {
  if (all.length === 0) return 'ok'
  if (total > sum(all.map(({ high }) => high))) return 'hot'
  return total < sum(all.map(({ low }) => low)) ? 'cold' : 'ok'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
