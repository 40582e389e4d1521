import { type Entry, isJsonObject, type Json, type JsonObject } from '../../engine/index.js'

/** Fields that depend on when something happened, or on how often it was tried. */
const TIMES: ReadonlySet<string> = new Set([
  ...['at', 'since', 'createdAt', 'changedAt', 'startedAt', 'endedAt', 'finishedAt', 'unsettledSince'],
  ...['revision', 'pid', 'id'],
])

/** Records in which `generation` counts commands, not wishes. */
const COUNTS_COMMANDS: ReadonlySet<string> = new Set(['slot', 'holding', 'seen'])

/**
 * The books as lines that are equal in all runs which came to the same end: without times and without how many commands
 * it took. Tasks count by what they were about; those of single steps are left out, as a kill may lose their end.
 */
export function booksOf(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((entry) => lineOf(entry)).sort()
}

function lineOf(entry: Entry): readonly string[] {
  const { key, value } = entry
  const kind = key.slice(0, key.indexOf('/'))
  if (kind === 'task') return isJsonObject(value) && 'generation' in value ? [taskLine(value)] : []
  return [`${key} ${JSON.stringify(timeless(value, COUNTS_COMMANDS.has(kind)))}`]
}

function taskLine(task: JsonObject): string {
  const { name, entity, state, generation } = task
  return `task ${JSON.stringify([generation ?? 0, name ?? '', entity ?? '', state ?? ''])}`
}

function timeless(value: Json, countsCommands: boolean): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((part) => timeless(part, countsCommands))
  if (!isJsonObject(value)) return typeof value === 'string' ? steady(value) : value
  const kept = Object.entries(value).filter(
    ([key]) => !TIMES.has(key) && !(countsCommands && key === 'generation'),
  )
  kept.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    kept.map(([key, part]) => [key, key === 'runs' ? running(part) : timeless(part, countsCommands)]),
  )
}

/** Tokens of one-time runs end with the number of the command that began them. */
function steady(text: string): string {
  return text.replace(/-(install|customize|reload|stop)-\d+$/, '-$1')
}

/** What has ended is history: how much of it was seen is a matter of time. */
function running(runs: Json): Json {
  if (!Array.isArray(runs)) return runs
  const now = (runs as readonly Json[]).filter((run) => isJsonObject(run) && run['state'] === 'running')
  return now.map((run) => timeless(run, true))
}
