import { type ApplicationSpec, type Prover, sameJson } from '../../engine/index.js'
import { type RehearsalParts } from '../rehearsal/index.js'
import { explore, plain } from './explore.js'
import { faultsOf } from './fault.js'
import { loadLevels } from './load-levels.js'
import { restOf } from './rest.js'
import { type Subject, tryOut } from './trial.js'

/** A prover over rehearsals that are made of these. */
export function prover(parts: RehearsalParts): Prover {
  const subjectOf = (application: ApplicationSpec, within: number): Subject => ({
    parts,
    application,
    levels: loadLevels(application, parts.policyKinds),
    within,
    rest: restOf(application),
  })
  return {
    prove: (application, { within, ...extent }) => explore(subjectOf(application, within), extent),
    replay: async (application, schedule, within) => {
      const subject = subjectOf(application, within)
      const faults = faultsOf(application, subject.levels)
      const isKnown = schedule.every(({ fault }) => faults.some((one) => sameJson({ ...one }, { ...fault })))
      return isKnown ? plain(await tryOut(subject, schedule)) : undefined
    },
  }
}
