import { guestsOf, type SpecNode, type SpecTree } from '../../entity/spec-tree.js'
import { configLayers, type ConfigLayer } from '../../spec/config-layers.js'
import type { EntitySpec } from '../../spec/entity-spec.js'
import type { EntityReference, Expression } from '../../spec/expression.js'
import { digestOf } from '../../support/digest.js'
import type { Json } from '../../support/json.js'

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

/** Digest by which a run-once entity counts as done: all that it is made from. */
export function jobDigest(tree: SpecTree, node: SpecNode): string {
  const { replace, run } = formOf(tree, node)
  return digestOf([replace, run])
}

/** What a node's form is the digest of, under readable names, for saying what changed. */
export function partsOf(tree: SpecTree, node: SpecNode): { readonly [name: string]: Json } {
  return { ...replaceParts(tree, node), ...runParts(tree, node) }
}

/** The nearest of the config expressions that apply to a node: see configLayers. */
export function configOf(
  node: SpecNode,
  key: string,
): { readonly expression: Expression; readonly node: SpecNode } | undefined {
  return configLayers(node, key)[0]
}

const CACHE = new WeakMap<SpecNode, NodeForm>()

/** Where in a spec stands what forces a replacement, by the name under which it is shown. */
const REPLACE_PARTS = {
  machine: 'machine',
  volumes: 'volumes',
  addresses: 'addresses',
  install: 'software.phases.install',
  customize: 'software.phases.customize',
  environment: 'software.environment',
  installDirectory: 'software.installDirectory',
} as const

/** Where in a spec stands what forces a new run. */
const RUN_PARTS = {
  launch: 'software.phases.launch',
  env: 'software.environment',
  files: 'software.files',
  runDirectory: 'software.runDirectory',
} as const

/** Where in a spec all stands that a form is made of. */
export const FORM_PATHS: readonly string[] = [...Object.values(REPLACE_PARTS), ...Object.values(RUN_PARTS)]

/** Nothing for what is not named of these, so that a digest stays what it was before the name existed. */
const LEFT_OUT: ReadonlySet<string> = new Set(['addresses', 'installDirectory', 'runDirectory'])

function replaceParts(tree: SpecTree, node: SpecNode): { readonly [name: string]: Json } {
  const parts = partsAt(node.spec, REPLACE_PARTS)
  // Only one-time phases make an environment a reason for another machine.
  if (parts['install'] === null && parts['customize'] === null) parts['environment'] = null
  const made = inlined(tree, node, parts, 0) as { readonly [name: string]: Json }
  return node.spec.sharesMachine === true ? { ...made, guests: guestParts(tree, node) } : made
}

/** The ports that the machine of an entity has for those that work on it. */
function guestParts(tree: SpecTree, host: SpecNode): Json {
  const ports = guestsOf(host).flatMap(({ node, ports: before }) => {
    const { ports: own = [] } = node.spec.machine ?? {}
    return own.length === 0 ? [] : [[before, inlined(tree, node, own, 0)] as const]
  })
  return Object.fromEntries(ports)
}

function runParts(tree: SpecTree, node: SpecNode): { readonly [name: string]: Json } {
  return inlined(tree, node, partsAt(node.spec, RUN_PARTS), 0) as { readonly [name: string]: Json }
}

function partsAt(spec: EntitySpec, paths: { readonly [name: string]: string }): { [name: string]: unknown } {
  const found = Object.entries(paths).map(([name, path]) => [name, valueAt(spec, path)] as const)
  const kept = found.filter(([name, value]) => value !== undefined || !LEFT_OUT.has(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? null]))
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (at === undefined ? undefined : (at as { [key: string]: unknown })[key]),
      value,
    )
}

const MAX_DEPTH = 64

function inlined(tree: SpecTree, node: SpecNode, value: unknown, depth: number): Json {
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json
  if (depth > MAX_DEPTH) return 'too deep'
  if (Array.isArray(value)) return value.map((part) => inlined(tree, node, part, depth + 1))
  if (isConfigReference(value)) {
    const layers = referredLayers(tree, node, value)
    const made = layers.map((layer) => inlined(tree, layer.node, layer.expression, depth + 1))
    if (made.length > 0) return made.length === 1 ? (made[0] ?? null) : made
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, inlined(tree, node, part, depth + 1)]),
  )
}

type ConfigReference = Extract<Expression, { readonly kind: 'config' }>

function isConfigReference(value: object): value is ConfigReference {
  return 'kind' in value && value.kind === 'config' && 'of' in value && 'key' in value
}

/** What a config reference means; undefined where that shows only when it is evaluated. */
export function referredConfig(
  tree: SpecTree,
  node: SpecNode,
  { of, key }: ConfigReference,
): ReturnType<typeof configOf> {
  return referredLayers(tree, node, { kind: 'config', of, key })[0]
}

function referredLayers(
  tree: SpecTree,
  node: SpecNode,
  { of, key }: ConfigReference,
): readonly ConfigLayer<SpecNode>[] {
  const target = targetOf(tree, node, of)
  return target === undefined || typeof key !== 'string' ? [] : configLayers(target, key)
}

/** The node that a reference of another means. */
function targetOf(tree: SpecTree, node: SpecNode, of: EntityReference): SpecNode | undefined {
  if (of.scope === 'value') return undefined
  const start = of.from === undefined ? node : targetOf(tree, node, of.from)
  if (start === undefined) return undefined
  if ('id' in of) return typeof of.id === 'string' ? (tree.named(of.id)[0] ?? start) : undefined
  if (of.scope === 'root') return tree.root
  return of.scope === 'parent' ? (start.parent ?? start) : start
}
