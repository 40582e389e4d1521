import { isJsonObject, type Json } from '../support/json.js'

/** Equality of values as people write them: numbers and flags may be text, key order does not count. */
export function equalsLoosely(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return sameItems(a, b)
  if (isJsonObject(a) && isJsonObject(b)) return sameMembers(a, b)
  return isScalar(a) && isScalar(b) && typeof a !== typeof b && sameScalars(a, b)
}

function sameScalars(a: Scalar, b: Scalar): boolean {
  const [x, y] = [numberOf(a), numberOf(b)]
  return x !== undefined && y !== undefined ? x === y : String(a) === String(b)
}

/**
 * Negative, zero or positive as `a` comes before, with or after `b`: numbers as numbers, versions as versions (what
 * precedes a release comes before it), other texts with the numbers in them counted as such. Undefined where the two
 * have no order.
 */
export function compareValues(a: Json | undefined, b: Json | undefined): number | undefined {
  if (!isScalar(a) || !isScalar(b)) return undefined
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== undefined && y !== undefined) return x - y
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  const [left, right] = [String(a), String(b)]
  return isVersion(left) && isVersion(right) ? compareVersions(left, right) : compareNaturally(left, right)
}

type Scalar = string | number | boolean

function isScalar(value: Json | undefined): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function sameItems(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, at) => equalsLoosely(item, b[at]))
}

function sameMembers(a: { readonly [key: string]: Json }, b: { readonly [key: string]: Json }): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalsLoosely(a[key], b[key]))
  )
}

function numberOf(value: Scalar): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^[-+]?\d{1,300}(\.\d{1,300})?([eE][-+]?\d{1,3})?$/.test(value))
    return undefined
  return Number(value)
}

function isVersion(text: string): boolean {
  return /^v?\d+(\.\d+)+([-_.+][A-Za-z0-9._+-]*)?$/.test(text) || /^v?\d+[-_][A-Za-z0-9._+-]+$/.test(text)
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [splitVersion(a), splitVersion(b)]
  const most = Math.max(left.numbers.length, right.numbers.length)
  for (let at = 0; at < most; at += 1) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  return rankOf(left.qualifier) - rankOf(right.qualifier) || compareNaturally(left.qualifier, right.qualifier)
}

function splitVersion(text: string): { readonly numbers: readonly number[]; readonly qualifier: string } {
  const numbers = /\d+(\.\d+)*/.exec(text)?.[0] ?? ''
  const from = text.indexOf(numbers) + numbers.length
  return { numbers: numbers.split('.').map(Number), qualifier: text.slice(from).replace(/^[-_.+]/, '') }
}

/** Snapshots come first, other forerunners next, the release itself last. */
function rankOf(qualifier: string): number {
  if (qualifier === '') return 2
  return /snapshot/i.test(qualifier) ? 0 : 1
}

function compareNaturally(a: string, b: string): number {
  const [left, right] = [runsOf(a), runsOf(b)]
  for (const [at, run] of left.entries()) {
    const other = right[at]
    if (other === undefined) return 1
    const difference = compareRuns(run, other)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function runsOf(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? []
}

function compareRuns(a: string, b: string): number {
  if (/^\d/.test(a) && /^\d/.test(b)) {
    const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
    return x.length - y.length || byCode(x, y)
  }
  return byCode(a, b)
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
