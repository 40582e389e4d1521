import type { DesiredRecord } from '../../entity/desired.js'
import type { HoldingRecord, SlotRecord } from '../../entity/allocation.js'
import type { ObservedRecord } from '../../entity/observation.js'
import type { SpecNode, SpecTree } from '../../entity/spec-tree.js'
import type { Spread } from './backends.js'
import type { Site, Vacancy } from './placement.js'
import type { Evaluation, VariableReader } from '../../expression/evaluate.js'
import type { Capabilities } from '../../ports/location.js'
import type { Expression } from '../../spec/expression.js'

/** How the members of one role stand together. */
export interface Tally {
  /** Slots that count as members: neither retired nor quarantined. */
  readonly members: number
  readonly up: number
  /** Slots of which something may run. */
  readonly running: number
  /** All incarnations that may run, leaving ones too: not those that their place has fenced. */
  readonly incarnations: number
  /** Slots in the middle of a replacement. */
  readonly replacing: number
  /** Slots being provisioned or removed. */
  readonly busy: number
  readonly quarantined: number
}

/** One slot as the deciding functions see it. */
export interface SlotFacts {
  readonly path: string
  readonly record: SlotRecord
  readonly observed: ObservedRecord | undefined
  /** Its node in the wanted version; undefined when that has no such entity any more. */
  readonly node: SpecNode | undefined
  /** Path of the role that it is a member of. */
  readonly role: string | undefined
  /** Whether a call about this incarnation has not answered yet: nothing else is done about it until it does. */
  isUnderWay(incarnation: number): boolean
  /** Whether looks of this very process have missed a machine: what was unseen before a restart may be back. */
  isMissed(token: string): boolean
  /** Before this time an announced step is not repeated; 0 for at once. Forgotten by a restart, which does no harm. */
  readonly notBefore: number
  /** When something of it was last begun: what serves is not ended again at once. Forgotten by a restart, which does no harm. */
  readonly begunAt: number
}

/**
 * What deciding functions may ask of everything around a slot. Every answer that can change notes who was asked, so
 * that the slot is looked at again when it does.
 */
export interface World {
  readonly now: number
  readonly engine: string
  readonly desired: DesiredRecord
  /** Milliseconds between two changes of one thing for wishes: of all that is wished for meanwhile only the last counts. */
  readonly steadyFor: number
  /** A number in [0, 1), for spreading delays. */
  jitter(): number
  /** The indexed spec of a kept version. */
  tree(version: number): SpecTree
  /** With `variable`: as seen by a workflow that is being done. */
  evaluate(expression: Expression, path: string, version: number, variable?: VariableReader): Evaluation
  /** Another slot, as it is decided about; undefined where there is none. */
  slot(path: string): SlotFacts | undefined
  /** Whether nothing below a slot runs, and whether something works on this machine of it. */
  childrenQuiet(path: string): boolean
  hasGuests(path: string, token: string): boolean
  /** Whether an entity (slot, role or group) counts as up; roles by their start quorum. */
  hasStarted(path: string): boolean
  /** Whether nothing of an entity runs, or exists at all. */
  isQuiet(path: string): boolean
  isGone(path: string): boolean
  tally(role: string): Tally
  /** How many members of a role that never came up were removed since the last recovery. */
  discarded(role: string): number
  /** How many have a permit of a pool. */
  permitsHeld(pool: string): number
  holding(id: string): HoldingRecord | undefined
  /** How the traffic to an entity is to be spread now; undefined where it spreads none. */
  spread(path: string): Spread | undefined
  /** Ids of the holdings that follow a slot. */
  holdingsOf(path: string): readonly string[]
  /** Whether no slot below this one exists any more. */
  childrenGone(path: string): boolean
  /** Incarnations of a role at each site and location; empty where all have one site to be at. */
  sited(role: string): ReadonlyMap<string, number>
  /** Whether a site takes machines, as far as is known; of members also whether those before them have failed there. */
  vacancy(site: Site, role?: string): Vacancy
  capabilities(location: string): Capabilities | undefined
  /** Whether a policy decides about restarts of this entity, so that nobody else does. */
  policyRestarts(node: SpecNode, path: string): boolean
}
