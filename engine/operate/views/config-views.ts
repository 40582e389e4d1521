import type { KeptRecord } from '../../entity/kept.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { EntityView } from '../../entity/view.js'
import { plain, type Value } from '../../expression/value.js'
import { NAME_SETTING } from '../../reconcile/facts/kept-values.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import { worldFor, type WorldSources } from '../../reconcile/facts/tracked-world.js'
import { configLayers } from '../../spec/config-layers.js'
import type { Expression } from '../../spec/expression.js'
import type { Json } from '../../support/json.js'
import { versionAt } from '../../reconcile/facts/rollout.js'

/** What people call it, where that is not its name. */
export function displayNameOf(
  { settings }: Landscape,
  path: string,
  node: SpecNode | undefined,
): Pick<EntityView, 'displayName'> {
  const displayName = settings.value(path, NAME_SETTING) ?? node?.spec.displayName
  return typeof displayName === 'string' ? { displayName } : {}
}

/** The keys that an entity declares, has values of, or had set, whatever their values are made of. */
export function configOf(node: SpecNode, set: readonly KeptRecord[]): { readonly [key: string]: Expression } {
  const declared = node.spec.parameters
    .map(({ name }) => name)
    .filter((key) => configLayers(node, key).length > 0)
  const own = set.map(({ sensor }) => sensor).filter((key) => key !== NAME_SETTING)
  const keys = new Set([...declared, ...Object.keys(node.spec.config), ...own])
  return Object.fromEntries([...keys].map((key) => [key, { kind: 'config', of: { scope: 'self' }, key }]))
}

/** Config as it evaluates now; what still waits shows what it waits for, secrets their names. */
export function shownConfig(
  sources: WorldSources,
  path: string,
  config: { readonly [key: string]: Expression },
): { readonly [key: string]: Json } {
  const world = worldFor('', 0, sources)
  const shown = Object.entries(config).map(([key, expression]) => {
    const value = world.evaluate(expression, path, versionAt(world.desired, path))
    const text: Value =
      value.kind === 'ready'
        ? value.value
        : value.kind === 'waiting'
          ? `<waits for ${value.on.join(', ')}>`
          : `<${value.reason}>`
    return [key, plain(text)] as const
  })
  return Object.fromEntries(shown)
}
