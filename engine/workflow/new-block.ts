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
