import type { Incarnation } from '../../entity/allocation.js'
import { pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import { lackOf } from '../../expression/lack.js'
import { isReady } from '../../expression/value.js'
import type { GateSpec, GateStage } from '../../spec/gate-spec.js'
import { copyWith } from '../../support/copy.js'
import { incarnations, isServing, openTrouble, serviceKind, serviceOf } from '../facts/condition.js'
import { permitsIn, type Permits } from '../facts/permit-book.js'
import type { SlotDraft } from './draft.js'
import { versionAt } from '../facts/rollout.js'

/**
 * An incarnation as it may go on to these stages, with the permits that it needs for them; undefined while a gate holds it
 * back. Permits count once the incarnation is put into the record.
 */
export function throughGates(
  draft: SlotDraft,
  one: Incarnation,
  stages: readonly GateStage[],
): Incarnation | undefined {
  let through = one
  let isHeld = false
  // All are asked, so that all that hold it back are told.
  for (const { gate, node } of gatesOf(draft.slot.node, stages)) {
    const granted = pass(draft, through, gate, node)
    if (granted === undefined) isHeld = true
    else through = granted
  }
  return isHeld ? undefined : through
}

/** Stages that the making of a machine begins: of one that is its own service and has nothing done on it, all. */
export function stagesOfMaking({ spec }: SpecNode): readonly GateStage[] {
  const { launch, install, customize } = spec.software?.phases ?? {}
  const isAll = launch === undefined && install === undefined && customize === undefined
  return isAll ? ['make', 'start', 'launch'] : ['make']
}

/** Gives back the permits of stages that are over, well or not. */
export function givePermitsBack(draft: SlotDraft): void {
  for (const one of incarnations(draft.record)) {
    const { permits, ...rest } = one
    if (permits === undefined) continue
    const kept = Object.entries(permits).filter(([stage]) => isAt(draft, one, stage as GateStage))
    if (kept.length === Object.keys(permits).length) continue
    draft.put(kept.length === 0 ? rest : copyWith<Incarnation>(rest, { permits: Object.fromEntries(kept) }))
  }
}

interface PlacedGate {
  readonly gate: GateSpec
  /** Whose it is. */
  readonly node: SpecNode
}

/** Gates of an entity and of what it is inside of, the nearest of each name. */
function gatesOf(of: SpecNode | undefined, stages: readonly GateStage[]): readonly PlacedGate[] {
  const found: PlacedGate[] = []
  for (let node = of; node !== undefined; node = node.parent) {
    for (const gate of node.spec.gates ?? []) {
      const isNearest = !found.some((one) => one.gate.name === gate.name)
      if (isNearest && stages.includes(gate.stage)) found.push({ gate, node })
    }
  }
  return found
}

function pass(draft: SlotDraft, one: Incarnation, gate: GateSpec, node: SpecNode): Incarnation | undefined {
  const { world, slot } = draft
  const path = pathSeenFrom(node, slot.path)
  const value = world.evaluate(gate.condition, path, versionAt(world.desired, path))
  if (value.kind !== 'ready') {
    if (value.kind === 'waiting' && gate.within !== undefined)
      return heldBack(draft, gate, `: ${value.on.join(', ')}`) ? undefined : one
    draft.unready(value, `${gate.name}: `)
    return undefined
  }
  const permits = permitsIn(value.value)
  if (permits !== undefined) return withPermit(draft, one, gate, permits)
  if (value.value === null || isReady(value.value)) return one
  return heldBack(draft, gate, ` ${lackOf(value.value)}`) ? undefined : one
}

/** Whether a gate holds back still: one that has an end does not after that. */
function heldBack(draft: SlotDraft, { name, within }: GateSpec, lack: string): boolean {
  const reason = `${name}${lack}`
  if (within !== undefined) return draft.waitWithin({ key: name, within }, reason)
  draft.wait(reason)
  return true
}

function withPermit(
  draft: SlotDraft,
  one: Incarnation,
  gate: GateSpec,
  { pool, most }: Permits,
): Incarnation | undefined {
  const { permits = {} } = one
  const isHeld = Object.values(permits).includes(pool)
  const taken = isHeld ? 0 : draft.world.permitsHeld(pool)
  if (taken < most) return copyWith(one, { permits: { ...permits, [gate.stage]: pool } })
  const reason = `: ${taken} have a permit of ${pool}; ${most} may have one at once`
  return heldBack(draft, gate, reason) ? undefined : one
}

/** Whether an incarnation is at a stage for which it has a permit. */
function isAt(draft: SlotDraft, one: Incarnation, stage: GateStage): boolean {
  switch (stage) {
    case 'make':
      return one.stage === 'creating'
    case 'install':
    case 'customize':
      return one.step?.kind === 'phase' && one.step.phase === stage
    case 'stop':
      return one.run !== undefined && one.run.stage !== 'ended'
    case 'start':
      return isOnItsWay(draft, one)
    case 'launch':
      return isLaunching(draft, one)
  }
}

/** Not serving yet, and nothing has gone wrong that it is only waited after. */
function isOnItsWay({ record, slot, world, wish }: SlotDraft, one: Incarnation): boolean {
  const { node } = slot
  if (record.current?.number !== one.number || node === undefined || wish !== 'running') return false
  const isWaiting = one.step === undefined && openTrouble(record, world.desired) !== undefined
  return !isWaiting && !isServing(one, node, slot.observed)
}

function isLaunching(draft: SlotDraft, one: Incarnation): boolean {
  const { node, observed } = draft.slot
  if (node === undefined || serviceKind(node) === 'machine') return isOnItsWay(draft, one)
  if (draft.record.current?.number !== one.number) return false
  return serviceOf(one, node, observed).kind === 'starting'
}
