import type { EntitySpec } from '../../engine/index.js'

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

/** A text as a name for an entity: lower case, `[a-z0-9_-]`, at most 63 characters; '' when nothing is left. */
export function entityName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 63)
}
