import type { MembersSpec, Problem, Quorum } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { type Place, callName } from './landscape.js'

/** Numbers of members, their bounds and quorums go together. */
export function checkCounts(context: CheckContext): readonly Problem[] {
  return context.landscape.all.flatMap((place) => {
    const { members } = place.spec
    return members === undefined ? [] : checkMembers(place, members, context)
  })
}

function checkMembers(place: Place, members: MembersSpec, context: CheckContext): readonly Problem[] {
  const { initial, min, max } = members
  const at = context.origins.of(members) ?? context.origins.of(place.spec)
  const name = callName(place)
  if (min > max) {
    return [
      problem('BP1401', `${name} has a least of ${min} members and a most of ${max}`, at, {
        hint: 'exchange the two',
      }),
    ]
  }
  if (initial < min || initial > max) {
    const message = `${name} begins with ${initial} members, which is not between ${min} and ${max}`
    return [problem('BP1401', message, at, { hint: `begin with ${initial < min ? min : max}` })]
  }
  return [
    ...checkQuorum(place, members.startQuorum, members, context),
    ...checkQuorum(place, members.runningQuorum, members, context),
    ...(members.healthyQuorum === undefined
      ? []
      : checkQuorum(place, members.healthyQuorum, members, context)),
    ...checkReplacement(place, members, context),
  ]
}

function checkQuorum(
  place: Place,
  quorum: Quorum,
  members: MembersSpec,
  context: CheckContext,
): readonly Problem[] {
  const at = context.origins.of(quorum) ?? context.origins.of(members)
  if (quorum.kind === 'percent' && quorum.percent > 100) {
    return [
      problem('BP1402', `${callName(place)} has a quorum of ${quorum.percent}%`, at, {
        hint: 'write at most 100%',
      }),
    ]
  }
  if (quorum.kind !== 'number' || quorum.count <= members.max) return []
  const message = `${callName(place)} has a quorum of ${quorum.count} and at most ${members.max} members`
  return [problem('BP1402', message, at, { hint: `write at most ${members.max}` })]
}

function checkReplacement(place: Place, members: MembersSpec, context: CheckContext): readonly Problem[] {
  const { order, surge, unavailable } = members.replacement
  const stuck = (order === 'new-first' && surge === 0) || (order === 'old-first' && unavailable === 0)
  if (!stuck) return []
  const what = order === 'new-first' ? 'surge' : 'unavailable'
  const at = context.origins.of(members.replacement) ?? context.origins.of(members)
  const message = `${callName(place)} could never replace a member: ${order} with ${what} 0`
  return [problem('BP1401', message, at, { hint: `write ${what} 1, or the other order` })]
}
