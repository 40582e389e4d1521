import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { type Use, usesOf } from './expressions.js'
import { findCycles } from './graph.js'
import type { Place } from './landscape.js'

/** No config value refers to itself, directly or through others. */
export function checkRecursion(context: CheckContext): readonly Problem[] {
  const nodes = new Map<string, Use>()
  const edges = new Map<string, string[]>()
  for (const place of context.landscape.all) {
    for (const use of usesOf(place.spec, context.origins)) {
      if (use.key === undefined || use.expression.kind !== 'config') continue
      const from = nodeOf(place, use.key)
      const declarer = declarerOf(context.landscape.resolve(use.expression.of, place), use.expression.key)
      if (declarer === undefined) continue
      if (!nodes.has(from)) nodes.set(from, use)
      edges.set(from, [...(edges.get(from) ?? []), nodeOf(declarer, use.expression.key)])
    }
  }
  return findCycles([...nodes.keys()], (node) => edges.get(node) ?? []).map((cycle) => {
    const [first = ''] = cycle
    const path = [...cycle, first].join(' → ')
    return problem('BP1306', `a config value refers to itself: ${path}`, nodes.get(first)?.place, {
      hint: 'give one of them a value of its own',
    })
  })
}

function nodeOf(place: Place, key: string): string {
  return `${place.path === '' ? 'application' : place.path}: ${key}`
}

/** The entity, or the nearest above it, that says what a key is. */
function declarerOf(place: Place | undefined, key: string): Place | undefined {
  for (let at = place; at !== undefined; at = at.parent) if (Object.hasOwn(at.spec.config, key)) return at
  return undefined
}
