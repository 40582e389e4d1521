import { type ApplicationSpec, type PolicyKind, thresholdsIn } from '../../engine/index.js'
import { type PolicyRead, policyReads } from '../rehearsal/index.js'

/** What the members of a role have to do in all, as far as a policy of it reads that. */
export interface LoadLevels {
  /** Pattern of the role's path. */
  readonly role: string
  readonly metric: string
  /** A load at which as many as it begins with are neither too many nor too few. */
  readonly calm: number
  /** One for which its most are just enough. */
  readonly most: number
  /** Loads at which a change of the count is near: from there policies go to and fro, if they do. */
  readonly shifts: readonly number[]
}

/** The loads of an application, made up from the numbers in the settings of the policies that read them. */
export function loadLevels(
  application: ApplicationSpec,
  kinds: readonly PolicyKind[],
): readonly LoadLevels[] {
  const found = new Map<string, { readonly read: PolicyRead; readonly thresholds: number[] }>()
  for (const read of policyReads(application, kinds)) {
    const key = `${read.node.pattern} ${read.sensor}`
    const known = found.get(key) ?? { read, thresholds: [] }
    known.thresholds.push(...thresholdsIn(read.settings))
    found.set(key, known)
  }
  return [...found.values()].flatMap(({ read, thresholds }) => levelsOf(read, thresholds))
}

function levelsOf({ node, sensor }: PolicyRead, thresholds: readonly number[]): readonly LoadLevels[] {
  const { members } = node.spec
  if (members === undefined) return []
  const [low, high] = thresholds.length === 0 ? [1, 1] : [Math.min(...thresholds), Math.max(...thresholds)]
  const calm = ((low + high) / 2) * Math.max(1, members.initial)
  const most = high * Math.max(1, members.max)
  const counts = [Math.max(1, members.min), Math.ceil((members.min + members.max) / 2), members.max - 1]
  const shifts = [...new Set(counts)]
    .filter((count) => count >= 1 && count <= members.max)
    .flatMap((count) => [rounded(BEYOND * count * high), rounded(WITHIN * count * low)])
  return [
    { role: node.pattern, metric: sensor, calm, most, shifts: [...new Set(shifts)].sort((a, b) => a - b) },
  ]
}

/** A little more than so many can do, and a little less than so many are worth. */
const BEYOND = 1.15
const WITHIN = 0.85

function rounded(load: number): number {
  return Math.round(load * 100) / 100
}
