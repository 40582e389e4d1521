import { invariant } from '../support/invariant.js'
import { BATCH_LIMITS, type Batch, type Change } from './store.js'

/** Throws an InvariantError unless a batch keeps the port's limits. Every store calls it first. */
export function checkBatch(batch: Batch): void {
  invariant(batch.changes.length <= BATCH_LIMITS.keys, `a batch has at most ${BATCH_LIMITS.keys} keys`)
  const keys = new Set(batch.changes.map((change) => change.key))
  invariant(keys.size === batch.changes.length, 'a batch names a key once')
  invariant(batchBytes(batch.changes) <= BATCH_LIMITS.bytes, `a batch has at most ${BATCH_LIMITS.bytes} bytes`)
}

/** Length of the values as JSON text. */
function batchBytes(changes: readonly Change[]): number {
  let bytes = 0
  for (const change of changes) if (change.kind === 'put') bytes += JSON.stringify(change.value).length
  return bytes
}
