import type { SlotRecord } from '../../entity/allocation.js'

/** Whose a token is: kept as records change, so that a hint finds its slot, network or volume however many there are. */
export class TokenIndex {
  readonly #keys = new Map<string, string>()

  /** The slot path or holding id; undefined when nothing here has this token. */
  keyOf(token: string): string | undefined {
    return this.#keys.get(token)
  }

  set(token: string, key: string): void {
    this.#keys.set(token, key)
  }

  delete(token: string): void {
    this.#keys.delete(token)
  }

  /** Takes in what became of a slot's record; undefined before it was there, or after it is gone. */
  note(path: string, before: SlotRecord | undefined, after: SlotRecord | undefined): void {
    if (before !== undefined && after !== undefined && haveTheSame(before, after)) return
    for (const token of tokensOf(before)) this.#keys.delete(token)
    for (const token of tokensOf(after)) this.#keys.set(token, path)
  }
}

function haveTheSame(a: SlotRecord, b: SlotRecord): boolean {
  return a.current?.token === b.current?.token && a.leaving === b.leaving
}

function tokensOf(record: SlotRecord | undefined): readonly string[] {
  if (record === undefined) return []
  const leaving = record.leaving.map((one) => one.token)
  return record.current === undefined ? leaving : [record.current.token, ...leaving]
}
