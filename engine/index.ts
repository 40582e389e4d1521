/**
 * The engine: three books (desired, allocations, observed), the pure functions that compare them, and the loop that
 * acts on what they say. It knows no dialect, no place and no medium; those come in through ports.
 */
export type { Clock, Cancel } from './support/clock.js'
export { canonicalJson, digestOf, digestOfText } from './support/digest.js'
export { Failure, failureOf } from './support/failure.js'
export type { FailureCause, FailureRecord, RetryClass } from './support/failure.js'
export type { IdSource, Random } from './support/ids.js'
export { InvariantError, invariant, required, unreachable } from './support/invariant.js'
export { deepFreeze, isJsonObject, sameJson } from './support/json.js'
export type { Json, JsonObject } from './support/json.js'
export { silentLog } from './support/log.js'
export type { Log, LogFields } from './support/log.js'
export { PASSWORD_GROUPS } from './support/password.js'
export { Pattern } from './support/pattern.js'
export type { CompiledPattern } from './support/pattern.js'
export { hasErrors } from './support/problem.js'
export type { Fix, Position, Problem, Range, SourcePlace } from './support/problem.js'
export { Secret } from './support/secret.js'
export { SeededRandom } from './support/seeded-random.js'
export type { Rate } from './support/token-bucket.js'
export type { Seal, SealedSecret } from './support/secret.js'
export type { ApplicationSettings, ApplicationSpec, OutputsSpec } from './spec/application-spec.js'
export type {
  ActingSpec,
  ConfigMap,
  EffectorSpec,
  EntitySpec,
  HealthSpec,
  HostLossRule,
  InheritanceMode,
  InheritanceSpec,
  JobSpec,
  MachineSpec,
  ParameterSpec,
  PlacementSpec,
  PolicySpec,
  PortSpec,
  RelationSpec,
  RetrySpec,
  SensorSource,
  SensorSpec,
  MadeValue,
} from './spec/entity-spec.js'
export type {
  AddressSpec,
  Allowance,
  BalanceAlgorithm,
  BalanceSpec,
  ImageSpec,
  KeySpec,
  NetworkSpec,
  RuleSpec,
  VolumeSpec,
} from './spec/resource-spec.js'
export type { ConditionalSpec } from './spec/growth-spec.js'
export type { GroupSpec, SequenceSpec } from './spec/group-spec.js'
export type { KeptChange } from './spec/kept-change.js'
export { countEntities } from './spec/count-entities.js'
export { configLayers } from './spec/config-layers.js'
export { DEFAULT_MEMBERS, DEFAULT_SETTINGS } from './spec/defaults.js'
export { newEntity } from './spec/new-entity.js'
export type { SamplingSpec, SensorTrigger } from './spec/sampling-spec.js'
export type { AskedPredicate, Order, Predicate, Selection } from './spec/predicate.js'
export { PREDICATE_STATES } from './spec/predicate.js'
export { isTruthy } from './expression/value.js'
export { isBlank } from './expression/constraint.js'
export type { ConstraintWord, OtherValues } from './expression/constraint.js'
export { fitsGlob, globFault } from './expression/glob.js'
export { readJsonPath } from './expression/json-path.js'
export { absenceFault, parameterFault } from './expression/parameter-fault.js'
export { isKnownType, typedValue } from './expression/parameter-type.js'
export { literal } from './spec/expression.js'
export type {
  EntityReference,
  Expression,
  OperatorExpression,
  VariableExpression,
  VariableSource,
} from './spec/expression.js'
export type {
  ConcurrencySpec,
  ConditionSpec,
  EachSpec,
  HandlerSpec,
  NextStep,
  ReplayRule,
  RetentionSpec,
  StepSpec,
  TargetsSpec,
  WhenSpec,
  TriggeredWorkflow,
  WorkflowSpec,
} from './spec/workflow-spec.js'
export { partsOf, withMoreParts } from './spec/added-parts.js'
export { TRANSFORMS } from './spec/step-action.js'
export type {
  BackoffSpec,
  BookAction,
  FlowAction,
  LocalAction,
  OutsideAction,
  RetryAction,
  ContainerAction,
  PullRule,
  StepAction,
  TransformName,
  TransformOperation,
  TreeAction,
  UpdateChildrenAction,
  VariablePath,
} from './spec/step-action.js'
export { FORMAT_LETTERS, formatMarks } from './expression/format.js'
export type { ExternalAnswer } from './expression/evaluate.js'
export type { DataReader } from './ports/data-reader.js'
export type { ExternalConfig } from './ports/external-config.js'
export type { MembersSpec, Quorum, ReplacementSpec } from './spec/members-spec.js'
export type { GateSpec, GateStage } from './spec/gate-spec.js'
export type { FileSpec, OperationSpec, PhaseName, SoftwareSpec } from './spec/operation-spec.js'
export type {
  Backend,
  BackendHealth,
  HeldRef,
  HoldingShape,
  OwnerMarks,
  ResourceKind,
  ResourceState,
  RunState,
} from './entity/resource.js'
export { checkBatch, freezeChanges } from './store/batch.js'
export { MemoryStore } from './store/memory-store.js'
export { BATCH_LIMITS } from './store/store.js'
export type { Batch, Change, Commit, CommitAnswer, Entry, Lease, Store, WatchEvent } from './store/store.js'
export { Watchers } from './store/watchers.js'
export type { CommitHistory } from './store/watchers.js'
export { GenerationFence } from './ports/generation-fence.js'
export { DEFAULT_CAPABILITIES } from './ports/location.js'
export type {
  CallOptions,
  Capabilities,
  CapacityAnswer,
  CommandAnswer,
  CommandOutput,
  EnsureAnswer,
  Hint,
  Location,
  LocationFactory,
  LocationRecord,
  MachineFile,
  MachineShape,
  MetricSample,
  OwnedResource,
  ResourceRef,
  ResourceShape,
  ResourceWant,
  RunAnswer,
  RunRequest,
} from './ports/location.js'
export type {
  AttachedPolicy,
  CallIntent,
  Calm,
  DirectPolicy,
  Intent,
  Interest,
  MemberCondition,
  MemoryCell,
  Origin,
  Output,
  PolicyCall,
  SuspendIntent,
  SuspendedPolicy,
  PolicyKind,
  PolicyPipeline,
  PolicySubject,
  Reading,
  RolloutIntent,
  RolloutValue,
  SensorYield,
  Step,
  Turn,
} from './ports/policy.js'
export type { HttpCall, HttpCaller, HttpReply } from './ports/http-caller.js'
export type { ConnectAnswer, ProbeAnswer, Prober } from './ports/prober.js'
export type { Renderer } from './ports/renderer.js'
export type { CompileWish, CompiledWish, Compiler } from './ports/compiler.js'
export type {
  ChangeOptions,
  EngineApi,
  Outcome,
  PoliciesApi,
  ReplayWish,
  RunsApi,
  PolicyName,
  Refusal,
} from './operate/engine-api.js'
export type { AskedGraft } from './operate/changes/regrafts.js'
export type { Actor, TaskRecord, TaskStreams } from './task/task.js'
export type {
  ApplicationView,
  DecisionView,
  EffectorView,
  EntityView,
  EventView,
  LocationView,
  OrphanView,
  PlanStepView,
  PlanView,
  PolicyView,
  RunView,
  ResourceView,
  RoleView,
  SamplePoint,
  SensorView,
  VersionView,
  WhyView,
} from './entity/view.js'
export type {
  ApplicationState,
  ApplicationStatus,
  EntityState,
  HealthVerdict,
  ObservedRecord,
} from './entity/observation.js'
export {
  newDesired,
  type DesiredRecord,
  type Floor,
  type VersionRecord,
  type Wish,
} from './entity/desired.js'
export type { Alteration, Graft } from './entity/graft.js'
export type {
  Announcement,
  HoldingRecord,
  Incarnation,
  IncarnationStage,
  RoleRecord,
  RunAllocation,
  SlotRecord,
  StepKind,
  Trouble,
} from './entity/allocation.js'
export { indexSpec } from './entity/spec-tree.js'
export type { SpecNode, SpecTree } from './entity/spec-tree.js'
export { APPLICATION_LIFE, ENTITY_LIFE, INCARNATION_LIFE, mayMove } from './entity/lifecycle.js'
export type { Move } from './entity/lifecycle.js'
export { Engine } from './engine.js'
export type { EngineOptions } from './engine.js'
export { arbitrate } from './policy/arbiter.js'
export { DEFAULT_RATE_LIMIT, actorName } from './policy/arbiter-state.js'
export type {
  ArbiterState,
  Asker,
  DesiredChange,
  MemberState,
  RateLimit,
  RateMemory,
  Request,
  RoleStanding,
  Arbitration,
} from './policy/arbiter-state.js'
export { conflictsOf } from './policy/conflicts.js'
export type { NamedPolicy, PolicyConflict } from './policy/conflicts.js'
export { thresholdsIn } from './policy/thresholds.js'
export { DecisionLog, viewOfDecision } from './policy/decision-log.js'
export type {
  Decision,
  DecisionInput,
  DecisionLogOptions,
  DecisionRecord,
  DecisionWrites,
} from './policy/decision-log.js'
export { HostScheduler } from './policy/host-scheduler.js'
export { PolicyHost } from './policy/policy-host.js'
export type { HostTurn, HostedPolicy, PolicyFault, PolicyHostOptions } from './policy/policy-host.js'
export type { PolicyMemoryRecord } from './policy/policy-memory.js'
export { ReadingQueue } from './policy/reading-queue.js'
export { TimerHeap, type Timer } from './support/timer-heap.js'
export { VirtualScheduler } from './policy/virtual-scheduler.js'
export { parameterFaults, parameterValues, referredParameter, settingsOf } from './policy/policy-settings.js'
export type {
  ProofEvent,
  ProofFault,
  ProofFaultKind,
  ProofLaw,
  ProofReport,
  ProofTrial,
  ProofWish,
  Prover,
  ScheduledFault,
} from './ports/prover.js'
export type {
  AskedView,
  DataFault,
  Elasticity,
  LoadModel,
  LoadSeries,
  PlayOptions,
  PlayPoint,
  PlayReport,
  SloOutcome,
  PolicySurroundings,
  PolicyTestOutcome,
  PolicyTrials,
  SensorTypes,
} from './ports/policy-trials.js'
export type {
  ExpectSpec,
  ExpectedIntent,
  GivenOf,
  GivenSpec,
  PolicyDocument,
  PolicyParameter,
  PolicyTestSpec,
  PoolEvent,
  PoolSpec,
  SloSpec,
} from './spec/policy-document.js'
