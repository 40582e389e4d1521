import { type JsonObject, type Reading, type RolloutValue, isJsonObject } from '../../engine/index.js'
import { CLOCK_SKEW, type MemberBook, conditionIn, memberIn, withMember, withoutMember } from '../members.js'
import { type Samples, withSample } from '../rules/readings.js'
import type { Tally } from './analysis.js'
import type { RolloutSettings } from './settings.js'

/** The layout of the memory; a memory of another layout is not read. */
export const LAYOUT = 1

/** The role that a policy stands at, and how that is set. */
export interface RolloutSubject {
  readonly path: string
  readonly settings: RolloutSettings
}

/** How one member stands. */
export interface Standing extends JsonObject {
  /** Whether what serves of it is the new version, and whether it serves. */
  readonly updated: boolean
  readonly up: boolean
  /** Whether it is to stay. */
  readonly stays: boolean
  /** Since when both are so, or are not. */
  readonly since: number
  /** How often in a row it has failed, and how often it had when it was not admitted. */
  readonly failures: number
  readonly before: number
}

/** The change that is coming, as the book tells it. */
export interface Coming extends JsonObject {
  readonly version: number
  readonly through: number | 'all'
  readonly members: number
  readonly admitted: number
  readonly since: number
  /** Why it goes no further; null while it does. */
  readonly stalled: string | null
}

/** What a rollout policy remembers. */
export interface RolloutMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly coming: Coming | null
  readonly members: MemberBook<Standing>
  readonly samples: { readonly [name: string]: Samples }
  /** When members were last admitted, or a person last let it go on. */
  readonly advancedAt: number
  /** Since when all that are admitted are well; null while they are not. */
  readonly reachedAt: number | null
  /** What was found by checks, by name, and when was last looked. */
  readonly checks: { readonly [name: string]: Tally }
  readonly checkedAt: number | null
  /** What was last asked for, and when. */
  readonly asked: { readonly what: string; readonly at: number } | null
}

/** Nothing is coming. */
export const NOTHING_COMES: RolloutMemory = {
  layout: LAYOUT,
  coming: null,
  members: {},
  samples: {},
  advancedAt: 0,
  reachedAt: null,
  checks: {},
  checkedAt: null,
  asked: null,
}

/** Takes readings in, and decides nothing. */
export function noteForRollout(
  subject: RolloutSubject,
  memory: RolloutMemory,
  readings: readonly Reading[],
  now: number,
): RolloutMemory {
  return readings.reduce((noted, reading) => withReading(subject, noted, reading, now), memory)
}

function withReading(
  { path, settings }: RolloutSubject,
  memory: RolloutMemory,
  reading: Reading,
  now: number,
): RolloutMemory {
  if (reading.kind === 'member') return withCondition(memory, reading, now)
  if (reading.kind !== 'sensor') return memory
  if (reading.entity === path && reading.sensor === 'rollout')
    return withComing(memory, comingIn(reading.value), now)
  return withValue(settings, memory, reading, now)
}

/** Whether what serves of a member is the new version. */
export function isWell({ updated, up }: Standing): boolean {
  return updated && up
}

/** Whether a member of this number is admitted. */
export function isAdmitted({ through }: Coming, path: string): boolean {
  return through === 'all' || Number(path.slice(path.lastIndexOf('/') + 1)) <= through
}

function comingIn(value: Reading['value']): Coming | null {
  if (!isJsonObject(value)) return null
  const { version, through, members, admitted, since, stalled } = value as unknown as RolloutValue
  return { version, through, members, admitted, since, stalled }
}

/** Another change begins anew; what was found of it so far counts only for as far as it has come. */
function withComing(memory: RolloutMemory, coming: Coming | null, now: number): RolloutMemory {
  const before = memory.coming
  if (coming === null || before?.version !== coming.version) {
    const { members, samples } = memory
    return { ...NOTHING_COMES, members, samples, coming, advancedAt: now }
  }
  if (before.through === coming.through && before.stalled === coming.stalled) return { ...memory, coming }
  return { ...memory, coming, advancedAt: now, reachedAt: null, checks: {}, asked: null }
}

function withCondition(memory: RolloutMemory, reading: Reading, now: number): RolloutMemory {
  const condition = conditionIn(reading)
  if (condition === undefined) return memory
  const { entity } = reading
  const { up, state, updated, failures } = condition
  if (state === 'gone') return withoutOne(memory, entity)
  const known = memberIn(memory.members, entity) ?? UNKNOWN
  const isWaiting = memory.coming === null || !isAdmitted(memory.coming, entity)
  const standing: Standing = {
    ...{ updated, up, failures, stays: state !== 'stopping' },
    since: known !== UNKNOWN && isWell(known) === (updated && up) ? known.since : now,
    before: isWaiting ? failures : Math.min(known.before, failures),
  }
  return { ...memory, members: withMember(memory.members, entity, standing) }
}

const UNKNOWN: Standing = { updated: false, up: false, stays: true, since: 0, failures: 0, before: 0 }

function withoutOne(memory: RolloutMemory, entity: string): RolloutMemory {
  const samples = Object.entries(memory.samples).map(([name, all]) => {
    const { [entity]: _gone, ...others } = all
    return [name, others] as const
  })
  const members = withoutMember(memory.members, entity)
  return { ...memory, members, samples: Object.fromEntries(samples) }
}

function withValue(
  { analysis }: RolloutSettings,
  memory: RolloutMemory,
  { entity, sensor, at, value }: Reading,
  now: number,
): RolloutMemory {
  if (at > now + CLOCK_SKEW) return memory
  const sample = [Math.min(at, now), value] as const
  const changed = Object.entries(analysis?.readings ?? {}).flatMap(([name, spec]) => {
    if (spec.sensor !== sensor) return []
    const all = memory.samples[name] ?? {}
    const before = Object.hasOwn(all, entity) ? (all[entity] ?? []) : []
    return [[name, { ...all, [entity]: withSample(before, sample, spec) }] as const]
  })
  if (changed.length === 0) return memory
  return { ...memory, samples: { ...memory.samples, ...Object.fromEntries(changed) } }
}
