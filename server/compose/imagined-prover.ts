import { liquidRenderer, yamlDataReader } from '../../blueprints/index.js'
import type { PolicyKind, Prover } from '../../engine/index.js'
import { simulatedLocations } from '../../locations/simulated/index.js'
import { prover } from '../proof/index.js'

/** Proves policies of these kinds at simulated places. */
export function imaginedProver(policyKinds: readonly PolicyKind[]): Prover {
  return prover({
    places: simulatedLocations,
    policyKinds,
    renderer: liquidRenderer(),
    data: yamlDataReader(),
  })
}
