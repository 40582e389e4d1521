import type { TreeAction } from '../../engine/index.js'
import type { Landscape } from './landscape.js'

/** What workflows of a landscape may add to it while it runs. */
export interface Additions {
  /** Whether entities may come, go or move. */
  readonly entities: boolean
  /** Whether something that is added may give a sensor or an effector of a name to what is there. */
  mayBring(name: string): boolean
}

const MOVING: ReadonlySet<unknown> = new Set<TreeAction['kind']>([
  ...(['add-entity', 'update-children', 'move-entity'] as const),
])
const ADDING: ReadonlySet<unknown> = new Set<TreeAction['kind']>([
  ...(['add-entity', 'update-children', 'initialise', 'add-policy'] as const),
])

/** What the workflows of a landscape may add to it, from the blueprints that stand in them. */
export function additionsIn({ root }: Landscape): Additions {
  const actions: (object & { readonly kind: unknown })[] = []
  collect(root.spec, actions)
  const blueprints = actions.filter(({ kind }) => ADDING.has(kind)).map(blueprintOf)
  const texts = blueprints.filter((text) => text !== undefined)
  const isOpen = texts.length < blueprints.length
  return {
    entities: actions.some(({ kind }) => MOVING.has(kind)),
    mayBring: (name) => isOpen || texts.some((text) => text.includes(name)),
  }
}

function collect(part: unknown, found: (object & { readonly kind: unknown })[]): void {
  if (typeof part !== 'object' || part === null) return
  if ('kind' in part && (MOVING.has(part.kind) || ADDING.has(part.kind))) found.push(part)
  for (const inner of Object.values(part)) collect(inner, found)
}

/** What is written of a blueprint; undefined where that shows only when it is added. */
function blueprintOf(action: object): string | undefined {
  if (!('blueprint' in action) || typeof action.blueprint !== 'object') return ''
  const blueprint = action.blueprint as { readonly kind?: string }
  return blueprint.kind === 'literal' || blueprint.kind === 'map' || blueprint.kind === 'list'
    ? JSON.stringify(blueprint)
    : undefined
}
