import type { Page } from '../api/index.js'
import { type CheckedRequest, type Reply, numberQuery, reply, textQuery } from './message.js'
import { refuse } from './refusals.js'

/** How a list is ordered: by a key of each item, unique in the list. */
export interface Order<T> {
  keyOf(item: T): string
  compare(a: string, b: string): number
}

/** Items of one page when the request does not say. */
const DEFAULT_LIMIT = 100

/**
 * One page of a list. The cursor is the key of the last item told, so that a page is right even when items came and went
 * in between.
 */
export function paged<T>(request: CheckedRequest, items: readonly T[], order: Order<T>): Reply {
  const cursor = textQuery(request, 'cursor')
  const after = cursor === undefined ? undefined : decode(cursor)
  if (cursor !== undefined && after === undefined) {
    return refuse('invalid-request', 'cursor: not one that this server gave')
  }
  const limit = numberQuery(request, 'limit') ?? DEFAULT_LIMIT
  const sorted = items.map((item) => ({ item, key: order.keyOf(item) }))
  sorted.sort((a, b) => order.compare(a.key, b.key))
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => order.compare(key, after) > 0)
  const told = rest.slice(0, limit)
  const last = told.at(-1)
  const page: Page<T> = {
    items: told.map(({ item }) => item),
    ...(last !== undefined && rest.length > told.length ? { next: encode(last.key) } : {}),
  }
  return reply(page)
}

/** By text, ascending. */
export function byText<T>(keyOf: (item: T) => string): Order<T> {
  return { keyOf, compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0) }
}

/** Newest first; equal times by id. */
export function newestFirst<T>(timeOf: (item: T) => number, idOf: (item: T) => string): Order<T> {
  return {
    keyOf: (item) => `${String(timeOf(item)).padStart(16, '0')} ${idOf(item)}`,
    compare: (a, b) => (a < b ? 1 : a > b ? -1 : 0),
  }
}

/** By path: parents before children, member 2 before member 10. */
export function byPath<T>(keyOf: (item: T) => string): Order<T> {
  return { keyOf, compare: comparePaths }
}

function comparePaths(a: string, b: string): number {
  if (a === b) return 0
  const [own, other] = [a.split('/'), b.split('/')]
  if (a === '' || b === '') return a === '' ? -1 : 1
  for (const [at, segment] of own.entries()) {
    const against = other[at]
    if (against === undefined) return 1
    const difference = compareSegments(segment, against)
    if (difference !== 0) return difference
  }
  return -1
}

function compareSegments(a: string, b: string): number {
  const [first, second] = [Number(a), Number(b)]
  if (Number.isSafeInteger(first) && Number.isSafeInteger(second) && first !== second) return first - second
  return a < b ? -1 : a > b ? 1 : 0
}

function encode(key: string): string {
  return Buffer.from(`1${key}`).toString('base64url')
}

function decode(cursor: string): string | undefined {
  const text = Buffer.from(cursor, 'base64url').toString()
  return text.startsWith('1') && encode(text.slice(1)) === cursor ? text.slice(1) : undefined
}
