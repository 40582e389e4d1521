import {
  type Expression,
  type PolicyCall,
  type PolicyKind,
  type PolicySpec,
  type SuspendedPolicy,
  type Problem,
  type SourcePlace,
} from '../../engine/index.js'
import { problem } from '../problems.js'
import { nearestName, suggestionFor } from '../suggest.js'
import { attachmentsAt, knownSettings, literalSettings, subjectOf } from './attachments.js'
import { type CheckContext, kindsFor } from './context.js'
import { knownEffectors } from './known-effectors.js'
import { type Place, callName } from './landscape.js'
import { areOffersInDoubt } from './references.js'
import { type Additions, additionsIn } from './workflow-additions.js'
import { present } from '../resolve/present.js'

/** Every policy is of a known kind, fits its entity, and calls what there is. */
export function checkPolicies(context: CheckContext): readonly Problem[] {
  if (context.options.policyKinds === undefined) return []
  const [policies, enrichers] = [kindsFor('policy', context), kindsFor('enricher', context)]
  const additions = additionsIn(context.landscape)
  return context.landscape.all.flatMap((place) => [
    ...checkPlace(place, policies, { context, additions }),
    ...place.spec.enrichers.flatMap((one) => checkEnricher(one, place, { enrichers, context })),
  ])
}

interface Seen {
  readonly context: CheckContext
  readonly additions: Additions
}

function checkPlace(
  place: Place,
  known: readonly PolicyKind[],
  { context, additions }: Seen,
): readonly Problem[] {
  const unknown = place.spec.policies
    .filter((policy) => !isKnown(policy, known, context))
    .map((policy) => unknownKind(policy, known))
  const found = attachmentsAt(place, context).flatMap(({ policy, kind, attached }) =>
    'problems' in attached
      ? mistakesIn(attached.problems, policy, kind).map((fault) =>
          settingsProblem(fault, policy, kind, context),
        )
      : [
          ...(attached.policy.calls ?? []).flatMap((call) =>
            unknownCall(call, policy, { additions, context }),
          ),
          ...(attached.policy.suspends ?? []).flatMap((target) => unknownTarget(target, policy, context)),
        ],
  )
  return [...unknown, ...found]
}

/** An effector that a policy is going to call, and nobody has. What a workflow may add is not told. */
function unknownCall(
  { entity, effector, setting }: PolicyCall,
  policy: PolicySpec,
  { additions, context }: Seen,
): readonly Problem[] {
  const { landscape, origins, doubts } = context
  if (doubts.names || additions.mayBring(effector)) return []
  const at = (key: string): SourcePlace | undefined => {
    const written = Object.hasOwn(policy.config, key) ? policy.config[key] : undefined
    return origins.inside(written, []) ?? policy.place
  }
  const place = landscape.all.find(({ path }) => path === entity)
  if (place === undefined) {
    const hint = suggestionFor(
      entity,
      landscape.all.map(({ path }) => path),
    )
    return additions.entities
      ? []
      : [problem('BP1203', `there is no entity "${entity}"`, at('of'), present({ hint }))]
  }
  const known = knownEffectors(place.spec)
  if (known.includes(effector) || areOffersInDoubt(place, context)) return []
  const hint = suggestionFor(effector, known)
  return [
    problem('BP1823', `${callName(place)} has no effector "${effector}"`, at(setting), present({ hint })),
  ]
}

/** A policy that another one is going to suspend, and nobody has. What a workflow may add is none of it. */
function unknownTarget(
  { entity, policy: target, setting }: SuspendedPolicy,
  policy: PolicySpec,
  { landscape, origins, doubts }: CheckContext,
): readonly Problem[] {
  if (doubts.names) return []
  const written = Object.hasOwn(policy.config, setting) ? policy.config[setting] : undefined
  const at = origins.inside(written, []) ?? policy.place
  const place = landscape.all.find(({ path }) => path === entity)
  if (place === undefined) return [problem('BP1203', `there is no entity "${entity}"`, at)]
  const names = [...place.spec.policies, ...place.spec.enrichers].map(({ name }) => name)
  if (names.includes(target)) return []
  const hint = suggestionFor(
    target,
    names.filter((name) => name !== policy.name),
  )
  return [problem('BP1238', `${callName(place)} has no policy "${target}"`, at, present({ hint }))]
}

