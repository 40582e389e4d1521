import type { CommandAnswer, RunAnswer } from '../../engine/index.js'
import { putFiles, shellContext } from './files.js'
import { DIRECTORY, type Item } from './item.js'
import type { Fate, LedgerRun } from './ledger.js'
import { ENDED, type FarEnd } from './power.js'
import { endRun, outputOf, printedUntil, runState, type Run } from './run.js'
import { playScript, type Print, type ShellOutcome } from './shell.js'
import { missing, refusal, stale } from './simulated-failures.js'

/** Ended runs that a machine remembers. */
const RUNS_MOST = 64

/** Begins a run, once for each token. */
export function beginRun(end: FarEnd, item: Item | undefined, request: LedgerRun, at: number): RunAnswer {
  if (item === undefined) return missing('such machine')
  const known = item.runs.find((run) => run.token === request.token)
  if (known !== undefined) return foundRun(known, request.generation)
  if (item.form?.hostsSoftware !== true)
    return refusal('unsupported', `machine ${item.name} hosts no software`)
  if (item.state === 'failed') return refusal('missing', `machine ${item.name} has failed`)
  if (item.state !== 'running') return { kind: 'not-ready', reason: `machine ${item.name} is ${item.state}` }
  const directory = DIRECTORY.run
  const refused = putFiles(item, directory, request.files)
  if (refused !== undefined) return refused
  const outcome =
    request.fate === undefined
      ? playScript(request.script, shellContext(item, directory, request))
      : fated(request.fate)
  const run = launched(request, outcome.prints, at)
  item.runs = [...remembered(item.runs), run]
  plan(end, item, run, { request, outcome, at })
  end.touch(item)
  return { kind: 'started', run: runState(run) }
}

/** Ends a run: told first, so with a receipt. */
export function finishRun(end: FarEnd, item: Item | undefined, token: string, at: number): CommandAnswer {
  const run = item?.runs.find((one) => one.token === token)
  if (item === undefined || run?.state !== 'running') return { kind: 'done' }
  endRun(run, 'exited', ENDED.term, at)
  end.touch(item)
  return { kind: 'done' }
}

/** Ends all services on a machine with this code, as if they had crashed. */
export function crashServices(end: FarEnd, item: Item, exitCode: number, at: number): void {
  for (const run of item.runs) if (run.mode === 'service') endRun(run, 'exited', exitCode, at)
  end.touch(item)
}

/** What a machine's own command has printed. */
export function ownOutput(item: Item, at: number): ReturnType<typeof printedUntil> {
  const own = item.extra?.ownPrints
  return own === undefined ? { stdout: '', stderr: '' } : printedUntil(own.prints, at - own.at)
}

/** What a machine's own command and its services have printed. */
export function logsOf(item: Item, at: number): string {
  return (
    streamsOf(ownOutput(item, at)) +
    item.runs.map((run) => (run.mode === 'service' ? streamsOf(outputOf(run, at)) : '')).join('')
  )
}

function foundRun(run: Run, generation: number): RunAnswer {
  if (generation < run.generation) return stale(run.token, generation, run.generation)
  run.generation = generation
  return { kind: 'found', run: runState(run) }
}

function launched(request: LedgerRun, prints: readonly Print[], at: number): Run {
  const { token, digest, label, mode, generation } = request
  const open = { state: 'running', exitCode: undefined, finishedAt: undefined } as const
  return { token, digest, label, mode, generation, ...open, startedAt: at, prints }
}

interface Plan {
  readonly request: LedgerRun
  readonly outcome: ShellOutcome
  readonly at: number
}

/** When and how it will end by itself: a task with its script, a service only where its script says so. */
function plan(end: FarEnd, item: Item, run: Run, { request, outcome, at }: Plan): void {
  const lasts = run.mode === 'service' && !outcome.explicit
  const after = lasts ? Infinity : outcome.takes + (run.mode === 'task' ? request.takes : 0)
  const late = request.timeout > 0 && after > request.timeout
  const wait = late ? request.timeout : after
  const state = late ? 'timed-out' : 'exited'
  if (wait <= 0) endRun(run, state, outcome.exitCode, at)
  else end.timeline.add(at + wait, { kind: 'run-ended', item, run, state, exitCode: outcome.exitCode })
}

function fated({ after, exitCode, stdout, stderr }: Fate): ShellOutcome {
  const prints: Print[] = []
  if (stdout !== '') prints.push({ after: 0, stream: 'stdout', text: stdout })
  if (stderr !== '') prints.push({ after: 0, stream: 'stderr', text: stderr })
  return { takes: after, exitCode, prints, explicit: true, understood: true }
}

function remembered(runs: readonly Run[]): readonly Run[] {
  if (runs.length < RUNS_MOST) return runs
  const oldest = runs.findIndex((run) => run.state !== 'running')
  return oldest < 0 ? runs : runs.filter((_run, at) => at !== oldest)
}

function streamsOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return stdout + stderr
}
