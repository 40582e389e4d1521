import { ROOT, childPath, isWithin, parentPath } from '../../entity/path.js'
import { pathSeenFrom, type SpecTree } from '../../entity/spec-tree.js'
import type { EntityStep } from '../../expression/evaluate.js'

/**
 * Concrete paths of the entities that a step from `from` leads to, nearest first, whether or not they exist already. A member
 * is named by its number, or by the id that all members of its role have: then the role answers for them.
 */
export function pathsOf(step: EntityStep, from: string, tree: SpecTree): readonly string[] {
  if (!('id' in step)) {
    if (step.scope === 'self') return [from]
    return [step.scope === 'root' ? ROOT : (parentPath(from) ?? ROOT)]
  }
  const { scope, id } = step
  if (scope === 'path' && tree.at(id) !== undefined) return [id]
  return scope === 'member' ? membersOf(id, from, tree) : named(step, from, tree)
}

function named({ scope, id }: NamedStep, from: string, tree: SpecTree): readonly string[] {
  const isInScope = SCOPES[scope] ?? everywhere
  const fitting = tree
    .named(id)
    .map((node) => pathSeenFrom(node, from))
    .filter((path) => isInScope(path, from))
  if (fitting.length > 0) return [...new Set(fitting)].sort((a, b) => distance(a, from) - distance(b, from))
  return id !== ROOT && tree.at(id) !== undefined && isInScope(id, from) ? [id] : []
}

function membersOf(id: string, from: string, tree: SpecTree): readonly string[] {
  const role = tree.at(from)
  const member = role?.member
  if (member === undefined) return []
  if (/^[0-9]+$/.test(id)) return [childPath(from, id)]
  if (tree.named(id).includes(member)) return [from]
  return parentPath(id) === from && tree.at(id)?.parent === role && tree.at(id)?.isMember === true ? [id] : []
}

type NamedStep = Extract<EntityStep, { readonly id: string }>

/** Whether a path is where a scope looks, seen from another. */
const SCOPES: { readonly [scope: string]: (path: string, from: string) => boolean } = {
  child: (path, from) => path !== ROOT && parentPath(path) === from,
  sibling: (path, from) => path !== from && path !== ROOT && parentPath(path) === parentPath(from),
  descendant: (path, from) => path !== from && isWithin(path, from),
  ancestor: (path, from) => path !== from && isWithin(from, path),
  application: (path) => path === ROOT,
}

function everywhere(): boolean {
  return true
}

function distance(path: string, from: string): number {
  const a = path.split('/')
  const b = from.split('/')
  let shared = 0
  while (shared < a.length && a[shared] === b[shared]) shared += 1
  return a.length + b.length - 2 * shared
}
