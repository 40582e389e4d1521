/**
 * Stock policies and enrichers: what the engine's policy host can attach to an entity by type. Each is a pure step over
 * serialisable memory, wrapped into a stream by `fold`.
 */
import type { PolicyKind } from '../engine/index.js'
import { autoscale } from './autoscale/autoscale.js'
import { balancer } from './calls/balancer.js'
import { electPrimary } from './calls/elect-primary.js'
import { lease } from './calls/lease.js'
import { onElements } from './calls/on-elements.js'
import { onMembership } from './calls/on-membership.js'
import { onSensor } from './calls/on-sensor.js'
import { periodicEffector } from './calls/periodic-effector.js'
import { render } from './calls/render.js'
import { replaceReported } from './calls/replace-reported.js'
import { restartReported } from './calls/restart-reported.js'
import { scheduleEffector } from './calls/schedule-effector.js'
import { conditionalSuspend } from './conditional-suspend.js'
import { dependentScale } from './dependent-scale.js'
import { aggregate } from './enrichers/aggregate.js'
import { delta, rate, timeFraction } from './enrichers/change.js'
import { failureDetector } from './enrichers/failure-detector.js'
import { join } from './enrichers/join.js'
import { latency } from './enrichers/latency.js'
import { mapEntry } from './enrichers/map-entry.js'
import { percentage } from './enrichers/percentage.js'
import { primaryRunning } from './enrichers/primary-running.js'
import { propagatePrimary } from './enrichers/primary.js'
import { propagate } from './enrichers/propagate.js'
import { reachable } from './enrichers/reachable.js'
import { reduce } from './enrichers/reduce.js'
import { rollingMean } from './enrichers/rolling-mean.js'
import { windowMean } from './enrichers/window-mean.js'
import { followTheSun } from './items/follow-the-sun.js'
import { moveItems } from './items/move-items.js'
import { rebalance } from './rebalance.js'
import { replace } from './replace.js'
import { restart } from './restart.js'
import { rollout } from './rollout.js'
import { rules } from './rules.js'
import { supervise } from './supervise.js'

export { autoscale } from './autoscale/autoscale.js'
export { replace } from './replace.js'
export { restart } from './restart.js'
export { rules } from './rules.js'
export { policyTrials } from './trial/trials.js'

/** All kinds of policy that come with the product. */
export const stockPolicies: readonly PolicyKind[] = [
  autoscale,
  replace,
  restart,
  rollout,
  rules,
  supervise,
  conditionalSuspend,
  dependentScale,
  rebalance,
  scheduleEffector,
  periodicEffector,
  onSensor,
  onElements,
  onMembership,
  lease,
  electPrimary,
  restartReported,
  replaceReported,
  balancer,
  render,
  moveItems,
  followTheSun,
]

/** All kinds of enricher that come with the product. */
export const stockEnrichers: readonly PolicyKind[] = [
  propagate,
  aggregate,
  join,
  reduce,
  percentage,
  delta,
  rate,
  timeFraction,
  rollingMean,
  windowMean,
  latency,
  mapEntry,
  reachable,
  failureDetector,
  propagatePrimary,
  primaryRunning,
].map((kind) => ({ ...kind, role: 'enricher' }))

/** All that can be attached to an entity. */
export const stockKinds: readonly PolicyKind[] = [...stockPolicies, ...stockEnrichers]
