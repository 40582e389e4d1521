import type { Expression, PolicySpec, Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { AdjunctType } from '../resolve/adjunct-lookup.js'
import { keyFault } from '../resolve/key-fault.js'
import { present } from '../resolve/present.js'
import type { TypeKey } from '../resolve/type-lookup.js'
import { nearestName, suggestionFor } from '../suggest.js'
import { type CheckContext, kindsFor } from './context.js'
import type { Place } from './landscape.js'

/** Policies and enrichers of other products: their settings are checked, and where they do not act that is said. */
export function checkAdjuncts(context: CheckContext): readonly Problem[] {
  return context.landscape.all.flatMap((place) => [
    ...place.spec.policies.flatMap((policy) => checkPolicy(policy, context)),
    ...enrichersOf(place, context),
  ])
}

function checkPolicy(policy: PolicySpec, context: CheckContext): readonly Problem[] {
  const { adjuncts } = context.options
  if (kindsFor('policy', context).some(({ type }) => type === policy.type)) return []
  const type = adjuncts?.find(policy.type)
  return type?.kind === 'policy' ? checkAdjunct(policy, type, context) : []
}

function enrichersOf({ spec }: Place, context: CheckContext): readonly Problem[] {
  const { adjuncts } = context.options
  if (adjuncts === undefined) return []
  const own = kindsFor('enricher', context).map(({ type }) => type)
  return spec.enrichers.flatMap((enricher) => {
    if (own.includes(enricher.type)) return []
    const type = adjuncts.find(enricher.type)
    if (type?.kind === 'enricher') return checkAdjunct(enricher, type, context)
    const hint = suggestionFor(enricher.type, [...own, ...adjuncts.names('enricher')])
    const message = `there is no kind of enricher "${enricher.type}"`
    return [problem('BP1601', message, enricher.place, present({ hint }))]
  })
}

function checkAdjunct(one: PolicySpec, type: AdjunctType, context: CheckContext): readonly Problem[] {
  return [
    ...(one.acts === undefined && one.workflow === undefined ? [inactive(one, type)] : []),
    ...Object.entries(one.config).flatMap(([key, value]) => checkSetting(key, value, { one, type, context })),
  ]
}

function inactive(one: PolicySpec, type: AdjunctType): Problem {
  const message = `the ${type.kind} "${type.name}" does not act yet`
  const hint = 'it is kept and shown; nothing else depends on it'
  return problem('BP1604', message, one.place, { severity: 'warning', hint })
}

interface Subject {
  readonly one: PolicySpec
  readonly type: AdjunctType
  readonly context: CheckContext
}

function checkSetting(key: string, value: Expression, subject: Subject): readonly Problem[] {
  const { one, type, context } = subject
  const declared = type.keys.find((known) => known.name === key || known.flags.includes(key))
  if (declared === undefined) return type.open ? [] : [unknownSetting(key, value, subject)]
  const fault = value.kind === 'literal' ? keyFault(declared.type, value.value) : undefined
  if (fault === undefined) return []
  const place = context.origins.of(value) ?? one.place
  return [problem('BP1702', `the value of "${key}" ${fault}`, place, { hint: 'see the type in the catalog' })]
}

function unknownSetting(key: string, value: Expression, { one, type, context }: Subject): Problem {
  const free = type.keys.flatMap(waysOf).filter((name) => !Object.hasOwn(one.config, name))
  const place = context.origins.keyOf(value) ?? one.place
  const near = nearestName(key, free)
  const fix =
    near === undefined || place === undefined
      ? undefined
      : { title: `Change "${key}" to "${near}"`, edits: [{ range: place.range, text: near }] }
  const message = `unknown key "${key}" of the ${type.kind} "${type.name}"`
  return problem('BP1103', message, place, present({ hint: suggestionFor(key, free), fix }))
}

function waysOf({ name, flags }: TypeKey): readonly string[] {
  return [name, ...flags]
}
