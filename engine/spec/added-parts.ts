import type { Json } from '../support/json.js'
import type { EffectorSpec, EntitySpec, PolicySpec, SensorSpec } from './entity-spec.js'

/** What can be added to an entity while it runs, without making anything of it anew. */
export interface AddedParts {
  readonly policies: readonly PolicySpec[]
  readonly enrichers: readonly PolicySpec[]
  readonly sensors: readonly SensorSpec[]
  readonly effectors: readonly EffectorSpec[]
  readonly tags: readonly Json[]
}

/** What an entity has of these. */
export function partsOf({ policies, enrichers, sensors, effectors, tags }: EntitySpec): AddedParts {
  return { policies, enrichers, sensors, effectors, tags }
}

/** Some parts and more of them; of one name those that are added count. */
export function withMoreParts(parts: AddedParts, more: AddedParts): AddedParts {
  return {
    policies: joined(without(parts, namesOf(more)).policies, more.policies),
    enrichers: joined(without(parts, namesOf(more)).enrichers, more.enrichers),
    sensors: joined(parts.sensors, more.sensors),
    effectors: joined(parts.effectors, more.effectors),
    tags: [...parts.tags, ...more.tags],
  }
}

/** Names of policies and enrichers, which are told apart by them. */
export function namesOf({ policies, enrichers }: AddedParts): readonly string[] {
  return [...policies, ...enrichers].map(({ name }) => name)
}

/** Parts without the policies and enrichers of these names, nor the sensors that act for them. */
export function without(parts: AddedParts, names: readonly string[]): AddedParts {
  const stays = ({ name }: PolicySpec): boolean => !names.includes(name)
  const gone = [...parts.policies, ...parts.enrichers].filter((one) => !stays(one))
  const acting = gone.flatMap(({ acts }) => (acts?.kind === 'sensor' ? [acts.sensor] : []))
  return {
    ...parts,
    policies: parts.policies.filter(stays),
    enrichers: parts.enrichers.filter(stays),
    sensors: parts.sensors.filter(({ name }) => !acting.includes(name)),
  }
}

function joined<T extends { readonly name: string }>(own: readonly T[], more: readonly T[]): readonly T[] {
  return [...own.filter(({ name }) => more.every((one) => one.name !== name)), ...more]
}
