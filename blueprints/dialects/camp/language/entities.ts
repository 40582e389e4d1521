import type { EntityReference } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { readExpression } from './expressions.js'

/** The entity that is written: an expression that is one, or an id. */
export function readReference(node: DocumentNode, desk: TranslationDesk): EntityReference {
  const expression = readExpression(node, desk)
  if (expression.kind === 'entity-id') return expression.of
  if (expression.kind === 'literal') return { scope: 'global', id: node.text ?? '' }
  return { scope: 'value', of: expression }
}
