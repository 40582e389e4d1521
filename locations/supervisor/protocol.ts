import { digestOfText, Failure, Secret } from '../../engine/index.js'
import type { FailureCause, FailureRecord, MachineFile, RunRequest, RunState } from '../../engine/index.js'
import { quote } from './quoting.js'
import { SUPERVISOR_SCRIPT } from './supervisor-script.js'

/** What the supervisor can be asked to do. */
export type Verb = 'start' | 'await' | 'status' | 'end' | 'output' | 'logs' | 'copy' | 'remove'

/** An answer of the script: the lines that say how it went, the runs it speaks of, and what else it printed. */
export interface Answer {
  readonly kind: 'done' | 'started' | 'found' | 'refused'
  readonly failure?: FailureRecord
  readonly runs: readonly RunState[]
  /** What follows the first line. */
  readonly rest: string
}

/** Exit code that says that the script has not been brought to this machine yet. */
export const NOT_INSTALLED = 97

const VERSION = digestOfText(SUPERVISOR_SCRIPT).slice(0, 12)
const CALL = `s="$1/supervisor/supervise-${VERSION}.sh"; [ -f "$s" ] || exit ${NOT_INSTALLED}; exec sh "$s" "$2" "$1" "$3"`

/** Brings the script; a machine that has a secret takes it only from who knows it. */
const INSTALL = [
  'umask 077; s="$1/supervisor"; mkdir -p "$s/runs" "$s/receipts" || exit 1',
  'read -r secret; known=; read -r known 2>/dev/null <"$s/secret"',
  'if [ -z "$known" ]; then printf "%s\\n" "$secret" >"$s/.secret.$$" && ln "$s/.secret.$$" "$s/secret" 2>/dev/null',
  '  rm -f "$s/.secret.$$"; read -r known <"$s/secret"; fi',
  'if [ "$secret" != "$known" ]; then echo "the secret is not that of this machine" >&2; exit 77; fi',
  `cat >"$s/.supervise.$$" && mv -f "$s/.supervise.$$" "$s/supervise-${VERSION}.sh"`,
].join('\n')

/** Exit code of the installation by somebody who does not know the secret. */
export const WRONG_SECRET = 77

/** The command line of a verb: nothing on it is secret. */
export function callCommand(root: string, verb: Verb, token: string): readonly string[] {
  return ['sh', '-c', CALL, 'sh', root, verb, token]
}

/**
 * A command line that says nothing and ends, with RUN_ENDED, when a run has ended, however that came. It needs nothing on
 * its standard input; on a machine without named pipes it ends at once.
 */
export function awaitCommand(root: string, token: string): readonly string[] {
  return callCommand(root, 'await', token)
}

/** The command line that brings the script to a machine; its standard input is `installInput`. */
export function installCommand(root: string): readonly string[] {
  return ['sh', '-c', INSTALL, 'sh', root]
}

/** Standard input of the installation. */
export function installInput(secret: string): string {
  return `${secret}\n${SUPERVISOR_SCRIPT}`
}

/** A request as the script reads it: lines, then the payload. Throws a Failure when a value is not one line. */
export function requestText(
  lines: readonly (readonly [string, string | number])[],
  payload?: string,
): string {
  const head = lines.map(([key, value]) => `${key} ${oneLine(key, String(value))}\n`).join('')
  return payload === undefined ? head : `${head}payload\n${payload}`
}

/** The work of a run as sh text. Throws a Failure ('invalid', never) for what no shell can carry. */
export function runPayload(request: RunRequest): string {
  const environment = Object.entries(request.environment).map(([name, value]) =>
    exportLine(name, reveal(value)),
  )
  return [
    ...request.files.map(placeLine),
    `script ${word('script', request.script)}`,
    ...(environment.length === 0 ? [] : [`environment ${quote(environment.join(''))}`]),
    '',
  ].join('\n')
}

/** Files to be put in place as sh text. Throws as `runPayload` does. */
export function copyPayload(files: readonly MachineFile[]): string {
  return [...files.map(placeLine), ''].join('\n')
}

