import { compile } from '../../blueprints/index.js'
import { Secret, type PolicyKind, type Seal } from '../../engine/index.js'
import { policyTrials } from '../../policies/index.js'
import type { Compile } from '../handlers/index.js'
import { shippedShapes } from './shapes.js'

/** Without a server nobody knows the items that were added to its catalog. */
const NO_CATALOG = "an item of a server's catalog is known to that server alone: ask it with weir plan"

/** Keeps nothing of a secret: what is compiled without a server is looked at, and never run. */
const FORGETFUL: Seal = {
  seal: (name) => ({ kind: 'secret', name, sealed: '' }),
  open: ({ name }) => new Secret(name, '', () => name),
}

/** A compiler that needs no server. */
export function offlineCompile(policyKinds: readonly PolicyKind[], quota: number): Compile {
  const { types, adjuncts } = shippedShapes()
  const trials = policyTrials(policyKinds)
  const known = {
    policyKinds,
    policyTrials: trials,
    quota,
    types,
    adjuncts,
    seal: FORGETFUL,
    unknownType: NO_CATALOG,
  }
  return (sources, { parameters, compat = false }) => compile(sources, { ...known, parameters, compat })
}
