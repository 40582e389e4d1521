import { type Item, type PlannedMove, type Standing, mayBeIn } from './item-book.js'

/** How much more must be asked for from a place than from where an item is, so that it is worth the move. */
export interface Draw {
  /** Of all that is asked for, … */
  readonly share: number
  /** … and absolutely, from there. */
  readonly least: number
  /** More than from where it is: of all, and absolutely. */
  readonly leadShare: number
  readonly lead: number
}

/**
 * Items that are asked for from elsewhere go there, to the container there that has the least load; what is asked for from places that are
 * not awake does not count.
 */
export function drawn(
  standings: readonly Standing[],
  draw: Draw,
  isAwake: (place: string) => boolean,
): readonly (PlannedMove & { readonly reason: string })[] {
  return standings.flatMap((from) =>
    [...from.items].flatMap(([name, item]) => {
      const place = placeFor(item, from.place, draw, isAwake)
      const to = place === undefined ? undefined : leastLoaded(standings, place)
      if (to === undefined) return []
      return [{ item: name, from: from.path, to: to.path, reason: `it is asked for from ${to.place}` }]
    }),
  )
}

function placeFor(
  item: Item,
  here: string,
  { share, least, leadShare, lead }: Draw,
  isAwake: (place: string) => boolean,
): string | undefined {
  const demand = Object.entries(item.demand).filter(([place]) => isAwake(place))
  const total = demand.reduce((sum, [, much]) => sum + much, 0)
  const most = demand
    .filter(([place]) => mayBeIn(item, place))
    .reduce<readonly [string, number] | undefined>(
      (best, one) => (best && best[1] >= one[1] ? best : one),
      undefined,
    )
  if (most === undefined || most[0] === here) return undefined
  const [place, much] = most
  const ahead = much - (demand.find(([one]) => one === here)?.[1] ?? 0)
  const isWorthIt = much >= least && much >= share * total && ahead >= lead && ahead >= leadShare * total + 1
  return isWorthIt ? place : undefined
}

function leastLoaded(standings: readonly Standing[], place: string): Standing | undefined {
  return standings
    .filter((one) => one.place === place)
    .reduce<Standing | undefined>((best, one) => (best && best.load <= one.load ? best : one), undefined)
}
