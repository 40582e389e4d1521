import type { WireEvent } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { isoTime, parseDuration } from '../duration.js'
import { EXIT } from '../exit.js'
import type { Session } from '../session.js'
import type { Verb, VerbInput, VerbOption } from '../verb.js'
import { safeJson } from '../yaml.js'

/** Options of verbs that follow events. */
export const FOLLOW_OPTIONS: readonly VerbOption[] = [
  ['--since <revision>', 'what happened after this revision too'],
  ['--limit <number>', 'end after so many events'],
  ['--for <duration>', 'end after this time'],
]

/** Prints what happens. */
export const eventsVerb: Verb = {
  usage: 'events [app]',
  summary: 'print what happens, as it happens; -o json gives one object a line',
  options: FOLLOW_OPTIONS,
  examples: ['weir events --since 0 -o json', 'weir events shop --limit 10'],
  run: (session, input) => followEvents(session, input, eventLine),
}

/** Follows events until enough were told, the time is over, or Ctrl-C. */
export async function followEvents(
  session: Session,
  input: VerbInput,
  lineOf: (event: WireEvent) => string,
): Promise<number> {
  const { terminal, output } = session
  const limit = input.integer('limit') ?? Number.POSITIVE_INFINITY
  const since = input.integer('since')
  const application = input.word(0)
  const query = { ...(application === '' ? {} : { application }), ...(since === undefined ? {} : { since }) }
  const { abort, endsWith, undo } = endOf(session, input)
  const asJson = output.format === 'json'
  let told = 0
  try {
    const transport = await session.remote()
    for await (const item of transport.follow(query, { signal: abort.signal })) {
      if (item.kind === 'compacted') {
        terminal.err(`what happened before revision ${item.oldest} is no longer kept\n`)
        continue
      }
      terminal.out(asJson ? `${safeJson(item.event)}\n` : lineOf(item.event))
      told += 1
      if (told >= limit) break
    }
    return endsWith()
  } finally {
    undo()
    abort.abort()
  }
}

/** One event on one line. */
export function eventLine(event: WireEvent): string {
  const where = event.entity === '' ? event.application : `${event.application}/${event.entity}`
  return `${event.revision}  ${isoTime(event.at)}  ${event.type}  ${cleanLine(where)}  ${cleanLine(event.text)}\n`
}

/** What ends following: Ctrl-C with 130, the time with 0. */
function endOf(
  session: Session,
  input: VerbInput,
): { readonly abort: AbortController; readonly endsWith: () => number; readonly undo: () => void } {
  const abort = new AbortController()
  let exit: number = EXIT.ok
  const undo = session.terminal.onInterrupt(() => {
    exit = EXIT.interrupted
    abort.abort()
  })
  const duration = input.text('for')
  if (duration !== undefined) {
    void session.terminal.sleep(parseDuration(duration, '--for'), abort.signal).then(() => {
      abort.abort()
    })
  }
  return { abort, endsWith: () => exit, undo }
}
