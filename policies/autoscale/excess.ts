import type { Output } from '../../engine/index.js'
import { yieldOf } from '../enrichers/enricher.js'
import { EMPTY_WINDOW, leastInWindow, nextChangeOfWindow, noteInWindow } from '../operators/window.js'
import type { AutoscaleMemory } from './memory.js'
import type { Proposal } from './propose.js'
import type { AutoscaleSettings } from './settings.js'

/** What is told of members that are wanted and may not be. */
export interface Excess {
  readonly memory: Pick<AutoscaleMemory, 'wanted'>
  readonly told: readonly Output[]
  readonly changesAt: number | undefined
}

const NOTHING: Excess = { memory: {}, told: [], changesAt: undefined }

/**
 * How many more than the most were wanted all the time of late: a level, so that whoever can help sees it whenever it looks. Nobody
 * is wanted while too little is known.
 */
export function excessOf(
  { role, excess, excessAfter }: AutoscaleSettings,
  memory: AutoscaleMemory,
  { proposal, max }: { readonly proposal: Proposal | undefined; readonly max: number },
  now: number,
): Excess {
  if (excess === undefined) return NOTHING
  const ideal = proposal?.ideal ?? 0
  const wanted = noteInWindow(memory.wanted ?? EMPTY_WINDOW, ideal, now, excessAfter)
  const least = leastInWindow(wanted, now, excessAfter) ?? 0
  const changesAt = ideal > max ? nextChangeOfWindow(wanted, now, excessAfter) : undefined
  return { memory: { wanted }, told: [yieldOf(role, excess, Math.max(0, least - max))], changesAt }
}
