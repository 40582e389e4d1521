import {
  InvariantError,
  type PolicyDocument,
  type PolicyKind,
  type PolicyTrials,
  hasErrors,
} from '../../engine/index.js'
import { checkPolicy } from './check-policy.js'
import { madeUpLoad, recordedLoad } from './load-source.js'
import { playLoad } from './play.js'
import { swingProblems } from './swings.js'
import { readLoad } from './read-load.js'
import { BEGINNING, testPolicy } from './test-policy.js'

/** Trials of policies of these kinds. */
export function policyTrials(kinds: readonly PolicyKind[]): PolicyTrials {
  const kindOf = ({ does }: PolicyDocument): PolicyKind => {
    const kind = kinds.find(({ type, role = 'policy' }) => type === does.type && role === 'policy')
    if (kind === undefined) throw new InvariantError(`a policy of a type that is not known: ${does.type}`)
    return kind
  }
  return {
    check: (document, around) => {
      const found = checkPolicy(document, kindOf(document), around)
      return hasErrors(found) ? found : [...found, ...swingProblems(document, kindOf(document))]
    },
    test: (document, parameters = {}) => testPolicy(document, kindOf(document), parameters),
    readLoad,
    backtest: (document, load, options) =>
      playLoad(document, kindOf(document), () => recordedLoad(load), options),
    simulate: (document, model, seed, options) =>
      playLoad(document, kindOf(document), () => madeUpLoad(model, seed, BEGINNING), options),
  }
}
