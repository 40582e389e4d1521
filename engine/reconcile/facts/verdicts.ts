import { openTrouble } from './condition.js'
import type { SlotFacts, World } from './world.js'

/** Whether a slot is quarantined: nothing of it runs until somebody recovers or removes it. */
export function isSetAside(slot: Pick<SlotFacts, 'record'>, world: Pick<World, 'desired'>): boolean {
  return openTrouble(slot.record, world.desired)?.verdict === 'quarantine'
}

/** Whether nothing more is tried for a slot until somebody recovers it or changes the document. */
export function isGivenUp(slot: Pick<SlotFacts, 'record'>, world: Pick<World, 'desired'>): boolean {
  const verdict = openTrouble(slot.record, world.desired)?.verdict
  return verdict === 'give-up' || verdict === 'expunge'
}
