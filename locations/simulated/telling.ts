import { Failure, type FailureRecord, type ResourceRef, type ResourceState } from '../../engine/index.js'
import { missing, unknown } from './simulated-failures.js'

/** What a ledger told of something on a machine. Throws a Failure when it is not there, or cannot be reached. */
export function told<T>(told: T | null | undefined, machine: ResourceRef, what: string): T {
  if (told === undefined) throw new Failure(missing(what).failure)
  if (told === null) throw new Failure(unreached(machine))
  return told
}

/** Nobody knows what goes on at the host of this machine. */
export function unreached({ name }: Pick<ResourceRef, 'name'>): FailureRecord {
  return unknown('unreachable', `the host of ${name} cannot be reached`).failure
}

/** Times as the machine's own clock has them. */
export function skewed(state: ResourceState, skew: number): ResourceState {
  if (state.runs === undefined) return state
  const runs = state.runs.map(({ startedAt, finishedAt, ...run }) => ({
    ...run,
    ...(startedAt === undefined ? {} : { startedAt: startedAt + skew }),
    ...(finishedAt === undefined ? {} : { finishedAt: finishedAt + skew }),
  }))
  return { ...state, runs }
}
