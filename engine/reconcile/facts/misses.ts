import type { Unseen } from '../../entity/resource.js'
import { lostAfter } from './host-loss.js'
import type { SlotState } from './landscape.js'

/** Milliseconds of misses in a row before they are written down: a look or two that go astray cost no commit. */
const NOTED_AFTER = 10_000

/**
 * Notes in memory that a look has missed a machine. Gives what is to be written down about it: its first miss once that is
 * old enough, and what is known already when this process had not missed it yet or it is now known better.
 */
export function noteMiss(
  slot: SlotState,
  token: string,
  look: { readonly at: number; readonly whole: boolean },
): Unseen | undefined {
  const { at, whole } = look
  const known = slot.observed?.unseen?.[token]
  const isFirst = !slot.missed.has(token)
  if (isFirst) slot.missed = new Map([...slot.missed, [token, known?.since ?? at]])
  const since = known?.since ?? slot.missed.get(token) ?? at
  return isNews(slot, known, { since, isFirst, ...look }) ? { since, whole } : undefined
}

function isNews(
  slot: SlotState,
  known: Unseen | undefined,
  miss: { readonly since: number; readonly at: number; readonly isFirst: boolean; readonly whole: boolean },
): boolean {
  if (known === undefined) return !miss.isFirst && isDue(slot, miss.at - miss.since)
  return miss.isFirst || known.whole !== miss.whole
}

function isDue({ node }: SlotState, unseenFor: number): boolean {
  return unseenFor >= Math.min(NOTED_AFTER, lostAfter(node) / 2)
}

/** Notes that a machine was seen; true when it was written down as unseen, so that this is news. */
export function noteSighting(slot: SlotState, token: string): boolean {
  if (slot.missed.has(token)) slot.missed = new Map([...slot.missed].filter(([other]) => other !== token))
  return slot.observed?.unseen?.[token] !== undefined
}
