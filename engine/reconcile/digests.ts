import type { SpecNode, SpecTree } from '../entity/spec-tree.js'
import type { Expression } from '../spec/expression.js'
import type { SoftwareSpec } from '../spec/operation-spec.js'
import { digestOf } from '../support/digest.js'
import type { Json } from '../support/json.js'

/** What of an entity forces what when it changes. */
export interface NodeForm {
  /** Digest of what forces a replacement: machine, volumes, one-time phases. */
  readonly replace: string
  /** Digest of what forces a new run: launch, environment, files. A changed stop or check takes effect without one. */
  readonly run: string
}

/**
 * The form of a node: expressions as declared, with config that they refer to put in their place, so that a changed
 * default or parent's value counts. Pure over the spec; cached for the life of the tree.
 */
export function formOf(tree: SpecTree, node: SpecNode): NodeForm {
  const cached = CACHE.get(node)
  if (cached !== undefined) return cached
  const form = {
    replace: digestOf(replaceParts(tree, node)),
    run: digestOf(runParts(tree, node)),
  }
  CACHE.set(node, form)
  return form
}

/** What a node's form is the digest of, under readable names, for saying what changed. */
export function partsOf(tree: SpecTree, node: SpecNode): { readonly [name: string]: Json } {
  return { ...replaceParts(tree, node), ...runParts(tree, node) }
}

/** The config expression that applies to a node: its own, else its nearest ancestor's, else a parameter's default. */
export function configOf(
  node: SpecNode,
  key: string,
): { readonly expression: Expression; readonly node: SpecNode } | undefined {
  for (let at: SpecNode | undefined = node; at !== undefined; at = at.parent) {
    const own = Object.hasOwn(at.spec.config, key) ? at.spec.config[key] : undefined
    if (own !== undefined) return { expression: own, node: at }
  }
  for (let at: SpecNode | undefined = node; at !== undefined; at = at.parent) {
    const fallback = at.spec.parameters.find((parameter) => parameter.name === key)?.default
    if (fallback !== undefined) return { expression: fallback, node: at }
  }
  return undefined
}

const CACHE = new WeakMap<SpecNode, NodeForm>()

function replaceParts(tree: SpecTree, node: SpecNode): { readonly [name: string]: Json } {
  const { spec } = node
  const { install, customize } = spec.software?.phases ?? {}
  const parts: { [name: string]: unknown } = {
    machine: spec.machine ?? null,
    volumes: spec.volumes,
    install: install ?? null,
    customize: customize ?? null,
    environment:
      install === undefined && customize === undefined ? null : (spec.software?.environment ?? null),
    ...directoryPart('installDirectory', spec.software),
  }
  return inlined(tree, node, parts, 0) as { readonly [name: string]: Json }
}

function runParts(tree: SpecTree, node: SpecNode): { readonly [name: string]: Json } {
  const { software } = node.spec
  const parts = {
    launch: software?.phases.launch ?? null,
    env: software?.environment ?? null,
    files: software?.files ?? null,
    ...directoryPart('runDirectory', software),
  }
  return inlined(tree, node, parts, 0) as { readonly [name: string]: Json }
}

/** Nothing for a directory that is not named, so that a digest stays what it was before the name existed. */
function directoryPart(
  name: 'installDirectory' | 'runDirectory',
  software: SoftwareSpec | undefined,
): { readonly [name: string]: string } {
  const directory = software?.[name]
  return directory === undefined ? {} : { [name]: directory }
}

const MAX_DEPTH = 64

function inlined(tree: SpecTree, node: SpecNode, value: unknown, depth: number): Json {
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json
  if (depth > MAX_DEPTH) return 'too deep'
  if (Array.isArray(value)) return value.map((part) => inlined(tree, node, part, depth + 1))
  if (isConfigReference(value)) {
    const found = configOf(targetOf(tree, node, value.of), value.key)
    if (found !== undefined) return inlined(tree, found.node, found.expression, depth + 1)
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, inlined(tree, node, part, depth + 1)]),
  )
}

type ConfigReference = Extract<Expression, { readonly kind: 'config' }>

function isConfigReference(value: object): value is ConfigReference {
  return 'kind' in value && value.kind === 'config' && 'of' in value && 'key' in value
}

function targetOf(tree: SpecTree, node: SpecNode, of: ConfigReference['of']): SpecNode {
  if ('id' in of) return tree.named(of.id)[0] ?? node
  if (of.scope === 'root') return tree.root
  return of.scope === 'parent' ? (node.parent ?? node) : node
}
