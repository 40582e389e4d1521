/**
 * Who is to be looked at again when an entity changes. Each note is used once: looking again makes a new one. Who
 * depends on everything below an entity depends on the entity itself.
 */
export class Dependents {
  readonly #of = new Map<string, Set<string>>()

  /** Notes that `key` asked about `target`; about itself when it asked about what is inside of it. */
  add(target: string, key: string): void {
    const known = this.#of.get(target)
    if (known === undefined) this.#of.set(target, new Set([key]))
    else known.add(key)
  }

  /** Takes out everyone who asked about `target`, into `into`. */
  take(target: string, into: string[]): void {
    const known = this.#of.get(target)
    if (known === undefined) return
    this.#of.delete(target)
    for (const key of known) into.push(key)
  }
}
