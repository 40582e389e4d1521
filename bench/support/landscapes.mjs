// Specs of any size, made in the engine's own model so that no dialect is measured along.

import { DEFAULT_MEMBERS, DEFAULT_SETTINGS, newEntity } from '../../dist/engine/index.js'

/** An entity with nothing to it but what is given. */
export function entity(name, more = {}) {
  return newEntity({ type: 'noop', name, ...more })
}

/** A machine that is its own service. */
export const machine = { environment: {}, ports: [], networks: [], options: {} }

/** An application in one location. */
export function application(name, location, children) {
  return {
    kind: 'application',
    name,
    details: {},
    networks: [],
    outputs: {},
    dialect: 'bench',
    settings: DEFAULT_SETTINGS,
    root: entity(name, {
      type: 'application',
      placement: { locations: [location], zones: [] },
      children,
    }),
  }
}

/** So many machines; each second one starts after the one before it ('pairs'), or each after the one before ('chain'). */
export function ordered(count, shape) {
  const after = (at) => [
    { kind: 'relation', type: 'after', target: `n${at - 1}`, ordering: 'starts-after', config: {} },
  ]
  const isAfter = (at) => at > 0 && (shape === 'chain' || at % 2 === 1)
  return Array.from({ length: count }, (_, at) =>
    entity(`n${at}`, { machine, relations: isAfter(at) ? after(at) : [] }),
  )
}

/** A role with so many members made from one spec. */
export function role(name, count, member, more = {}) {
  return entity(name, {
    type: 'role',
    members: {
      initial: count,
      min: 0,
      max: count,
      spec: entity('member', { machine, ...member }),
      ...DEFAULT_MEMBERS,
      victims: 'newest',
    },
    ...more,
  })
}

/** A value that is known. */
export const literal = (value) => ({ kind: 'literal', value })
