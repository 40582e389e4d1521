import type { AddedParts } from '../spec/added-parts.js'
import type { WorkflowSpec } from '../spec/workflow-spec.js'

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

/** What was added to an entity, or taken away from it, while its application ran. */
export interface Alteration {
  /** Path of the entity. */
  readonly entity: string
  /** What it has by itself. */
  readonly own: AddedParts
  readonly added: readonly AddedTo[]
  /** Names of policies and enrichers that it has by itself, and is without. */
  readonly without: readonly string[]
}

/** What one wish has added to an entity. */
export interface AddedTo {
  /** Whose wish it is: unique in its application. */
  readonly key: string
  readonly parts: AddedParts
  /** Workflows that it has run, once. */
  readonly initial?: readonly WorkflowSpec[]
}
