import type { ObservedRecord } from '../../entity/observation.js'
import type { ResourceState } from '../../entity/resource.js'
import { copyWith } from '../../support/copy.js'

/** The observed record with one resource put in, or taken out when absent for good. */
export function withResource(
  observed: ObservedRecord,
  token: string,
  state: ResourceState | undefined,
  at: number,
): ObservedRecord {
  const others = observed.resources.filter((one) => one.token !== token)
  const resources = state === undefined ? others : [state, ...others]
  return copyWith(seenAgain(observed, token), { at, resources })
}

/** The observed record without a token among what cannot be seen. */
function seenAgain(observed: ObservedRecord, token: string): ObservedRecord {
  const { unseen, ...rest } = observed
  if (unseen?.[token] === undefined) return observed
  const { [token]: _seen, ...others } = unseen
  return Object.keys(others).length === 0 ? rest : copyWith(observed, { unseen: others })
}
