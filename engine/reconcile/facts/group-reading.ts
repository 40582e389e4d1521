/** Who is in which group: derived whenever it is asked for. */
export interface Groups {
  /** Paths of the members of a group, in the order of the tree; nobody's where it is no group. */
  membersOf(path: string): readonly string[]
  /** Those of its members that were chosen by hand, or that its document names. */
  chosenOf(path: string): readonly string[]
  /** Its members by bucket, those with no bucket left out. */
  bucketsOf(path: string): ReadonlyMap<string, readonly string[]>
}

/** Where nobody has asked for groups. */
export const NO_GROUPS: Groups = { membersOf: () => [], chosenOf: () => [], bucketsOf: () => new Map() }
