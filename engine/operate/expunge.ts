import { wishFor } from './changes/desire.js'
import type { KeptApplication } from './kept-application.js'

/** Gives an application up whose start has failed for good, with what was asked of it. */
export async function expunge(
  application: Pick<KeptApplication, 'desire' | 'tasks'>,
  reason: string,
  now: number,
): Promise<void> {
  const message = `start failed: ${reason}`
  const failure = { cause: 'command-failed', retry: 'never', message } as const
  await application.desire((desired) => wishFor(desired, 'gone', { name: 'weir', reason: message, now }), {
    beside: () => application.tasks.endAll({ state: 'failed', endedAt: now, failure }),
  })
}
