import { cleanLine } from '../clean.js'
import { EXIT } from '../exit.js'
import { lastLines, newLines } from '../new-lines.js'
import { type Session, entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Milliseconds between looks at a log that is followed. */
const LOOK_AGAIN = 500

/** Lines that are read at each look. */
const WINDOW = 2000

/** Prints what the services of an entity say. */
export const logsVerb: Verb = {
  usage: 'logs <target>',
  summary: 'print what the services of an entity say (APP/ENTITY)',
  options: [
    ['--lines <number>', 'lines at most', '200'],
    ['-f, --follow', 'go on with what they say from then on, until Ctrl-C'],
  ],
  examples: ['weir logs shop/web/1', 'weir logs shop/web/1 -f --lines 10'],
  run: async (session, input) => {
    const lines = input.integer('lines') ?? 200
    if (input.flag('follow')) return follow(session, input.word(0), lines)
    session.output.text(await readLog(session, input.word(0), lines))
    return EXIT.ok
  },
}

function readLog(session: Session, target: string, lines: number): Promise<string> {
  return session.get<string>({ route: 'readLogs', params: entityParams(targetOf(target)), query: { lines } })
}

/** A look that fails is told once and taken again: the entity may be about to be replaced. */
async function follow(session: Session, target: string, lines: number): Promise<number> {
  const left = new AbortController()
  const undo = session.terminal.onInterrupt(() => {
    left.abort()
  })
  let seen = await readLog(session, target, Math.max(WINDOW, lines))
  session.output.text(lastLines(seen, lines))
  let complaint = ''
  try {
    while (!left.signal.aborted) {
      await session.terminal.sleep(LOOK_AGAIN, left.signal)
      const now = await readLog(session, target, Math.max(WINDOW, lines)).catch((thrown: unknown) => {
        const said = thrown instanceof Error ? thrown.message : String(thrown)
        if (said !== complaint) session.terminal.err(`${cleanLine(said)}\n`)
        complaint = said
        return undefined
      })
      if (now === undefined) continue
      complaint = ''
      session.output.text(newLines(seen, now))
      seen = now
    }
    return EXIT.interrupted
  } finally {
    undo()
  }
}
