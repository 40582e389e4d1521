import type { AttachedPolicy, Intent, Interest, Reading } from '../ports/policy.js'
import { sameJson } from '../support/json.js'
import { WakeQueue } from '../support/wake-queue.js'
import type { Request } from './arbiter-state.js'
import type { DecisionInput } from './decision-log.js'
import { roleOfMember } from './member-path.js'
import { fitsLayout, type Held, type PolicyMemoryRecord } from './policy-memory.js'
import { runPolicy } from './policy-run.js'
import { ReadingQueue } from './reading-queue.js'

/** A policy made ready, with its name at an entity. */
export interface HostedPolicy {
  readonly entity: string
  readonly name: string
  readonly type: string
  /** Digest of its configuration: what decisions name as the version. */
  readonly version: string
  readonly policy: AttachedPolicy
}

/** What a turn gave: to be put to the arbiter, and stored in one batch with what comes of it. */
export interface HostTurn {
  readonly requests: readonly Request[]
  readonly checkpoints: readonly PolicyMemoryRecord[]
}

/** How a host works. */
export interface PolicyHostOptions {
  /** Readings handled in one turn, of all policies together; the rest waits for the next. @default 10000 */
  readonly readingsPerTurn?: number
  /** Intents that one policy may give in one turn; more is a fault. @default 1000 */
  readonly intentsPerRun?: number
  /**
   * Milliseconds for which a memory that changed by mere sensor readings, without an intent, may go unstored. Readings
   * since the checkpoint are to be observed again after a restart, or are lost with no more harm than a gap in them.
   * @default 1000
   */
  readonly checkpointEvery?: number
}

/**
 * Runs the policies of one application. A policy at rest is a plain record: nothing is subscribed and no timer runs. A
 * reading, or the time that it asked for, materialises its pipeline for one turn, in which it must end. A policy that
 * throws, asks without end or does not end is suspended for a growing while; the others go on.
 */
export class PolicyHost {
  readonly #policies = new Map<string, Resident>()
  /** Keys of the policies interested in an entity itself, and in the members of one. */
  readonly #ofSelf = new Map<string, string[]>()
  readonly #ofMembers = new Map<string, string[]>()
  readonly #wakes = new WakeQueue()
  readonly #ready = new Set<string>()
  readonly #unstored = new Map<string, number>()
  readonly #options: Required<PolicyHostOptions>
  #coalesced = 0

  constructor(options: PolicyHostOptions = {}) {
    this.#options = { readingsPerTurn: 10_000, intentsPerRun: 1_000, checkpointEvery: 1_000, ...options }
  }

  /** Readings that were folded into a newer one before their turn. */
  get coalesced(): number {
    return this.#coalesced
  }

