import { compile } from '../../blueprints/index.js'
import type { PolicyKind } from '../../engine/index.js'
import type { Compile } from '../handlers/index.js'
import { shippedShapes } from './shapes.js'

/** Without a server nobody knows the items that were added to its catalog. */
const NO_CATALOG = "an item of a server's catalog is known to that server alone: ask it with weir plan"

/** A compiler that needs no server: it seals nothing, so secret parameters must not be given. */
export function offlineCompile(policyKinds: readonly PolicyKind[], quota: number): Compile {
  const { types, adjuncts } = shippedShapes()
  return (sources, { parameters }) =>
    compile(sources, { parameters, policyKinds, quota, types, adjuncts, unknownType: NO_CATALOG })
}
