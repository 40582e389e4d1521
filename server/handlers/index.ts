/** One function for each thing that can be asked, knowing nothing of HTTP. */
export type {
  Compile,
  Compiled,
  HandlerContext,
  OfflineContext,
  SubmittedSources,
  TypeCatalog,
  TypeDescription,
} from './context.js'
export { hasUnsealable, sealConfig } from './config-secrets.js'
export { handle, handleOffline } from './dispatch.js'
export { Idempotency } from './idempotency.js'
export type { Claim, IdempotencyRecord, IdempotencyRecords } from './idempotency.js'
export type { Answer, HandlerRequest, Reply, RequestBody, StreamItem, StreamReply } from './message.js'
export { refuse } from './refusals.js'
export { StoredIdempotency } from './stored-idempotency.js'
export type { IdempotencyLimits } from './stored-idempotency.js'
