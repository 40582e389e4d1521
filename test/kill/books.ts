import { type Entry, isJsonObject, type Json, type JsonObject } from '../../engine/index.js'

/** Fields that depend on when something happened, or on how often it was tried. */
const TIMES: ReadonlySet<string> = new Set([
  ...['at', 'since', 'createdAt', 'changedAt', 'startedAt', 'endedAt', 'finishedAt', 'unsettledSince'],
  ...['renewedAt', 'revision', 'pid', 'id', 'attempt'],
])

/** Fields whose values a far end chooses as it likes, or that are made from such values. */
const CHOSEN: ReadonlySet<string> = new Set([
  ...['address', 'instance', 'ports', 'endpoint', 'installDirectory', 'runDirectory'],
  ...['files', 'cores', 'memory', 'health'],
])

/** Records in which `generation` counts commands, not wishes. */
const COUNTS_COMMANDS: ReadonlySet<string> = new Set(['slot', 'holding', 'seen'])

/** What of the books is compared. */
export interface Comparison {
  /** Whether the same object has the same address and ports in every run. */
  readonly sameAddresses: boolean
}

/**
 * The books as lines that are equal in all runs which came to the same end: without times and without how many commands
 * it took. Tasks count by what they were about; those of single steps are left out, as a kill may lose their end.
 */
export function booksOf(entries: readonly Entry[], comparison: Comparison): readonly string[] {
  return entries.flatMap((entry) => lineOf(entry, comparison)).sort()
}

function lineOf({ key, value }: Entry, { sameAddresses }: Comparison): readonly string[] {
  const kind = key.slice(0, key.indexOf('/'))
  if (kind === 'task') return 'generation' in value ? [taskLine(value)] : []
  const left = new Set([
    ...TIMES,
    ...(sameAddresses ? [] : CHOSEN),
    ...(COUNTS_COMMANDS.has(kind) ? ['generation'] : []),
  ])
  return [`${key} ${JSON.stringify(steadyOf(value, left))}`]
}

function taskLine(task: JsonObject): string {
  const facts = [task['generation'], task['name'], task['entity'], task['state']]
  return `task ${JSON.stringify(facts)}`
}

function steadyOf(value: Json, left: ReadonlySet<string>): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((part) => steadyOf(part, left))
  if (!isJsonObject(value)) return typeof value === 'string' ? steadyText(value) : value
  const kept = Object.entries(value).filter(([key]) => !left.has(key))
  kept.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(kept.map(([key, part]) => [key, steadyPart(key, part, left)]))
}

/** What is made from the environment changes with the addresses in it; runs that ended are a matter of when one looked. */
function steadyPart(key: string, part: Json, left: ReadonlySet<string>): Json {
  const chosen = left.has('address')
  if (key === 'runs') return running(part, chosen ? withDigest(left) : left)
  if (chosen && key === 'run') return steadyOf(part, withDigest(left))
  return chosen && key === 'phases' && isJsonObject(part) ? Object.keys(part).sort() : steadyOf(part, left)
}

function withDigest(left: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...left, 'digest'])
}

/** Tokens of one-time runs end with the number of the command that began them. */
function steadyText(text: string): string {
  return text.replace(/-(install|customize|reload|stop)-\d+$/, '-$1')
}

function running(runs: Json, left: ReadonlySet<string>): Json {
  if (!Array.isArray(runs)) return runs
  const now = (runs as readonly Json[]).filter((run) => isJsonObject(run) && run['state'] === 'running')
  return now.map((run) => steadyOf(run, left))
}
