import { isInside } from '../../entity/spec-tree.js'
import type { SpecNode, SpecTree } from '../../entity/spec-tree.js'
import { configLayers } from '../../spec/config-layers.js'
import type { EntityReference, Expression } from '../../spec/expression.js'

/** Config that refers to config, at most so often: a circle means nobody. */
const MOST_HOPS = 32

/**
 * The entity that a reference means seen from another, as far as the document alone tells; undefined where there is none, or
 * where that shows only when something runs.
 */
export function nodeMeant(
  tree: SpecTree,
  from: SpecNode,
  reference: EntityReference,
  hops: number = MOST_HOPS,
): SpecNode | undefined {
  if (hops === 0) return undefined
  if (reference.scope === 'value') return nodeIn(tree, from, reference.of, hops - 1)
  const start = reference.from === undefined ? from : nodeMeant(tree, from, reference.from, hops - 1)
  if (start === undefined) return undefined
  if (!('id' in reference)) return standing(tree, start, reference.scope)
  const { scope, id } = reference
  return typeof id === 'string' ? named(tree, start, scope, id) : undefined
}

function nodeIn(tree: SpecTree, from: SpecNode, value: Expression, hops: number): SpecNode | undefined {
  if (value.kind === 'entity-id') return nodeMeant(tree, from, value.of, hops)
  if (value.kind === 'literal')
    return typeof value.value === 'string' ? named(tree, from, 'global', value.value) : undefined
  if (value.kind !== 'config' || typeof value.key !== 'string') return undefined
  const holder = nodeMeant(tree, from, value.of, hops)
  const [layer] = holder === undefined ? [] : configLayers(holder, value.key)
  return layer === undefined ? undefined : nodeIn(tree, layer.node, layer.expression, hops - 1)
}

function standing(tree: SpecTree, from: SpecNode, scope: 'self' | 'parent' | 'root'): SpecNode {
  if (scope === 'self') return from
  return scope === 'root' ? tree.root : (from.parent ?? tree.root)
}

function named(tree: SpecTree, from: SpecNode, scope: string, id: string): SpecNode | undefined {
  const isInScope = SCOPES[scope] ?? everywhere
  const [first, ...others] = tree.named(id).filter((node) => isInScope(node, from))
  if (first === undefined) return undefined
  return others.reduce((best, node) => (distance(node, from) < distance(best, from) ? node : best), first)
}

/** Whether a node is where a scope looks, seen from another. */
const SCOPES: { readonly [scope: string]: (node: SpecNode, from: SpecNode) => boolean } = {
  child: (node, from) => node.parent === from && !node.isMember,
  member: (node, from) => node.parent === from && node.isMember,
  sibling: (node, from) => node !== from && node.parent === from.parent,
  descendant: (node, from) => node !== from && isInside(node, from),
  ancestor: (node, from) => node !== from && isInside(from, node),
  application: (node) => node.parent === undefined,
}

function everywhere(): boolean {
  return true
}

function distance(a: SpecNode, b: SpecNode): number {
  const above = ancestors(a)
  const other = ancestors(b)
  const shared = above.filter((node) => other.includes(node)).length
  return above.length + other.length - 2 * shared
}

function ancestors(node: SpecNode): readonly SpecNode[] {
  return node.parent === undefined ? [node] : [node, ...ancestors(node.parent)]
}
