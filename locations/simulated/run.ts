import type { CommandOutput, RunState } from '../../engine/index.js'
import type { Print } from './shell.js'

/** One run on a machine, as its supervisor knows it. Times by the far end's clock. */
export interface Run {
  readonly token: string
  readonly digest: string
  readonly label: string
  readonly mode: 'task' | 'service'
  generation: number
  state: RunState['state']
  exitCode: number | undefined
  readonly startedAt: number
  finishedAt: number | undefined
  readonly prints: readonly Print[]
}

/** A run as the far end tells of it. */
export function runState(run: Run): RunState {
  const { token, digest, state, exitCode, startedAt, finishedAt } = run
  const told: { -readonly [K in keyof RunState]: RunState[K] } = { token, digest, state, startedAt }
  if (exitCode !== undefined) told.exitCode = exitCode
  if (finishedAt !== undefined) told.finishedAt = finishedAt
  return told
}

/** Ends a run that is still running. */
export function endRun(
  run: Run,
  state: 'exited' | 'timed-out' | 'lost',
  exitCode: number | undefined,
  at: number,
): void {
  if (run.state !== 'running') return
  run.state = state
  run.exitCode = exitCode
  run.finishedAt = at
}

/** What a run has printed until a time. */
export function outputOf(run: Run, at: number): CommandOutput {
  const until = Math.min(at, run.finishedAt ?? at)
  return {
    ...printedUntil(run.prints, until - run.startedAt),
    ...(run.exitCode === undefined ? {} : { exitCode: run.exitCode }),
  }
}

/** Both streams, as far as they were printed after so many milliseconds. */
export function printedUntil(
  prints: readonly Print[],
  elapsed: number,
): { readonly stdout: string; readonly stderr: string } {
  let stdout = ''
  let stderr = ''
  for (const { after, stream, text } of prints) {
    if (after > elapsed) continue
    if (stream === 'stdout') stdout += text
    else stderr += text
  }
  return { stdout, stderr }
}
