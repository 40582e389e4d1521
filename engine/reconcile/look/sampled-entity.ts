import type { SpecNode } from '../../entity/spec-tree.js'
import { isUp } from '../facts/aggregate.js'
import { machineOf, serviceOf } from '../facts/condition.js'
import type { Landscape, SlotState } from '../facts/landscape.js'
import { wishAt } from '../facts/rest.js'

/** An entity whose sensors are sampled: one with a slot, or one that nothing runs for. */
export interface SampledEntity {
  readonly path: string
  readonly node: SpecNode
  readonly slot: SlotState | undefined
}

/** The entity at a path; undefined where there is none any more. */
export function sampledAt(landscape: Landscape, path: string): SampledEntity | undefined {
  const slot = landscape.slots.get(path)
  const node = slot === undefined ? landscape.tree.at(path) : slot.node
  if (node === undefined || (slot === undefined && (node.isMember || node.hasFootprint))) return undefined
  return { path, node, slot }
}

/** Whether there is something that could answer. */
export function isSampled({ path, slot }: SampledEntity, landscape: Landscape): boolean {
  return slot === undefined ? wishAt(landscape.desired, path) === 'running' : isPollable(slot)
}

/** Whether an entity does its work. */
export function isEntityUp({ path, slot }: SampledEntity, landscape: Landscape): boolean {
  return slot === undefined ? isUp(landscape, path) : slot.condition.up
}

/**
 * Whether an entity is looked at again though nothing could answer now: what is still coming up, perhaps behind an
 * incarnation that serves; not what ends.
 */
export function isWaitedFor({ slot }: SampledEntity, landscape: Landscape): boolean {
  if (slot === undefined) return landscape.desired.wish !== 'gone'
  const { record } = slot
  // While its successor waits for room, nobody would tell when that begins: to others the slot runs all the time.
  const isVacant = record.current === undefined && record.leaving.length === 0
  return !isVacant && record.retired === undefined && wishAt(landscape.desired, slot.path) === 'running'
}

function isPollable(state: SlotState): boolean {
  const { current } = state.record
  if (current === undefined || state.node === undefined || state.record.retired !== undefined) return false
  const machine = machineOf(current, state.observed)
  const service = serviceOf(current, state.node, state.observed)
  return (
    machine?.state === 'running' &&
    (service.kind === 'up' || service.kind === 'starting' || service.kind === 'unhealthy')
  )
}
