/** One function for each thing that can be asked, knowing nothing of HTTP. */
export type { ArchiveContents, ArchiveFile } from './archives.js'
export type { CampCall, CampContext, CampMethod, ReadDocument } from './camp/camp-call.js'
export { CAMP_RESOURCES, answerCamp, findCampResource } from './camp/camp-resources.js'
export type { CampResource, FoundResource } from './camp/camp-resources.js'
export type { PlanRecord, Plans } from './camp/plan-record.js'
export { StoredPlans } from './camp/stored-plans.js'
export type { PlanLimits } from './camp/stored-plans.js'
export { Catalogs } from './catalog/catalogs.js'
export type { BundleRecord, Bundles } from './catalog/bundle-record.js'
export { StoredBundles } from './catalog/stored-bundles.js'
export type { BundleLimits } from './catalog/stored-bundles.js'
export type { Examine, KnownTypes } from './catalog/tenant-catalog.js'
export type {
  Archives,
  CatalogView,
  Compile,
  Compiled,
  HandlerContext,
  OfflineContext,
  PolicyBench,
  SubmittedSources,
  TypeCatalog,
  TypeDescription,
} from './context.js'
export { hasUnsealable, sealConfig } from './config-secrets.js'
export { handle, handleOffline } from './dispatch.js'
export { Idempotency } from './idempotency.js'
export type { Claim, IdempotencyRecord, IdempotencyRecords } from './idempotency.js'
export { parseJson, utf8TextOf } from './json-text.js'
export type { Answer, HandlerRequest, Reply, RequestBody, StreamItem, StreamReply } from './message.js'
export { refuse } from './refusals.js'
export { StoredIdempotency } from './stored-idempotency.js'
export type { IdempotencyLimits } from './stored-idempotency.js'
