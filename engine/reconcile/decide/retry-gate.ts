import type { Trouble } from '../../entity/allocation.js'
import { openTrouble } from '../facts/condition.js'
import type { SlotDraft } from './draft.js'
import type { World } from '../facts/world.js'

/** Failed attempts in a row after which a removal counts as stuck. */
const STUCK_AFTER = 3

/** Whether something has failed more than in passing. */
export function isStuck({ attempts }: Pick<Trouble, 'attempts'>): boolean {
  return attempts >= STUCK_AFTER
}

/** Whether a removal is stuck in an application that nobody collects: it waits for `recover`. */
export function isLeftLying(trouble: Trouble, world: Pick<World, 'desired' | 'tree'>): boolean {
  const { wish, version } = world.desired
  return wish === 'gone' && isStuck(trouble) && !world.tree(version).application.settings.collect
}

/** Whether past failures allow another try now. */
export function mayRetry(draft: SlotDraft): boolean {
  const { record, world } = draft
  const trouble = openTrouble(record, world.desired)
  if (trouble === undefined) return true
  if (isLeftLying(trouble, world)) {
    draft.wait(`it is not tried again before recover: ${trouble.failure.message}`)
    return false
  }
  const due = Math.max(trouble.retryAt, draft.slot.notBefore)
  if (world.now >= due) return true
  draft.wait(`attempt ${trouble.attempts + 1} is due later: ${trouble.failure.message}`, due)
  return false
}
