import { type Problem, conflictsOf } from '../../engine/index.js'
import { problem } from '../problems.js'
import { attachmentsAt } from './attachments.js'
import type { CheckContext } from './context.js'

/** No two policies decide the same about the same, be it at the entity itself or at the role that it is a member of. */
export function checkPolicyConflicts(context: CheckContext): readonly Problem[] {
  const all = context.landscape.all.flatMap((place) =>
    attachmentsAt(place, context).flatMap(({ policy, attached }) =>
      'problems' in attached
        ? []
        : [{ entity: place.path, name: policy.name, policy: attached.policy, at: policy.place }],
    ),
  )
  return conflictsOf(all).map(({ one, other, what }) => {
    const where = one.entity === other.entity ? '' : ` of "${other.entity}"`
    const message = `"${one.name}" and "${other.name}"${where} both decide the ${what}`
    const related = other.at === undefined ? {} : { related: [{ ...other.at, message: 'the other one' }] }
    return problem('BP1603', message, one.at, { hint: 'keep one of them', ...related })
  })
}
