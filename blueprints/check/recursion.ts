import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { type Use, usesOf } from './expressions.js'
import { declarerOf, toldText } from './find-entity.js'
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
      const key = toldText(use.expression.key, place, context.landscape)
      const declarer =
        key === undefined ? undefined : declarerOf(context.landscape.resolve(use.expression.of, place), key)
      if (key === undefined || declarer === undefined) continue
      if (!nodes.has(from)) nodes.set(from, use)
      edges.set(from, [...(edges.get(from) ?? []), nodeOf(declarer, key)])
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
