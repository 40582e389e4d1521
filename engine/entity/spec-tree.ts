import type { ApplicationSpec } from '../spec/application-spec.js'
import { hasFootprint } from '../spec/count-entities.js'
import type { EntitySpec } from '../spec/entity-spec.js'
import { required } from '../support/invariant.js'
import { ROOT, childPath } from './path.js'

/** The segment that stands for any member of a role in a pattern. */
export const ANY_MEMBER = '*'

/** The segment of a role's first member. */
const FIRST_MEMBER = '1'

/** One node of a spec, with where it stands. Members of a role share one node. */
export interface SpecNode {
  readonly spec: EntitySpec
  /** Path with '*' for member numbers, e.g. 'web' then any number then 'cache'. */
  readonly pattern: string
  readonly parent?: SpecNode
  readonly children: readonly SpecNode[]
  /** Node of the members, where the entity has members. */
  readonly member?: SpecNode
  /** Node of the member with the number 1, where that is made from something else. */
  readonly firstMember?: SpecNode
  readonly isMember: boolean
  /** Whether something must exist at a location for it. */
  readonly hasFootprint: boolean
  /** Whether it is at no place though something is recorded of it: done by workflows alone, or a member that asks for no machine. */
  readonly isNowhere: boolean
}

/** A spec indexed for walking by path. */
export interface SpecTree {
  readonly application: ApplicationSpec
  readonly root: SpecNode
  /** All nodes, parents first. */
  readonly nodes: readonly SpecNode[]
  /** The node for a concrete path; undefined when the spec has no such entity. */
  at(path: string): SpecNode | undefined
  /** Nodes whose plan id or name is `id`, in document order. */
  named(id: string): readonly SpecNode[]
}

/** Indexes a spec; once for each, however often it is asked. */
export function indexSpec(application: ApplicationSpec): SpecTree {
  const known = INDEXED.get(application)
  if (known !== undefined) return known
  const tree = treeOf(application)
  INDEXED.set(application, tree)
  return tree
}

const INDEXED = new WeakMap<ApplicationSpec, SpecTree>()

function treeOf(application: ApplicationSpec): SpecTree {
  const nodes: SpecNode[] = []
  const root = addNode(nodes, application.root, { pattern: ROOT, isMember: false })
  const byPattern = new Map(nodes.map((node) => [node.pattern, node]))
  const names = namesOf(nodes)
  return {
    application,
    root,
    nodes,
    at: (path) => byPattern.get(path) ?? walk(root, path),
    named: (id) => names.get(id) ?? [],
  }
}

/** The concrete path of a node seen from a concrete path: member numbers that both share are taken from `from`. */
export function pathSeenFrom(node: SpecNode, from: string): string {
  const own = from.split('/')
  const pattern = node.pattern.split('/')
  let shared = true
  const segments = pattern.map((segment, at) => {
    const mine = own[at]
    if (segment === ANY_MEMBER && shared && mine !== undefined) return mine
    shared = shared && segment === mine
    return segment
  })
  const open = segments.indexOf(ANY_MEMBER)
  return (open < 0 ? segments : segments.slice(0, open)).join('/')
}

interface Standing {
  readonly pattern: string
  readonly parent?: SpecNode
  readonly isMember: boolean
}

function addNode(nodes: SpecNode[], spec: EntitySpec, standing: Standing): SpecNode {
  const children: SpecNode[] = []
  const isReal = hasFootprint(spec)
  const node: { -readonly [key in keyof SpecNode]: SpecNode[key] } = {
    spec,
    ...standing,
    children,
    hasFootprint: isReal,
    isNowhere: spec.nowhere === true || (standing.isMember && !isReal),
  }
  nodes.push(node)
  const { members } = spec
  if (members !== undefined) {
    const pattern = childPath(standing.pattern, ANY_MEMBER)
    node.member = addNode(nodes, members.spec, { pattern, parent: node, isMember: true })
    if (members.first !== undefined) {
      const own = childPath(standing.pattern, FIRST_MEMBER)
      node.firstMember = addNode(nodes, members.first, { pattern: own, parent: node, isMember: true })
    }
  }
  for (const child of spec.children) {
    const pattern = childPath(standing.pattern, child.name)
    children.push(addNode(nodes, child, { pattern, parent: node, isMember: false }))
  }
  return node
}

function namesOf(nodes: readonly SpecNode[]): ReadonlyMap<string, readonly SpecNode[]> {
  const names = new Map<string, SpecNode[]>()
  const add = (name: string, node: SpecNode): void => {
    const list = names.get(name)
    if (list === undefined) names.set(name, [node])
    else if (!list.includes(node)) list.push(node)
  }
  for (const node of nodes) if (node.spec.id !== undefined) add(node.spec.id, node)
  for (const node of nodes) add(node.spec.name, node)
  return names
}

function walk(root: SpecNode, path: string): SpecNode | undefined {
  if (path === ROOT) return root
  let node: SpecNode | undefined = root
  for (const segment of path.split('/')) node = node === undefined ? undefined : step(node, segment)
  return node
}

function step(node: SpecNode, segment: string): SpecNode | undefined {
  if (segment === FIRST_MEMBER && node.firstMember !== undefined) return node.firstMember
  if (node.member !== undefined && /^[0-9]+$/.test(segment)) return node.member
  return node.children.find((child) => child.spec.name === segment)
}

/** The entity on whose machine another one works; undefined where it has its own, or needs none. */
export function hostOf(node: SpecNode): SpecNode | undefined {
  if (!node.hasFootprint || node.isNowhere) return undefined
  for (let at = node.parent; at !== undefined; at = at.parent) if (at.spec.sharesMachine === true) return at
  return undefined
}

/** The entities that work on the machine of another one, by what their ports are called there. */
export function guestsOf(host: SpecNode): readonly { readonly node: SpecNode; readonly ports: string }[] {
  if (host.spec.sharesMachine !== true) return []
  const within = (node: SpecNode, before: string): ReturnType<typeof guestsOf> =>
    node.children.flatMap((child) => {
      const ports = `${before}${child.spec.name}-`
      const isGuest = child.hasFootprint && !child.isNowhere
      return [...(isGuest ? [{ node: child, ports }] : []), ...within(child, ports)]
    })
  return within(host, '')
}

/** Whether a member is nothing but what is inside of it, so that it is as that is. */
export function isHollow({ isMember, hasFootprint: isReal, children, member }: SpecNode): boolean {
  return isMember && !isReal && (children.length > 0 || member !== undefined)
}

/** The nearest ancestor or self that has members, with its own node as the role. */
export function roleOf(node: SpecNode): SpecNode {
  return node.isMember ? required(node.parent, 'parent of a member') : node
}

/** Whether a node is another, or inside of it. */
export function isInside(node: SpecNode, ancestor: SpecNode): boolean {
  for (let at: SpecNode | undefined = node; at !== undefined; at = at.parent) if (at === ancestor) return true
  return false
}
