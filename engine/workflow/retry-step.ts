import type { BackoffSpec, RetryAction } from '../spec/step-action.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import type { AgainFrom, Flow, RunError, StepState } from './run-record.js'
import { BUSY, failing, known, textOf, wakeAt, type Known, type Walk } from './walk.js'

/** Does something again after its pause, unless that was tried too often. */
export function retryStep(walk: Walk, does: RetryAction, step: StepState, frame: Frame): Flow {
  if (step.until === undefined) {
    const pause = begunTry(walk, does, frame)
    if ('flow' in pause) return pause.flow
    step.until = walk.world.now + pause.value
  }
  if (walk.world.now < step.until) {
    wakeAt(walk, step.until)
    walk.waits.push('the pause before it is tried again')
    return BUSY
  }
  return { kind: 'again', from: fromOf(does, frame), restore: does.replay ?? does.from === undefined }
}

function fromOf({ from }: RetryAction, { handled }: Frame): AgainFrom {
  if (from === undefined) return { kind: handled === undefined ? 'last' : 'failed' }
  return from.kind === 'end' ? { kind: 'failed' } : from.kind === 'step' ? from : { kind: from.kind }
}

/** Counts a try, and gives the pause before it; fails past a limit. */
function begunTry(walk: Walk, does: RetryAction, frame: Frame): Known<number> {
  const key = textOf(walk, does.key ?? frame.place, frame)
  if ('flow' in key) return key
  const timeout = does.timeout === undefined ? { value: Infinity } : known(walk, does.timeout, frame)
  if ('flow' in timeout) return timeout
  const { now } = walk.world
  const { retries } = frame.scope
  const tries = retries[key.value] ?? []
  const limits = [...does.limits, { within: Number(timeout.value) }]
  if (limits.some((limit) => isPast(limit, tries, now)))
    return { flow: failing(tooOften(tries.length, frame)) }
  retries[key.value] = [...tries, now]
  return { value: pauseBefore(backoffOf(does), tries.length, walk.world.random()) }
}

/** Where nothing bounds it, it is tried again at once a few times, and then ever later. */
function backoffOf({ backoff, limits, timeout }: RetryAction): BackoffSpec | undefined {
  const isBound = backoff !== undefined || limits.length > 0 || timeout !== undefined
  return isBound ? backoff : UNBOUND
}

const UNBOUND: BackoffSpec = { initial: [0, 0, 0, 0, 0, 0, 0, 0, 0, 100], factor: 2, most: 60_000 }

function isPast(
  { count, within }: { readonly count?: number; readonly within?: number },
  tries: readonly number[],
  now: number,
): boolean {
  if (count === undefined) return now - (tries[0] ?? now) >= (within ?? Infinity)
  return tries.filter((at) => within === undefined || now - at < within).length >= count
}

function tooOften(tries: number, { handled }: Frame): RunError {
  const what = handled === undefined ? '' : `: ${handled.error.message}`
  const error = runError(`tried again ${tries} times${what}`, handled?.error.failure.cause ?? 'timeout')
  return handled === undefined ? error : { ...error, cause: handled.error }
}

/** Milliseconds before the next try, of which there were so many; `chance` is in [0, 1). */
export function pauseBefore(backoff: BackoffSpec | undefined, tries: number, chance: number): number {
  if (backoff === undefined) return 0
  const { initial, factor = 1, plus = 0, jitter = 0, most = Infinity } = backoff
  const last = initial.at(-1) ?? 0
  const grown = Math.min(Math.max(0, tries - initial.length + 1), 1_000)
  const base = initial[tries] ?? Math.min(most, last * factor ** grown + plus * grown)
  return Math.round(Math.min(most, base * (1 + jitter * chance)))
}
