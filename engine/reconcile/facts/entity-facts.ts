import { childPath } from '../../entity/path.js'
import type { EntityFacts } from '../../expression/predicate.js'
import { plain } from '../../expression/value.js'
import type { Json } from '../../support/json.js'
import { nameOf } from './entity-name.js'
import type { Landscape } from './landscape.js'
import { placementOf } from './placement.js'
import type { World } from './world.js'
import { versionAt } from './rollout.js'

/** What an expression of an entity is now; undefined while it is not known. */
export function knownValue(
  expression: Parameters<World['evaluate']>[0],
  path: string,
  world: World,
): Json | undefined {
  const value = world.evaluate(expression, path, versionAt(world.desired, path))
  return value.kind === 'ready' ? plain(value.value) : undefined
}

/** What predicates see of a living entity. What it asks for is noted by `world`, so that changes can wake whoever asks. */
export function entityFacts(path: string, landscape: Landscape, world: World): EntityFacts {
  const node = landscape.slots.get(path)?.node ?? landscape.tree.at(path)
  const known = (expression: Parameters<World['evaluate']>[0]): Json | undefined =>
    knownValue(expression, path, world)
  return {
    name: nameOf(path, landscape),
    type: node?.spec.type ?? '',
    config: (key) => known({ kind: 'config', of: { scope: 'self' }, key }) ?? undefined,
    sensor: (sensor) => known({ kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false }),
    tags: () => node?.spec.tags ?? [],
    locations: () => {
      const here = landscape.slots.get(path)?.record.current?.location
      return here === undefined ? (node === undefined ? [] : placementOf(node).locations) : [here]
    },
    children: () => [
      ...[...(landscape.roles.get(path)?.slots.keys() ?? [])].map((member) =>
        entityFacts(member, landscape, world),
      ),
      ...(node?.children ?? []).map((child) =>
        entityFacts(childPath(path, child.spec.name), landscape, world),
      ),
    ],
  }
}
