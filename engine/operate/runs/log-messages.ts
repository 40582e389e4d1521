import type { Log } from '../../support/log.js'
import type { RunTurn } from '../../workflow/run-step.js'

/** Logs what a run was made to say. */
export function logMessages({ messages, run }: Pick<RunTurn, 'messages' | 'run'>, log: Log): void {
  const { application, entity, id } = run
  for (const { level, message } of messages)
    log[level]('a workflow says', { application, entity, run: id, message })
}
