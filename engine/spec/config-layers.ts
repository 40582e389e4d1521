import type { EntitySpec, InheritanceMode } from './entity-spec.js'
import type { Expression } from './expression.js'

/** An entity among those above it. */
export interface ConfigNode<Node> {
  readonly spec: Pick<EntitySpec, 'config' | 'parameters'>
  readonly parent?: Node
}

/** A value as it was declared, and by whom. */
export interface ConfigLayer<Node> {
  readonly expression: Expression
  readonly node: Node
}

/** What was set for an entity while it ran: it counts before what the entity itself says. */
export type SetHere<Node> = (node: Node) => Expression | undefined

/**
 * What a config key of an entity is made of, nearest first: its own value, else one from above as far as inheritance lets
 * it through, else the nearest default. More than one where maps are merged; none where nobody gives a value.
 */
export function configLayers<Node extends ConfigNode<Node>>(
  node: Node,
  key: string,
  set: SetHere<Node> = () => undefined,
): readonly ConfigLayer<Node>[] {
  const chain = chainOf(node, key)
  const merges = mergesMaps(modeFor(node, key))
  const given = chain.flatMap((at) => {
    const expression = set(at)
    return expression === undefined ? layer(at, at.spec.config, key) : [{ expression, node: at }]
  })
  if (given.length > 0) return merges ? given : given.slice(0, 1)
  return chain.flatMap((at) => fallback(at, key)).slice(0, 1)
}

/** The entity, and those above it whose values it can see. */
function chainOf<Node extends ConfigNode<Node>>(node: Node, key: string): readonly Node[] {
  const chain = [node]
  if (declaredMode(node, key) === 'never') return chain
  for (let at = node.parent; at !== undefined && !keepsToItself(declaredMode(at, key)); at = at.parent)
    chain.push(at)
  return chain
}

function keepsToItself(mode: InheritanceMode | undefined): boolean {
  return mode === 'never' || mode === 'not-reinherited' || mode === 'not-reinherited-else-deep-merge'
}

function mergesMaps(mode: InheritanceMode | undefined): boolean {
  return mode === 'deep-merge' || mode === 'not-reinherited-else-deep-merge'
}

/** The mode that the nearest declaration states. */
function modeFor<Node extends ConfigNode<Node>>(node: Node, key: string): InheritanceMode | undefined {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    const mode = declaredMode(at, key)
    if (mode !== undefined) return mode
  }
  return undefined
}

function declaredMode<Node extends ConfigNode<Node>>(
  { spec }: Node,
  key: string,
): InheritanceMode | undefined {
  return spec.parameters.find((parameter) => parameter.name === key)?.inheritance?.runtime
}

function layer<Node extends ConfigNode<Node>>(
  node: Node,
  config: { readonly [key: string]: Expression },
  key: string,
): readonly ConfigLayer<Node>[] {
  const expression = Object.hasOwn(config, key) ? config[key] : undefined
  return expression === undefined ? [] : [{ expression, node }]
}

function fallback<Node extends ConfigNode<Node>>(node: Node, key: string): readonly ConfigLayer<Node>[] {
  const expression = node.spec.parameters.find((parameter) => parameter.name === key)?.default
  return expression === undefined ? [] : [{ expression, node }]
}