/** A line of sh that gives an environment variable exactly this value. Throws as `runPayload` does. */
export function exportLine(name: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw invalid(`'${name}' cannot be the name of an environment variable`)
  if (READ_ONLY.has(name)) throw invalid(`the environment variable ${name} belongs to the shell`)
  return `export ${name}=${word(name, value)}\n`
}

/** Reads what the script printed; undefined when it is no answer of it. */
export function parseAnswer(text: string): Answer | undefined {
  const [first = '', ...lines] = text.split('\n')
  const kind = first.replace(/^answer /, '')
  if (!first.startsWith('answer ') || !isAnswerKind(kind)) return undefined
  const rest = text.slice(first.length + 1)
  if (kind !== 'refused') return { kind, runs: parseRuns(lines), rest }
  const keys = keysOf(lines)
  return { kind, failure: refusal(keys.get('cause') ?? '', keys.get('message') ?? ''), runs: [], rest }
}

/** Reads blocks of lines from 'run' to 'end'. */
export function parseRuns(lines: readonly string[]): readonly RunState[] {
  const runs: RunState[] = []
  let block: string[] = []
  for (const line of lines) {
    if (line.startsWith('run ')) block = []
    block.push(line)
    if (line !== 'end') continue
    const run = runOf(keysOf(block))
    if (run !== undefined) runs.push(run)
  }
  return runs
}

/** 'key value' lines as a map; a later line wins. */
export function keysOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const space = line.indexOf(' ')
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
    }),
  )
}

/** A run from its keys; undefined when they do not say enough. */
export function runOf(keys: ReadonlyMap<string, string>): RunState | undefined {
  const token = keys.get('run')
  const digest = keys.get('digest')
  const state = keys.get('state')
  if (token === undefined || digest === undefined || !isRunState(state)) return undefined
  return {
    token,
    digest,
    state,
    ...(state === 'running' || state === 'lost'
      ? {}
      : { ...number('exitCode', keys), ...number('finishedAt', keys) }),
    ...number('startedAt', keys),
    ...number('pid', keys),
  }
}

function number(key: string, keys: ReadonlyMap<string, string>): { readonly [key: string]: number } {
  const text = keys.get(key)
  return text === undefined || !/^-?\d+$/.test(text) ? {} : { [key]: Number(text) }
}

function isAnswerKind(text: string): text is Answer['kind'] {
  return ['done', 'started', 'found', 'refused'].includes(text)
}

function isRunState(text: string | undefined): text is RunState['state'] {
  return text !== undefined && ['running', 'exited', 'timed-out', 'lost'].includes(text)
}

const CAUSES: { readonly [cause: string]: FailureCause } = {
  denied: 'denied',
  stale: 'stale',
  conflict: 'conflict',
  invalid: 'invalid',
  missing: 'missing',
  timeout: 'timeout',
  unsupported: 'unsupported',
}

function refusal(cause: string, message: string): FailureRecord {
  const known = CAUSES[cause] ?? 'internal'
  const passing = known === 'timeout' || known === 'internal' || known === 'missing'
  return { cause: known, retry: passing ? 'soon' : 'never', message }
}

/** Names that a shell keeps for itself: setting one ends the script. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'UID',
  'EUID',
  'PPID',
  'SHELLOPTS',
  'BASHOPTS',
  'BASH_VERSINFO',
])

function placeLine(file: MachineFile): string {
  if (file.path === '' || file.path.split('/').includes('..')) {
    throw invalid(`the file path '${file.path}' leads out of its directory`)
  }
  const mode = (file.mode & 0o7777).toString(8).padStart(4, '0')
  return `place ${mode} ${word('file path', file.path)} ${word(file.path, reveal(file.content))}`
}

function reveal(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value
}

function word(what: string, text: string): string {
  if (text.includes('\0')) throw invalid(`${what} holds a NUL character, which no shell can carry`)
  return quote(text)
}

function oneLine(key: string, value: string): string {
  if (/[\n\0]/.test(value)) throw invalid(`${key} must be one line`)
  return value
}

function invalid(message: string): Failure {
  return new Failure({ cause: 'invalid', retry: 'never', message })
}
