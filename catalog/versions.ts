import { type SemVer, coerce, compare, parse } from 'semver'

/** Whether a version is one that may still change. */
export function isSnapshot(version: string): boolean {
  return /snapshot$/i.test(version)
}

/**
 * The order of two versions, the lower first. Snapshots are lower than all others; numbers are compared as far as there are
 * any ("1" is "1.0.0"), and what has none is lower than what has.
 */
export function compareVersions(a: string, b: string): number {
  if (isSnapshot(a) !== isSnapshot(b)) return isSnapshot(a) ? -1 : 1
  const [left, right] = [numbersOf(a), numbersOf(b)]
  if (left === null || right === null)
    return Number(left !== null) - Number(right !== null) || textOrder(a, b)
  return compare(left, right) || textOrder(a, b)
}

function numbersOf(version: string): SemVer | null {
  return parse(version, { loose: true }) ?? coerce(version, { includePrerelease: true })
}

function textOrder(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
