import type { Announcement, HoldingRecord } from '../entity/allocation.js'
import type { ObservedRecord } from '../entity/observation.js'
import type { SpecNode } from '../entity/spec-tree.js'
import type { ResourceShape } from '../ports/location.js'
import { digestOf } from '../support/digest.js'
import { nameFor, tokenFor } from './naming.js'
import type { Step, StepCall } from './step.js'
import type { World } from './world.js'

/** What was decided about a network or volume. */
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
  readonly observed: ObservedRecord | undefined
  readonly underWay: boolean
  readonly notBefore: number
  /** Whether somebody still wants it. */
  readonly wanted: boolean
}

/** The record of a holding that is to be made, or that is brought. */
export function makeHolding(
  id: string,
  owner: string,
  location: string,
  from: { readonly node: SpecNode; readonly world: World },
): HoldingRecord {
  const { node, world } = from
  const token = tokenFor(world.engine, world.desired.id, `${id}@${location}`, 1)
  const volume = owner === '' ? undefined : node.spec.volumes.find((one) => id.endsWith(`:${one.name}`))
  const name = id.slice(id.indexOf(':') + 1).split('@')[0] ?? id
  const network =
    owner === ''
      ? world.tree(world.desired.version).application.networks.find((one) => one.name === name)
      : undefined
  const brought = volume?.brought ?? network?.brought
  return {
    kind: 'holding',
    id,
    resource: owner === '' ? 'network' : 'volume',
    owner,
    token,
    name: brought ?? nameFor(world.desired.name, name, 1, token),
    location,
    brought: brought !== undefined,
    stage: brought === undefined ? 'creating' : 'present',
    generation: 0,
    ...(volume?.size === undefined ? {} : { size: volume.size }),
    ...(network?.cidr === undefined ? {} : { cidr: network.cidr }),
    createdAt: world.now,
  }
}

/** Decides about one holding. Brought ones are never touched; made ones go with their last user. */
export function decideHolding(holding: HoldingFacts, world: World): HoldingVerdict {
  const { record } = holding
  const rest = { record, steps: [], wakeAt: 0, settled: true, forget: false }
  if (holding.underWay) return { ...rest, settled: false }
  if (record.stage === 'gone') return { ...rest, forget: true }
  if (record.brought) return { ...rest, forget: !holding.wanted }
  const due = Math.max(holding.notBefore, record.trouble?.retryAt ?? 0)
  const recovered = (record.trouble?.recovery ?? Infinity) < world.desired.recovery
  if (!recovered && due > world.now) return { ...rest, wakeAt: due, settled: false }
  if (!holding.wanted) return announce({ ...record, stage: 'removing' }, 'destroy', world)
  return isPresent(holding) ? rest : announce({ ...record, stage: 'creating' }, 'ensure', world)
}

function isPresent(holding: HoldingFacts): boolean {
  const { record, observed } = holding
  const state = observed?.resources[record.token]?.state
  return record.stage === 'present' && state !== 'absent' && state !== 'failed'
}

/** Repeats an announcement of the same kind as it is; makes a new one otherwise. */
function announce(record: HoldingRecord, kind: 'ensure' | 'destroy', world: World): HoldingVerdict {
  const repeated = record.step?.kind === kind ? record.step : undefined
  const generation = repeated?.generation ?? record.generation + 1
  const announcement: Announcement = repeated ?? {
    kind,
    token: record.token,
    digest: digestOf(record.id),
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
  const { token, name, resource } = record
  if (step.kind === 'destroy')
    return { verb: 'destroy', ref: { token, name, kind: resource, generation: step.generation } }
  const marks = {
    engine: world.engine,
    application: world.desired.id,
    entity: record.owner,
    incarnation: 0,
    digest: step.digest,
  }
  return { verb: 'ensure', want: { token, name, marks, generation: step.generation, shape: shapeOf(record) } }
}

function shapeOf(record: HoldingRecord): ResourceShape {
  if (record.resource === 'network')
    return { kind: 'network', ...(record.cidr === undefined ? {} : { cidr: record.cidr }) }
  return { kind: 'volume', ...(record.size === undefined ? {} : { size: record.size }) }
}
