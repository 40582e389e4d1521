import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySpec,
  type PolicySubject,
  type Problem,
  isJsonObject,
} from '../../engine/index.js'
import { type CheckContext, kindsFor } from './context.js'
import type { Place } from './landscape.js'

/** A policy of a known kind at its entity: made ready, or what is wrong with its settings. */
export interface Attachment {
  readonly place: Place
  /** As it acts: for one of another product, what acts for it, under its own name. */
  readonly policy: PolicySpec
  readonly kind: PolicyKind
  readonly settings: JsonObject
  readonly attached: { readonly policy: AttachedPolicy } | { readonly problems: readonly Problem[] }
}

/** The policies of an entity whose settings are all known now. */
export function attachmentsAt(place: Place, context: CheckContext): readonly Attachment[] {
  const { members } = place.spec
  // Bounds that contradict each other are told by themselves; a policy within them would only say it again.
  if (members !== undefined && members.min > members.max) return []
  const kinds = kindsFor('policy', context)
  return place.spec.policies.flatMap((written) => {
    const policy = actingPolicy(written)
    const kind = kinds.find(({ type }) => type === policy.type)
    const settings = literalSettings(policy)
    if (kind === undefined || settings === undefined) return []
    return [{ place, policy, kind, settings, attached: kind.attach(subjectOf(place), settings) }]
  })
}

/** What acts for a policy; itself where it is one of ours. */
export function actingPolicy(policy: PolicySpec): PolicySpec {
  if (policy.acts?.kind !== 'policy') return policy
  const { type, config } = policy.acts
  return { ...policy, type, config }
}

/** The settings when all are plain values; those that are known only later cannot be checked here. */
export function literalSettings(policy: PolicySpec): JsonObject | undefined {
  const entries: [string, Json][] = []
  for (const [key, expression] of Object.entries(policy.config)) {
    if (expression.kind !== 'literal') return undefined
    entries.push([key, expression.value])
  }
  return Object.fromEntries(entries)
}

/** What an entity is to its policies. */
export function subjectOf(place: Place): PolicySubject {
  const { members } = place.spec
  return {
    path: place.path,
    ...(members === undefined ? {} : { min: members.min, max: members.max, initial: members.initial }),
  }
}

/** The settings that a kind knows. */
export function knownSettings(kind: PolicyKind): readonly string[] {
  const { properties } = kind.schema
  return isJsonObject(properties ?? null) ? Object.keys(properties as JsonObject) : []
}
