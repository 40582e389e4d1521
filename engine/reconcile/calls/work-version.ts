import type { Incarnation } from '../../entity/allocation.js'
import type { PhaseName } from '../../spec/operation-spec.js'
import { formOf } from '../facts/digests.js'
import type { SlotFacts, World } from '../facts/world.js'
import { versionAt } from '../facts/rollout.js'

/**
 * The version of the document that the work of a phase is taken from. Launch and check are the wanted version's, one-time
 * phases that of their incarnation. A stop command is the wanted one too, unless what runs is to make way for another
 * machine or run: then it is the one that this was launched with.
 */
export function workVersion(
  phase: PhaseName,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): number {
  const wanted = versionAt(world.desired, slot.path)
  if (phase === 'launch' || phase === 'check') return wanted
  if (phase !== 'stop') return incarnation.version
  return isAsWanted(incarnation, slot, world) ? wanted : (incarnation.run?.version ?? incarnation.version)
}

function isAsWanted({ digest, run }: Incarnation, { path }: SlotFacts, world: World): boolean {
  const tree = world.tree(versionAt(world.desired, path))
  const node = tree.at(path)
  if (node === undefined) return false
  const form = formOf(tree, node)
  return form.replace === digest && form.run === run?.form
}
