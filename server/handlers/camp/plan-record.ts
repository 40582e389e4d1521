/** A registered plan, with what came with it. */
export interface PlanRecord {
  readonly id: string
  readonly tenant: string
  readonly name: string
  /** The document's text. */
  readonly text: string
  /** What its problems call it. */
  readonly file: string
  /** Texts that came with it, by path. */
  readonly files: { readonly [path: string]: string }
  /** Paths of files that came with it and are no texts: they are not kept. */
  readonly left: readonly string[]
  /** Digest of what was posted, so that a repeated request is known. */
  readonly posted: string
  /** Ids of the applications that were deployed from it, noted before they are. */
  readonly assemblies: readonly string[]
  readonly createdAt: number
  readonly createdBy: string
  /** How often it was written. */
  readonly generation: number
}

/** What became of a written plan. */
export type PlanWritten = 'written' | 'moved' | 'full' | 'too-large'

/** Where plans are kept: read from memory, written by compare-and-set. */
export interface Plans {
  /** A tenant's plans, by name. */
  list(tenant: string): Promise<readonly PlanRecord[]>
  find(tenant: string, id: string): Promise<PlanRecord | undefined>
  /** Keeps a plan; one of generation 1 must be new, any other must follow the one that is kept. */
  put(plan: PlanRecord): Promise<PlanWritten>
  /** Forgets this very generation of a plan. */
  remove(plan: PlanRecord): Promise<'written' | 'moved'>
}
