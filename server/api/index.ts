/** The wire: what the server, the CLI and the console agree on. Runs anywhere; knows nothing else of ours. */
export type { Accepted, Application, ApplicationStateWord, Role } from './application.js'
export type { BundleAdded, BundleItem, CatalogBundle, NewBundle } from './bundle.js'
export type { Health, Identity, Liveness, Page } from './catalog.js'
export type { CatalogKey, CatalogKind, CatalogType, CatalogTypeDetail } from './catalog-type.js'
export { misfits, wordsOf } from './check.js'
export type { Misfit } from './check.js'
export type { Decision, DecisionInput, Why, WhyTrouble } from './decision.js'
export type {
  Effector,
  EffectorParameter,
  Entity,
  EntityStateWord,
  Resource,
  Sample,
  Sensor,
  Trouble,
  WirePlace,
} from './entity.js'
export type { Policy } from './policy.js'
export type {
  BacktestSubmission,
  Play,
  PlayElasticity,
  PlayPoint,
  SimulateSubmission,
  Slo,
  SloOutcome,
} from './policy-play.js'
export type { Proof, ProofStep, ProofTrial, ProofWish } from './policy-proof.js'
export type { Asked, PolicySubmission, PolicyTest, PolicyTests, PolicyValidation } from './policy-trial.js'
export type { ReplayRun, RunStep, RunWorkflow, WorkflowRun } from './run.js'
export type { WireEvent } from './event.js'
export type { NewLocation, Orphan, TestLine, WireLocation } from './location.js'
export type { CapacityLine, Plan, PlanStep } from './plan.js'
export { REFUSALS, problemDetailsSchema } from './problem.js'
export type { ProblemDetails, RefusalKind, WireFix, WirePosition, WireProblem, WireRange } from './problem.js'
export type { Method, Permission, Route, RouteAnswer, RouteId } from './route.js'
export { ROUTES, routeOf, urlOf } from './routes.js'
export { ARCHIVE_TYPES } from './routes/catalog-routes.js'
export { ROOT_SEGMENT } from './routes/common.js'
export { isOptional } from './schema.js'
export type { WireJson, WireObject } from './schema.js'
export type {
  ExecWish,
  Invocation,
  Reason,
  ReplaceWish,
  ResizeWish,
  RollbackWish,
  ScaleWish,
  Submission,
  Validation,
} from './submission.js'
export type { Streams, Task, WireCommandOutput, WireFailure } from './task.js'
export type { Difference, Version, VersionDocument } from './version.js'
