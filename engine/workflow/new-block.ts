import type { BlockState, KeptValues, Scope } from './run-record.js'

/** A list of steps before its first; without a scope it shares the variables of what it is in. */
export function newBlock(entity: string, scope?: Scope): BlockState {
  const block: BlockState = { entity, at: 0, results: {} }
  return scope === undefined ? block : { ...block, scope, point: { at: 0, variables: scope.variables } }
}

/** What a workflow begins with. */
export function newScope(input: KeptValues, variables: KeptValues = {}): Scope {
  return { initial: variables, variables: { ...variables }, input, retries: {} }
}

/** What a run begins with: the values that it is called with are the input of its only step. */
export function newRoot(
  entity: string,
  input: NonNullable<BlockState['scope']>['input'],
  now: number,
): BlockState {
  const step = { index: 0, begunAt: now, input: { ...input }, variables: {} }
  return { ...newBlock(entity, newScope(input)), step }
}