/** An enricher of a kind of ours, under its own name or for another: that it can be set so. */
function checkEnricher(
  one: PolicySpec,
  place: Place,
  { enrichers, context }: { readonly enrichers: readonly PolicyKind[]; readonly context: CheckContext },
): readonly Problem[] {
  if (one.acts?.kind === 'sensor') return []
  const acting = one.acts === undefined ? one : { ...one, ...one.acts }
  const kind = enrichers.find(({ type }) => type === acting.type)
  const settings = literalSettings(acting)
  const attached = settings === undefined ? undefined : kind?.attach(subjectOf(place), settings)
  if (kind === undefined || attached === undefined || 'policy' in attached) return []
  return mistakesIn(attached.problems, acting, kind).map((fault) =>
    settingsProblem(fault, acting, kind, context),
  )
}

/** Whether it was judged already, or is one that does not act. */
function isKnown(policy: PolicySpec, known: readonly PolicyKind[], { options }: CheckContext): boolean {
  return (
    policy.workflow !== undefined ||
    known.some((one) => one.type === policy.type) ||
    options.adjuncts?.find(policy.type)?.kind === 'policy'
  )
}

/** Without what is missing only because its name was mistyped. */
function mistakesIn(faults: readonly Problem[], policy: PolicySpec, kind: PolicyKind): readonly Problem[] {
  const known = knownSettings(kind)
  const mistyped = Object.keys(policy.config).filter((key) => !known.includes(key))
  const meant = mistyped.map((key) => nearestName(key, known))
  const anything = meant.includes(undefined)
  return faults.filter(({ pointer }) => {
    const key = (pointer ?? '').split('/')[1] ?? ''
    return Object.hasOwn(policy.config, key) || (!anything && !meant.includes(key))
  })
}

function unknownKind(policy: PolicySpec, kinds: readonly PolicyKind[]): Problem {
  const names = kinds.map((kind) => kind.type)
  const hint = suggestionFor(policy.type, names)
  const near = nearestName(policy.type, names)
  const { place } = policy
  const fix =
    near === undefined || place === undefined
      ? {}
      : { fix: { title: `Change it to "${near}"`, edits: [{ range: place.range, text: near }] } }
  return problem('BP1601', `there is no kind of policy "${policy.type}"`, place, {
    ...present({ hint }),
    ...fix,
  })
}

/** A policy's own words, at the place of the setting; an unknown setting is an unknown key like any other. */
function settingsProblem(
  fault: Problem,
  policy: PolicySpec,
  kind: PolicyKind,
  context: CheckContext,
): Problem {
  const [, key = '', ...deeper] = (fault.pointer ?? '').split('/')
  const setting: Expression | undefined = Object.hasOwn(policy.config, key) ? policy.config[key] : undefined
  const known = knownSettings(kind)
  if (setting !== undefined && deeper.length === 0 && !known.includes(key)) {
    return unknownSetting(key, policy, known, context.origins.keyOf(setting) ?? policy.place)
  }
  const place = context.origins.inside(setting, deeper) ?? policy.place
  return problem('BP1602', fault.message, place, present({ hint: fault.hint }))
}

function unknownSetting(
  key: string,
  policy: PolicySpec,
  known: readonly string[],
  place: SourcePlace | undefined,
): Problem {
  const free = known.filter((name) => !Object.hasOwn(policy.config, name))
  const near = nearestName(key, free)
  const fix =
    near === undefined || place === undefined
      ? undefined
      : { title: `Change "${key}" to "${near}"`, edits: [{ range: place.range, text: near }] }
  const extras = present({ hint: suggestionFor(key, free), fix })
  return problem('BP1103', `unknown key "${key}" of the policy "${policy.type}"`, place, extras)
}
