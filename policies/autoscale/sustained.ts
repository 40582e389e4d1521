import { formatDuration } from '../config/duration.js'
import { type SlidingMinimum, leastInWindow, nextChangeOfWindow, noteInWindow } from '../operators/window.js'
import type { AutoscaleMemory } from './memory.js'
import type { AutoscaleSettings } from './settings.js'
import { CONTENT, type Wish } from './wish.js'

/** What is needed now, and by whom it is known. */
export interface Needed {
  readonly count: number
  readonly text: string
  readonly present: number
  readonly ready: number
}

/** What lasted long enough to be asked for, and the windows after it. */
export interface Sustained {
  readonly out: SlidingMinimum
  readonly in: SlidingMinimum
  readonly wish: Wish
  /** When a window can say something else by itself; undefined where the present count is right. */
  readonly changesAt: number | undefined
}

type Windows = Pick<AutoscaleSettings, 'scaleOutAfter' | 'scaleInAfter'>

/**
 * What is needed, once it was needed for long enough: growth by the least count needed over the window (a short peak
 * counts for nothing), shrinking to the largest (a short lull does not either).
 */
export function sustained(
  { scaleOutAfter, scaleInAfter }: Windows,
  memory: Pick<AutoscaleMemory, 'out' | 'in'>,
  needed: Needed,
  now: number,
): Sustained {
  const { count, present } = needed
  const out = noteInWindow(memory.out, count, now, scaleOutAfter)
  const into = noteInWindow(memory.in, -count, now, scaleInAfter)
  const windows = { out, in: into }
  if (count === present) return { ...windows, wish: CONTENT, changesAt: undefined }
  const grow = leastInWindow(out, now, scaleOutAfter) ?? present
  const shrink = -(leastInWindow(into, now, scaleInAfter) ?? -present)
  const changes = [nextChangeOfWindow(out, now, scaleOutAfter), nextChangeOfWindow(into, now, scaleInAfter)]
  const ahead = changes.filter((at) => at !== undefined)
  const changesAt = ahead.length === 0 ? undefined : Math.min(...ahead)
  return { ...windows, changesAt, wish: wishFor(needed, { grow, shrink }, { scaleOutAfter, scaleInAfter }) }
}

function wishFor(
  { text, present, ready }: Needed,
  { grow, shrink }: { readonly grow: number; readonly shrink: number },
  { scaleOutAfter, scaleInAfter }: Windows,
): Wish {
  if (grow > present)
    return { kind: 'ask', count: grow, reason: `${text}, too high for ${formatDuration(scaleOutAfter)}` }
  if (shrink >= present)
    return { kind: 'hold', rule: 'not-sustained', reason: `${text}, but not for long enough` }
  if (ready < present) {
    const reason = `${ready} of ${present} members are up; none is taken away before all are`
    return { kind: 'hold', rule: 'members-not-ready', reason }
  }
  return { kind: 'ask', count: shrink, reason: `${text}, too low for ${formatDuration(scaleInAfter)}` }
}
