import { compile } from '../../blueprints/index.js'
import type { PolicyKind } from '../../engine/index.js'
import type { Compile } from '../handlers/index.js'
import { shippedShapes } from './shapes.js'

/** A compiler that needs no server: it seals nothing, so secret parameters must not be given. */
export function offlineCompile(policyKinds: readonly PolicyKind[], quota: number): Compile {
  const { types, adjuncts } = shippedShapes()
  return (sources, { parameters }) => compile(sources, { parameters, policyKinds, quota, types, adjuncts })
}
