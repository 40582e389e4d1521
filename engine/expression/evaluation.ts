import type { Value } from './value.js'

/** How long something is waited for at most. */
export interface WaitLimit {
  /** What is waited for, the same for as long as it lasts. */
  readonly key: string
  /** In words, as among those of the evaluation. */
  readonly on: string
  /** Milliseconds. */
  readonly within: number
}

/** Exactly one of three. Nothing ever blocks. */
export type Evaluation =
  | { readonly kind: 'ready'; readonly value: Value }
  | {
      /** Who lacks what, in words: "web: sensor endpoint". */ readonly kind: 'waiting'
      readonly on: readonly string[]
      /** Waits among these that have an end. */
      readonly limits?: readonly WaitLimit[]
    }
  | { readonly kind: 'failed'; readonly reason: string }

/** Known now. */
export function ready(value: Value): Evaluation {
  return { kind: 'ready', value }
}

/** Never to be known, and why. */
export function failed(reason: string): Evaluation {
  return { kind: 'failed', reason }
}

/** What was made, or in words why not. */
export function given(made: { readonly value: Value } | { readonly error: string }): Evaluation {
  return 'error' in made ? failed(made.error) : ready(made.value)
}

/** What follows from a value, once it is known. */
export function andThen(evaluation: Evaluation, use: (value: Value) => Evaluation): Evaluation {
  return evaluation.kind === 'ready' ? use(evaluation.value) : evaluation
}

/** What follows from several values, once all are known; the first failure counts. */
export function collect(
  evaluations: readonly Evaluation[],
  use: (values: readonly Value[]) => Evaluation,
): Evaluation {
  const values: Value[] = []
  const waits: Waiting[] = []
  for (const evaluation of evaluations) {
    if (evaluation.kind === 'failed') return evaluation
    if (evaluation.kind === 'waiting') waits.push(evaluation)
    else values.push(evaluation.value)
  }
  return allWaits(waits) ?? use(values)
}

type Waiting = Extract<Evaluation, { readonly kind: 'waiting' }>

/** One wait for all that several wait for; undefined where nothing is waited for. */
export function allWaits(waits: readonly Omit<Waiting, 'kind'>[]): Waiting | undefined {
  if (waits.length === 0) return undefined
  const on = waits.flatMap((one) => one.on)
  const limits = waits.flatMap((one) => one.limits ?? [])
  return limits.length === 0 ? { kind: 'waiting', on } : { kind: 'waiting', on, limits }
}
