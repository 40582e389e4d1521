import type { DesiredRecord, Rest, Wish } from '../../entity/desired.js'
import { ROOT, isWithin, parentPath } from '../../entity/path.js'

/** What is wished of an application, and of what of it rests. */
export type Wished = Pick<DesiredRecord, 'wish' | 'rests'>

/** The rest that holds for an entity: its own, or that of the nearest which it is inside of; only in what is to run. */
export function restOf({ wish, rests }: Wished, path: string): Rest | undefined {
  if (rests === undefined || wish !== 'running') return undefined
  for (let at: string | undefined = path; at !== undefined && at !== ROOT; at = parentPath(at)) {
    const rest = rests[at]
    if (rest !== undefined) return rest
  }
  return undefined
}

/** What is wished of one entity: what is of its application, or to be stopped where it rests. */
export function wishAt(desired: Wished, path: string): Wish {
  return restOf(desired, path) === undefined ? desired.wish : 'stopped'
}

/** The rests that are left once an entity, and all that is inside of it, is wanted again. */
export function restsWithout(rests: Wished['rests'] = {}, path: string): NonNullable<Wished['rests']> {
  return Object.fromEntries(Object.entries(rests).filter(([at]) => !isWithin(at, path)))
}
