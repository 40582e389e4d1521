import { compile } from '../../blueprints/index.js'
import type { PolicyKind } from '../../engine/index.js'
import type { Compile } from '../handlers/index.js'

/** A compiler that needs no server: it seals nothing, so secret parameters must not be given. */
export function offlineCompile(policyKinds: readonly PolicyKind[], quota: number): Compile {
  return (sources, { parameters }) => compile(sources, { parameters, policyKinds, quota })
}
