/**
 * An entity that was added to an application while it ran: its document says nothing of it. The key is its identity; what it
 * is made from stands in the spec of the version, under its parent.
 */
export interface Graft {
  /** Chosen by who added it; unique in its application. */
  readonly key: string
  /** Path of the entity that it is inside of. */
  readonly parent: string
  /** Its path segment. */
  readonly name: string
}

/** One that a version does not take over from the version before, and why. */
export interface LostGraft {
  readonly graft: Graft
  readonly reason: string
}
