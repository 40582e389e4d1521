import type { Announcement, HoldingRecord } from '../../entity/allocation.js'
import type { HoldingShape, ResourceState } from '../../entity/resource.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { RetrySpec } from '../../spec/entity-spec.js'
import { digestOf } from '../../support/digest.js'
import { nameTaken, type FailureRecord } from '../../support/failure.js'
import { sameJson, type Json } from '../../support/json.js'
import { oneMoreFailure } from '../../task/retry.js'
import { nameFor, sharedId, tokenFor } from '../facts/naming.js'
import { openTrouble } from '../facts/condition.js'
import { declarationOf, setShape, type Need } from '../calls/needs.js'
import { isLeftLying } from './retry-gate.js'
import type { Step, StepCall, StepOutcome } from '../facts/step.js'
import type { World } from '../facts/world.js'

/** What was decided about a holding. */
export interface HoldingVerdict {
  readonly record: HoldingRecord
  readonly steps: readonly Step[]
  readonly wakeAt: number
  readonly settled: boolean
  readonly forget: boolean
}

/** One holding as the deciding function sees it. */
export interface HoldingFacts {
  readonly record: HoldingRecord
  /** As last seen since its last command was answered. */
  readonly seen: ResourceState | undefined
  readonly underWay: boolean
  readonly notBefore: number
  /** Whether somebody still wants it. */
  readonly wanted: boolean
}

/** The record of what is needed and is to be made, or is brought. */
export function makeHolding(
  need: Need,
  location: string,
  from: { readonly node: SpecNode; readonly world: World },
): HoldingRecord {
  const { node, world } = from
  const { id, owner } = need
  const token = tokenFor(world.engine, world.desired, `${id}@${location}`, 1)
  const { shape, brought } = declarationOf(need, node, world)
  const label = owner === '' ? need.name : `${owner}-${need.name}`
  return {
    kind: 'holding',
    id,
    shape,
    owner,
    token,
    name: brought ?? nameFor(world.desired.name, label, 1, token),
    location,
    brought: brought !== undefined,
    stage: brought === undefined ? 'creating' : 'present',
    generation: 0,
    createdAt: world.now,
  }
}

/** Decides about one holding. Brought ones are never touched; made ones go with their last user. */
export function decideHolding(holding: HoldingFacts, world: World): HoldingVerdict {
  const { record, wanted, underWay } = holding
  const rest = { record, steps: [], wakeAt: 0, settled: true, forget: false }
  if (underWay) return { ...rest, settled: false }
  if (record.stage === 'gone' || record.brought)
    return { ...rest, forget: !wanted || record.stage === 'gone' }
  const due = dueAt(holding, world)
  if (due > world.now) return { ...rest, wakeAt: due === Infinity ? 0 : due, settled: false }
  if (!wanted) return announce({ ...record, stage: 'removing' }, 'destroy', world)
  const shape = shapeNow(record, world)
  if (isPresent(holding) && shape === record.shape) return rest
  return announce({ ...record, shape, stage: 'creating' }, 'ensure', world)
}

/** What it is to be like: rules as the document now has them, back ends as they are up, all else as it was made. */
function shapeNow({ id, shape, location, owner }: HoldingRecord, world: World): HoldingShape {
  if (shape.kind === 'backends') {
    const set = setShape(owner, world)
    return sameJson(set as unknown as Json, shape as unknown as Json) ? shape : set
  }
  if (shape.kind !== 'rule') return shape
  const { rules = [] } = world.tree(world.desired.version).application
  const { allow } = rules.find(({ name }) => sharedId('rule', name, location) === id) ?? shape
  return sameJson(allow as unknown as Json, shape.allow as unknown as Json) ? shape : { ...shape, allow }
}

/** Milliseconds before a "not now" or "begun" is asked about again, where the far end names no time. */
const ASK_AGAIN = 500

/** What an outcome makes of a holding's record, and when it is asked about again. An unknown one is asked about, never assumed. */
export function takeHoldingOutcome(
  { record, notBefore }: Pick<HoldingFacts, 'record' | 'notBefore'>,
  { answer, step }: StepOutcome,
  world: World,
): Pick<HoldingFacts, 'record' | 'notBefore'> {
  switch (answer.kind) {
    case 'pending':
      return { record, notBefore: world.now + ASK_AGAIN }
    case 'not-ready':
      return { record, notBefore: world.now + (answer.retryAfter ?? ASK_AGAIN) }
    case 'unknown':
    case 'refused':
      return { record: withTrouble(record, answer.failure, world), notBefore }
    case 'conflict': {
      const failure = nameTaken(answer.holder)
      return { record: withTrouble(record, failure, world, TOLD_AT_ONCE), notBefore }
    }
    default: {
      const { step: _step, trouble: _trouble, ...rest } = record
      return {
        record: { ...rest, stage: step.announcement.kind === 'destroy' ? 'gone' : 'present' },
        notBefore,
      }
    }
  }
}

/** Its name is its token's: only people can free it, who are told at once, and it is tried again all the while. */
const TOLD_AT_ONCE: RetrySpec = { attempts: 1, then: 'alert' }

function withTrouble(
  record: HoldingRecord,
  failure: FailureRecord,
  world: World,
  spec?: RetrySpec,
): HoldingRecord {
  const how = { now: world.now, jitter: world.jitter(), recovery: world.desired.recovery, spec }
  return { ...record, trouble: oneMoreFailure(record.trouble, failure, how) }
}

/** When the next try is due; 0 for at once, Infinity for only after recover. */
function dueAt({ record, notBefore }: HoldingFacts, world: World): number {
  const trouble = openTrouble(record, world.desired)
  if (trouble === undefined) return notBefore
  return isLeftLying(trouble, world) ? Infinity : Math.max(notBefore, trouble.retryAt)
}

/** What was removed by others is made anew; what has failed is there, and asking for it again would not mend it. */
function isPresent({ record, seen }: HoldingFacts): boolean {
  return record.stage === 'present' && seen?.state !== 'absent'
}

/** Repeats an announcement of the same kind as it is; makes a new one otherwise. */
function announce(record: HoldingRecord, kind: 'ensure' | 'destroy', world: World): HoldingVerdict {
  const digest = digestOf(record.shape as unknown as Json)
  const repeated = record.step?.kind === kind && record.step.digest === digest ? record.step : undefined
  const generation = repeated?.generation ?? record.generation + 1
  const announcement: Announcement = repeated ?? {
    kind,
    token: record.token,
    digest,
    generation,
    at: world.now,
    attempt: (record.trouble?.attempts ?? 0) + 1,
    desired: world.desired.generation,
    reason: kind === 'ensure' ? 'members need it' : 'nobody uses it any more',
  }
  const step: Step = {
    key: record.id,
    incarnation: 0,
    location: record.location,
    announcement,
    call: callFor(record, announcement, world),
  }
  return {
    record: { ...record, generation, step: announcement },
    steps: [step],
    wakeAt: 0,
    settled: false,
    forget: false,
  }
}

function callFor(record: HoldingRecord, step: Announcement, world: World): StepCall {
  const { token, name, shape } = record
  if (step.kind === 'destroy')
    return { verb: 'destroy', ref: { token, name, kind: shape.kind, generation: step.generation } }
  const marks = {
    engine: world.engine,
    application: world.desired.id,
    entity: record.owner,
    incarnation: 0,
    digest: step.digest,
  }
  return { verb: 'ensure', want: { token, name, marks, generation: step.generation, shape } }
}
