import type { ParameterSpec } from '../spec/entity-spec.js'
import type { Json } from '../support/json.js'
import { constraintFault, type OtherValues } from './constraint.js'
import { typeFault } from './parameter-type.js'

/** What parameters are judged by. */
type Judged = Pick<ParameterSpec, 'type' | 'constraints'>

/**
 * What is wrong with a value for a parameter, e.g. "must be a whole number"; undefined when it fits. Constraints that
 * look at other values are checked only where those are given.
 */
export function parameterFault(
  { type, constraints }: Judged,
  value: Json,
  others?: OtherValues,
): string | undefined {
  return typeFault(type, value) ?? firstFault(constraints, value, others)
}

/** Why a parameter cannot be without a value, e.g. 'must be given, because "user" is'; undefined when it can. */
export function absenceFault(
  { required, constraints }: Pick<ParameterSpec, 'required' | 'constraints'>,
  others?: OtherValues,
): string | undefined {
  return required ? 'has no value' : firstFault(constraints, undefined, others)
}

function firstFault(
  constraints: ParameterSpec['constraints'],
  value: Json | undefined,
  others: OtherValues | undefined,
): string | undefined {
  for (const constraint of constraints) {
    const fault = constraintFault(constraint, value, others)
    if (fault !== undefined) return fault
  }
  return undefined
}
