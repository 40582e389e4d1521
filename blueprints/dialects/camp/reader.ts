import type { EntitySpec } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import type { Fields } from './keys.js'

/** What the parts of this dialect share while one document is read. */
export interface CampReader {
  readonly desk: TranslationDesk
  /** Whether people outside reach the entity of this id or name. */
  isPublic(id: string): boolean
  /** One entity that is inside of another; `name` is what it is called where it says nothing itself. */
  child(node: DocumentNode, name?: string): EntitySpec
  /** Everything below an entity. */
  children(fields: Fields): readonly EntitySpec[]
}