  /**
   * Makes these the policies. One that stays (same entity, name, type and layout of memory) keeps its memory, so that a
   * changed setting resets no budget; gives the keys [entity, name] of those that are gone, whose records can go too.
   */
  attach(policies: readonly HostedPolicy[]): readonly (readonly [entity: string, name: string])[] {
    const before = new Map(this.#policies)
    this.#policies.clear()
    this.#ofSelf.clear()
    this.#ofMembers.clear()
    for (const hosted of policies) this.#admit(hosted, before.get(keyOf(hosted.entity, hosted.name)))
    const gone = [...before].filter(([key]) => !this.#policies.has(key))
    for (const [key] of gone) this.#forget(key)
    return gone.map(([, { hosted }]) => [hosted.entity, hosted.name])
  }

  /** Adds those of an entity that has come to be, without a look at all others; those that are there already stay. */
  add(policies: readonly HostedPolicy[]): void {
    for (const hosted of policies)
      if (!this.#policies.has(keyOf(hosted.entity, hosted.name))) this.#admit(hosted, undefined)
  }

  /** Takes out those of an entity that is gone; gives the names of those that were there. */
  remove(entity: string, names: readonly string[]): readonly string[] {
    const removed = names.filter((name) => this.#policies.delete(keyOf(entity, name)))
    for (const name of removed) this.#forget(keyOf(entity, name))
    if (removed.length > 0)
      for (const interested of [this.#ofSelf, this.#ofMembers]) interested.delete(entity)
    return removed
  }

  /** Takes stored memories in, after `attach` and before the first turn. A memory of another type or layout is left out. */
  load(records: readonly PolicyMemoryRecord[]): void {
    for (const record of records) {
      const key = keyOf(record.entity, record.policy)
      const resident = this.#policies.get(key)
      if (resident?.hosted.type !== record.type) continue
      if (!fitsLayout(record.memory, resident.hosted.policy.initial)) continue
      const { memory, wakeAt } = record
      this.#hold(key, resident, wakeAt === undefined ? { memory } : { memory, wakeAt })
    }
  }

  /** Queues a reading for every policy that wants it. Cheap; nothing runs before the next turn. */
  observe(reading: Reading): void {
    for (const key of this.#ofSelf.get(reading.entity) ?? []) this.#queue(key, reading, 'self')
    const role = roleOfMember(reading.entity)
    if (role === undefined) return
    for (const key of this.#ofMembers.get(role) ?? []) this.#queue(key, reading, 'members')
  }

  /** When the next turn is due: a time in the past for at once, undefined for not before a reading. */
  nextWakeAt(): number | undefined {
    if (this.#ready.size > 0) return 0
    const [oldest] = this.#unstored.values()
    const due = [
      this.#wakes.next(),
      oldest === undefined ? undefined : oldest + this.#options.checkpointEvery,
    ]
    const times = due.filter((at) => at !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Runs what has readings or is due, within the bounds of a turn. */
  turn(now: number): HostTurn {
    for (const key of this.#wakes.takeDue(now)) this.#wake(key, now)
    const requests: Request[] = []
    const stored = new Set<string>()
    let left = this.#options.readingsPerTurn
    for (const key of this.#ready) {
      if (left <= 0) break
      const resident = this.#policies.get(key)
      this.#ready.delete(key)
      if (resident === undefined) continue
      const readings = resident.queue?.take(left) ?? []
      left -= readings.length
      if (resident.queue !== undefined && resident.queue.size > 0) this.#ready.add(key)
      else delete resident.queue
      if (this.#run(key, resident, { readings, now, requests })) stored.add(key)
    }
    return { requests, checkpoints: this.#checkpoints(stored, now) }
  }

  /** Everything that is not stored yet, for an orderly end. */
  flush(now: number): readonly PolicyMemoryRecord[] {
    return this.#checkpoints(new Set(this.#unstored.keys()), now)
  }

  /** How a policy stands: suspended until when and why, or nothing. */
  suspension(entity: string, name: string): Suspension | undefined {
    return this.#policies.get(keyOf(entity, name))?.suspended
  }

  #admit(hosted: HostedPolicy, before: Resident | undefined): void {
    const key = keyOf(hosted.entity, hosted.name)
    const { initial, interest } = hosted.policy
    const stays = before?.hosted.type === hosted.type && fitsLayout(before.held.memory, initial)
    const resident = stays ? { ...before, hosted } : { hosted, held: { memory: initial } }
    if (stays && before.hosted.version !== hosted.version) delete resident.suspended
    if (!stays) this.#forget(key)
    this.#policies.set(key, resident)
    if (caresAbout(interest, 'self')) append(this.#ofSelf, hosted.entity, key)
    if (caresAbout(interest, 'members')) append(this.#ofMembers, hosted.entity, key)
  }

  #forget(key: string): void {
    this.#wakes.delete(key)
    this.#ready.delete(key)
    this.#unstored.delete(key)
  }

  #queue(key: string, reading: Reading, of: 'self' | 'members'): void {
    const resident = this.#policies.get(key)
    if (resident === undefined || !wants(resident.hosted.policy, reading, of)) return
    resident.queue ??= new ReadingQueue()
    if (resident.queue.add(reading)) this.#coalesced += 1
    if (resident.suspended === undefined) this.#ready.add(key)
  }

  #wake(key: string, now: number): void {
    const resident = this.#policies.get(key)
    if (resident === undefined) return
    const { entity } = resident.hosted
    resident.queue ??= new ReadingQueue()
    resident.queue.add({ kind: 'wake', at: now, entity, sensor: '', value: null })
    this.#ready.add(key)
  }

  /** Runs one policy; gives whether its memory is to be stored now. */
  #run(key: string, resident: Resident, turn: RunInput): boolean {
    const outcome = runPolicy(resident.hosted.policy, resident.held, turn, this.#options.intentsPerRun)
    if (outcome.kind === 'fault') {
      this.#suspend(key, resident, { message: outcome.message, ...turn })
      return false
    }
    delete resident.suspended
    const inputs = inputsOf(turn.readings, turn.now)
    for (const intent of outcome.intents) turn.requests.push({ by: askerOf(resident.hosted), intent, inputs })
    const changed =
      outcome.held.wakeAt !== resident.held.wakeAt || !sameJson(outcome.held.memory, resident.held.memory)
    this.#hold(key, resident, changed ? outcome.held : resident.held)
    if (changed && !this.#unstored.has(key)) this.#unstored.set(key, turn.now)
    return (
      outcome.intents.some(({ kind }) => kind !== 'hold') ||
      turn.readings.some(({ kind }) => kind === 'member')
    )
  }

  #suspend(key: string, resident: Resident, turn: RunInput & { readonly message: string }): void {
    const { now, message } = turn
    const faults = (resident.suspended?.faults ?? 0) + 1
    const wait = Math.min(LONGEST_SUSPENSION, FIRST_SUSPENSION * 2 ** Math.min(faults - 1, 20))
    resident.suspended = { until: now + wait, faults, message }
    this.#ready.delete(key)
    this.#wakes.set(key, now + wait)
    const reason = `suspended for ${wait / 1_000} s, for the ${ordinal(faults)} time in a row: ${message}`
    const intent: Intent = { kind: 'hold', rule: 'policy-fault', reason }
    turn.requests.push({ by: askerOf(resident.hosted), intent, inputs: inputsOf(turn.readings, now) })
  }

  #hold(key: string, resident: Resident, held: Held): void {
    resident.held = held
    if (held.wakeAt === undefined) this.#wakes.delete(key)
    else this.#wakes.set(key, held.wakeAt)
  }

  /** Records of what is to be stored now, and of what has waited long enough: oldest first, so that no turn looks at all. */
  #checkpoints(stored: ReadonlySet<string>, now: number): readonly PolicyMemoryRecord[] {
    const due = new Set([...stored].filter((key) => this.#unstored.has(key)))
    for (const [key, since] of this.#unstored) {
      if (now - since < this.#options.checkpointEvery && now >= since) break
      due.add(key)
    }
    return [...due].flatMap((key) => {
      this.#unstored.delete(key)
      const resident = this.#policies.get(key)
      return resident === undefined ? [] : [recordOf(resident, now)]
    })
  }
}

/** Why a policy does not run for now. */
export interface Suspension {
  /** Milliseconds since the epoch. */
  readonly until: number
  /** Faults in a row. */
  readonly faults: number
  readonly message: string
}

const FIRST_SUSPENSION = 1_000
const LONGEST_SUSPENSION = 300_000
const MOST_INPUTS = 8

/** A policy at rest. */
interface Resident {
  readonly hosted: HostedPolicy
  held: Held
  queue?: ReadingQueue
  suspended?: Suspension
}

interface RunInput {
  readonly readings: readonly Reading[]
  readonly now: number
  readonly requests: Request[]
}

function caresAbout({ conditions, sensors }: Interest, whom: 'self' | 'members'): boolean {
  return conditions === whom || sensors.some(({ of }) => of === whom)
}

function wants({ interest }: AttachedPolicy, reading: Reading, of: 'self' | 'members'): boolean {
  if (reading.kind === 'member') return interest.conditions === of
  return interest.sensors.some((wanted) => wanted.of === of && wanted.sensor === reading.sensor)
}

/** The newest readings that a run was given; what is older is in the memory that the version names. */
function inputsOf(readings: readonly Reading[], now: number): readonly DecisionInput[] {
  return readings
    .filter(({ kind }) => kind !== 'wake')
    .slice(-MOST_INPUTS)
    .map(({ kind, entity, sensor, value, at }) => ({
      entity,
      sensor: kind === 'member' ? 'condition' : sensor,
      value,
      age: Math.max(0, now - at),
    }))
}

function askerOf({ entity, name, type, version }: HostedPolicy): Request['by'] {
  return { kind: 'policy', entity, name, type, version }
}

function recordOf({ hosted, held }: Resident, now: number): PolicyMemoryRecord {
  const { entity, name, type, version } = hosted
  return { kind: 'policy', entity, policy: name, type, version, ...held, at: now }
}

function keyOf(entity: string, name: string): string {
  return `${entity}\n${name}`
}

function append(map: Map<string, string[]>, at: string, key: string): void {
  const known = map.get(at)
  if (known === undefined) map.set(at, [key])
  else known.push(key)
}

function ordinal(count: number): string {
  const last = count % 10
  const teens = count % 100 > 10 && count % 100 < 14
  return `${count}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th')}`
}
