import type { Incarnation } from '../entity/allocation.js'
import type { Unseen } from '../entity/resource.js'
import { unseenLine } from './host-loss.js'
import type { Landscape } from './landscape.js'
import { siteKey } from './placement.js'

type Lost = Incarnation & { readonly lost: Unseen }

/**
 * The slots whose current, or whose leaving incarnations are lost, by one line for each place that does not answer: a whole
 * location, or one site of it.
 */
export function lostByCause(
  landscape: Landscape,
  which: 'current' | 'leaving',
): ReadonlyMap<string, string[]> {
  const causes = new Map<string, Cause>()
  for (const key of landscape.lost) {
    for (const one of lostOf(landscape, key, which)) {
      const cause = one.lost.whole ? one.location : `at ${siteKey(one)}`
      causes.set(cause, withOne(causes.get(cause) ?? { first: one, keys: [] }, one, key))
    }
  }
  return new Map([...causes.values()].map(({ first, keys }) => [unseenLine(first, first.lost), keys.sort()]))
}

interface Cause {
  readonly first: Lost
  readonly keys: string[]
}

function withOne({ first, keys }: Cause, one: Lost, key: string): Cause {
  keys.push(key)
  return { first: one.lost.since < first.lost.since ? one : first, keys }
}

function lostOf(landscape: Landscape, key: string, which: 'current' | 'leaving'): readonly Lost[] {
  const record = landscape.slots.get(key)?.record
  const all = which === 'leaving' ? record?.leaving : record?.current && [record.current]
  return (all ?? []).filter((one): one is Lost => one.lost !== undefined)
}
