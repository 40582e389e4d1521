import { EXIT } from './exit.js'
import type { Session } from './session.js'

/**
 * Work that a person may leave. On a terminal the first Ctrl-C asks whether to detach, and the second ends with 130;
 * elsewhere the first ends with 130. Nothing in the server is undone by either.
 */
export async function interruptible(
  session: Session,
  farewell: string,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { terminal } = session
  const abort = new AbortController()
  let presses = 0
  const left = new Promise<number>((resolve) => {
    const undo = terminal.onInterrupt(() => {
      presses += 1
      if (presses > 1 || !terminal.errIsTty) resolve(EXIT.interrupted)
      else void askToDetach().then(resolve)
    })
    abort.signal.addEventListener('abort', undo)
  })

  async function askToDetach(): Promise<number> {
    const said = await terminal.ask('\nDetach? The work goes on in the server. [Y/n] ')
    if (/^n/i.test(said.trim())) {
      presses = 0
      return left
    }
    terminal.err(`detached: ${farewell}\n`)
    return EXIT.ok
  }

  try {
    return await Promise.race([work(abort.signal), left])
  } finally {
    abort.abort()
  }
}
