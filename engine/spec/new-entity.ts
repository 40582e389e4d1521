import type { EntitySpec } from './entity-spec.js'

/** An entity that has what is given and nothing else. */
export function newEntity(parts: Pick<EntitySpec, 'type' | 'name'> & Partial<EntitySpec>): EntitySpec {
  return {
    kind: 'entity',
    config: {},
    parameters: [],
    children: [],
    relations: [],
    volumes: [],
    sensors: [],
    effectors: [],
    policies: [],
    enrichers: [],
    placement: { locations: [], zones: [] },
    tags: [],
    details: {},
    ...parts,
  }
}
