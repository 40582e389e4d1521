import type { SlotDraft } from './draft.js'

/** Whether past failures allow another try now. */
export function mayRetry(draft: SlotDraft): boolean {
  const { record, world } = draft
  const { trouble } = record
  if (trouble === undefined || trouble.recovery < world.desired.recovery) return true
  if (world.now >= Math.max(trouble.retryAt, draft.slot.notBefore)) return true
  draft.wait(`attempt ${trouble.attempts + 1} is due later: ${trouble.failure.message}`, trouble.retryAt)
  return false
}

/** Notes what a step still waits for, or that it can never be taken. */
export function reportUnready(
  draft: SlotDraft,
  unready: { readonly kind: string; readonly on?: readonly string[]; readonly reason?: string },
): void {
  draft.settled = false
  if (unready.kind === 'waiting') for (const on of unready.on ?? []) draft.wait(on)
  if (unready.kind === 'failed')
    draft.fail({ cause: 'invalid', retry: 'never', message: unready.reason ?? 'it cannot be made' })
}
