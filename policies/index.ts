/**
 * Stock policies: what the engine's policy host can attach to an entity by type. Each is a pure step over serialisable
 * memory, wrapped into a stream by `fold`.
 */
import type { PolicyKind } from '../engine/index.js'
import { autoscale } from './autoscale.js'
import { replace } from './replace.js'
import { restart } from './restart.js'

export { autoscale } from './autoscale.js'
export { replace } from './replace.js'
export { restart } from './restart.js'

/** All kinds of policy that come with the product. */
export const stockPolicies: readonly PolicyKind[] = [autoscale, replace, restart]
