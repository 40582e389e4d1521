import type { EntityReference, Expression } from '../../../../engine/index.js'
import type { FlowDesk } from './flow-desk.js'
import { valueOf } from './interpolate.js'
import type { Written } from './written.js'

/** The entity that a value is or names; undefined where nothing is written, which is the one where it runs. */
export function entityOf(written: Written | undefined, flow: FlowDesk): EntityReference | undefined {
  if (written === undefined) return undefined
  const reference = referenceOf(valueOf(written, flow))
  return flow.desk.origins.mark(reference, written.where(0, (written.raw ?? '').length))
}

/** An entity by an expression that is one, or by its id. */
export function referenceOf(expression: Expression): EntityReference {
  if (expression.kind === 'entity-id') return expression.of
  if (expression.kind === 'literal' && typeof expression.value === 'string')
    return { scope: 'global', id: expression.value }
  return { scope: 'value', of: expression }
}
