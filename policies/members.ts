import type { Interest, Json, JsonObject, MemberCondition, PolicySubject, Reading } from '../engine/index.js'
import { isJsonObject } from '../engine/index.js'

/** The layout of the memories below; a memory of another layout is not read. */
export const LAYOUT = 1

/** A place's clock may be ahead of ours by this much, in milliseconds. */
export const CLOCK_SKEW = 5_000

/** What is remembered of each entity that a policy looks after, by path. */
export type MemberBook<Entry extends JsonObject> = { readonly [path: string]: Entry }

/** Whether a policy looks after the members of its entity, or after the entity itself. */
export function scopeOf(subject: PolicySubject): 'self' | 'members' {
  const { min, max, gathers } = subject
  return min === undefined && max === undefined && gathers !== true ? 'self' : 'members'
}

/** Whom a policy of a group looks after: members, or children where the entity has no members. */
export function groupOf(subject: PolicySubject): 'members' | 'children' {
  return scopeOf(subject) === 'members' ? 'members' : 'children'
}

/** An interest in conditions alone; policies at rest share it. */
export function conditionsOnly(subject: PolicySubject): Interest {
  return CONDITIONS_ONLY[scopeOf(subject)]
}

const CONDITIONS_ONLY: { readonly [scope in 'self' | 'members']: Interest } = {
  self: { sensors: [], conditions: 'self' },
  members: { sensors: [], conditions: 'members' },
}

/** A condition that says all that is always known. */
export type KnownCondition = MemberCondition & Required<Pick<MemberCondition, 'updated' | 'failures'>>

/** The condition that a reading tells; undefined when it tells none, or one that makes no sense. */
export function conditionIn(reading: Reading): KnownCondition | undefined {
  const { value } = reading
  if (reading.kind !== 'member' || !isJsonObject(value)) return undefined
  const { state, up, incarnation, run, updated, failures } = value
  if (!isState(state) || typeof up !== 'boolean' || !isCount(incarnation) || !isCount(run)) return undefined
  return {
    state,
    up,
    incarnation,
    run,
    reason: '',
    ...textsIn(value),
    updated: updated !== false,
    failures: isCount(failures) ? failures : 0,
  }
}

function isState(value: Json | undefined): value is MemberCondition['state'] {
  return typeof value === 'string' && STATES.has(value)
}

/** What is told of a member in words. */
function textsIn(value: JsonObject): Partial<Pick<MemberCondition, 'reason' | 'site' | 'cause'>> {
  return Object.fromEntries(
    ['reason', 'site', 'cause'].flatMap((key) => (typeof value[key] === 'string' ? [[key, value[key]]] : [])),
  )
}

/** The condition that a reading tells of its entity, with what is remembered of the same incarnation. */
export interface Bearing<Entry extends JsonObject> {
  readonly condition: MemberCondition
  readonly same: Entry | undefined
}

/** How a reading bears on a book; undefined when it tells no condition, or one of an older incarnation than is known. */
export function bearingOf<Entry extends JsonObject & { readonly incarnation: number }>(
  book: MemberBook<Entry>,
  reading: Reading,
): Bearing<Entry> | undefined {
  const condition = conditionIn(reading)
  const known = memberIn(book, reading.entity)
  if (condition === undefined || (known !== undefined && condition.incarnation < known.incarnation))
    return undefined
  return { condition, same: known?.incarnation === condition.incarnation ? known : undefined }
}

/** Whether a condition says that a process ended, not that something else went wrong before there was one. */
export function isFailedRun(condition: MemberCondition): boolean {
  return condition.state === 'failed' && condition.run >= 1
}

/** The book with one entry put in. */
export function withMember<Entry extends JsonObject>(
  book: MemberBook<Entry>,
  path: string,
  entry: Entry,
): MemberBook<Entry> {
  return { ...book, [path]: entry }
}

/** The book without one entry. */
export function withoutMember<Entry extends JsonObject>(
  book: MemberBook<Entry>,
  path: string,
): MemberBook<Entry> {
  if (!Object.hasOwn(book, path)) return book
  return Object.fromEntries(Object.entries(book).filter(([known]) => known !== path))
}

/** The entry of a path; paths are data, so inherited names are no entries. */
export function memberIn<Entry extends JsonObject>(book: MemberBook<Entry>, path: string): Entry | undefined {
  return Object.hasOwn(book, path) ? book[path] : undefined
}

/** A book that entries are put into one after the other: it is copied once, not for each. */
export class MemberDraft<Entry extends JsonObject | readonly Json[]> {
  #book: { [path: string]: Entry }
  #isOwn = false

  constructor(book: { readonly [path: string]: Entry }) {
    this.#book = book
  }

  /** The book as it is now; not to be put into after that. */
  get book(): { readonly [path: string]: Entry } {
    return this.#book
  }

  get(path: string): Entry | undefined {
    return Object.hasOwn(this.#book, path) ? this.#book[path] : undefined
  }

  put(path: string, entry: Entry): void {
    if (this.#isOwn && path !== '__proto__') this.#book[path] = entry
    else this.#book = { ...this.#book, [path]: entry }
    this.#isOwn = true
  }

  remove(path: string): void {
    if (!Object.hasOwn(this.#book, path)) return
    this.#book = Object.fromEntries(Object.entries(this.#book).filter(([known]) => known !== path))
    this.#isOwn = true
  }
}

const STATES: ReadonlySet<string> = new Set(['starting', 'running', 'failed', 'stopping', 'gone'])

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
