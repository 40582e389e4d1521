/** We are at fault: something that the code relies on does not hold. Never caught but at a task's edge. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws an InvariantError with `message` unless `condition` holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** The end of a switch over a union: does not compile while a kind is left out. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`)
}

/** The value, or an InvariantError that says what was expected. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InvariantError(`missing: ${what}`)
  return value
}
