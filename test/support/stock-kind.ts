import type { PolicyKind } from '../../engine/index.js'
import { stockKinds } from '../../policies/index.js'

/** The kind of policy or enricher that comes with the product under a type. */
export function stockKind(type: string): PolicyKind {
  const kind = stockKinds.find((one) => one.type === type)
  if (kind === undefined) throw new Error(`nothing comes with the type ${type}`)
  return kind
}
