import type { AttachedPolicy, Intent, Output, Reading, SensorYield } from '../ports/policy.js'
import { required } from '../support/invariant.js'
import { sameJson } from '../support/json.js'
import { WakeQueue } from '../support/wake-queue.js'
import type { Request } from './arbiter-state.js'
import { InterestIndex, type Gathered } from './interest-index.js'
import { fitsLayout, type Held, type PolicyMemoryRecord } from './policy-memory.js'
import { NO_MEMBER, endingOf, hopsAfter, inputsOf } from './policy-readings.js'
import { runPolicy } from './policy-run.js'
import { ReadingQueue } from './reading-queue.js'

/** A policy or an enricher made ready, with its name at an entity. */
export interface HostedPolicy {
  readonly entity: string
  readonly name: string
  readonly type: string
  /** Digest of its configuration: what decisions name as the version. */
  readonly version: string
  readonly policy: AttachedPolicy
  /** Keeps its memory and is told nothing. @default false */
  readonly paused?: boolean
}

/** What a turn gave: to be put to the arbiter, and stored in one batch with what comes of it. */
export interface HostTurn {
  readonly requests: readonly Request[]
  /** What enrichers yielded, in order: to be observed like any other value of a sensor. */
  readonly yields: readonly HostYield[]
  readonly checkpoints: readonly PolicyMemoryRecord[]
}

/** A value that an enricher yielded, and from how many enrichers in a row it comes. */
export interface HostYield extends SensorYield {
  readonly hops: number
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
  readonly #interests = new InterestIndex()
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
    this.#interests.clear()
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
    return names.filter((name) => {
      const key = keyOf(entity, name)
      const resident = this.#policies.get(key)
      if (resident === undefined) return false
      this.#interests.remove(key, entity, resident.hosted.policy.interest)
      this.#forget(key)
      return this.#policies.delete(key)
    })
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
    for (const key of new Set(this.#interests.at(reading.entity))) this.#queue(key, reading)
  }

  /**
   * Makes these the members of a group. Its policies are told that who has gone is gone for them; of who has come they are to
   * be told by the one who calls.
   */
  gather(group: string, members: readonly string[], at: number): Gathered {
    const leaving = [...this.#interests.membersOf(group)].filter((member) => !members.includes(member))
    for (const entity of leaving)
      for (const key of this.#interests.atGroup(group))
        this.#queue(key, { kind: 'member', at, entity, sensor: '', value: { ...NO_MEMBER } })
    return this.#interests.gather(group, members)
  }

  /** Groups that an entity is a member of. */
  groupsOf(entity: string): ReadonlySet<string> {
    return this.#interests.groupsOf(entity)
  }

  /** The policies at a group that want to know of its members. */
  atGroup(group: string): readonly HostedPolicy[] {
    return [...this.#interests.atGroup(group)].flatMap((key) => this.#policies.get(key)?.hosted ?? [])
  }

  /** Queues a reading for one policy alone. */
  tell(entity: string, name: string, reading: Reading): void {
    this.#queue(keyOf(entity, name), reading)
  }

  /** Lets one policy act although nothing is told. */
  wake(entity: string, name: string, at: number): void {
    this.#wake(keyOf(entity, name), at)
  }

  /** Names of the sensors of an entity that somebody wants to be told of. */
  sensorsWanted(entity: string): ReadonlySet<string> {
    const names = new Set<string>()
    for (const key of this.#interests.at(entity)) {
      const { hosted } = required(this.#policies.get(key), 'a policy that is listened for')
      for (const name of this.#interests.wantedOf(hosted.policy.interest, hosted.entity, entity))
        names.add(name)
    }
    return names
  }

  /** Whether anybody may want readings about an entity. */
  cares(entity: string): boolean {
    return this.#interests.at(entity).next().done !== true
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
    const yields: HostYield[] = []
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
      if (this.#run(key, resident, { readings, now, requests, yields })) stored.add(key)
    }
    return { requests, yields, checkpoints: this.#checkpoints(stored, now) }
  }

  /** Everything that is not stored yet, for an orderly end. */
  flush(now: number): readonly PolicyMemoryRecord[] {
    return this.#checkpoints(new Set(this.#unstored.keys()), now)
  }

  /** Whether there is a policy of that name, and why it does not run for now where it was at fault itself. */
  standing(entity: string, name: string): { readonly acts: boolean; readonly fault?: PolicyFault } {
    const resident = this.#policies.get(keyOf(entity, name))
    return {
      acts: resident !== undefined,
      ...(resident?.fault === undefined ? {} : { fault: resident.fault }),
    }
  }

  #admit(hosted: HostedPolicy, before: Resident | undefined): void {
    const key = keyOf(hosted.entity, hosted.name)
    const { initial, interest, derived = false } = hosted.policy
    const stays = !derived && before?.hosted.type === hosted.type && fitsLayout(before.held.memory, initial)
    const resident = stays ? renewed(before, hosted) : { hosted, held: { memory: initial } }
    if (!stays) this.#forget(key)
    if (hosted.paused === true) this.#rest(key, resident)
    else if (resident.fault === undefined) this.#goOn(key, resident)
    this.#policies.set(key, resident)
    this.#interests.add(key, hosted.entity, interest)
  }

  /** What it asked to be called for counts again, and what it was told and has not looked at. One at fault waits on. */
  #goOn(key: string, resident: Resident): void {
    this.#hold(key, resident, resident.held)
    if (resident.queue !== undefined) this.#ready.add(key)
  }

  /** What it was told and has not looked at counts no more; what it remembers does. */
  #rest(key: string, resident: Resident): void {
    delete resident.queue
    delete resident.fault
    this.#ready.delete(key)
    this.#wakes.delete(key)
  }

  #forget(key: string): void {
    this.#wakes.delete(key)
    this.#ready.delete(key)
    this.#unstored.delete(key)
  }

  #queue(key: string, reading: Reading): void {
    const resident = this.#policies.get(key)
    if (resident === undefined) return
    if (resident.hosted.paused === true) return
    if (!this.#interests.isWanted(resident.hosted.policy.interest, resident.hosted.entity, reading)) return
    resident.queue ??= new ReadingQueue()
    if (resident.queue.add(reading)) this.#coalesced += 1
    if (resident.fault === undefined) this.#ready.add(key)
  }

  #wake(key: string, now: number): void {
    const resident = this.#policies.get(key)
    if (resident === undefined || resident.hosted.paused === true) return
    const { entity } = resident.hosted
    resident.queue ??= new ReadingQueue()
    resident.queue.add({ kind: 'wake', at: now, entity, sensor: '', value: null })
    this.#ready.add(key)
  }

  /** Runs one policy; gives whether its memory is to be stored now. */
  #run(key: string, resident: Resident, turn: RunInput): boolean {
    const hops = hopsAfter(turn.readings)
    const outcome = endingOf(
      runPolicy(resident.hosted.policy, resident.held, turn, this.#options.intentsPerRun),
      hops,
    )
    if (outcome.kind === 'fault') {
      this.#suspend(key, resident, { message: outcome.message, ...turn })
      return false
    }
    delete resident.fault
    const asked = takeIn(outcome.given, resident.hosted, { ...turn, hops })
    const changed =
      outcome.held.wakeAt !== resident.held.wakeAt || !sameJson(outcome.held.memory, resident.held.memory)
    this.#hold(key, resident, changed ? outcome.held : resident.held)
    if (resident.hosted.policy.derived === true) return false
    if (changed && !this.#unstored.has(key)) this.#unstored.set(key, turn.now)
    return asked || turn.readings.some(({ kind }) => kind === 'member')
  }

  #suspend(key: string, resident: Resident, turn: RunInput & { readonly message: string }): void {
    const { now, message } = turn
    const faults = (resident.fault?.faults ?? 0) + 1
    const wait = Math.min(LONGEST_SUSPENSION, FIRST_SUSPENSION * 2 ** Math.min(faults - 1, 20))
    resident.fault = { until: now + wait, faults, message }
    this.#ready.delete(key)
    this.#wakes.set(key, now + wait)
    const reason = `suspended for ${wait / 1_000} s, for the ${ordinal(faults)} time in a row: ${message}`
    const intent: Intent = { kind: 'hold', rule: 'policy-fault', reason }
    turn.requests.push({ by: askerOf(resident.hosted), intent, inputs: inputsOf(turn.readings, now) })
  }

  #hold(key: string, resident: Resident, held: Held): void {
    resident.held = held
    if (held.wakeAt === undefined || resident.hosted.paused === true) this.#wakes.delete(key)
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

/** What a policy did that it is not run for a while. */
export interface PolicyFault {
  /** Milliseconds since the epoch. */
  readonly until: number
  /** Faults in a row. */
  readonly faults: number
  readonly message: string
}

const FIRST_SUSPENSION = 1_000
const LONGEST_SUSPENSION = 300_000

/** A policy at rest. */
interface Resident {
  readonly hosted: HostedPolicy
  held: Held
  queue?: ReadingQueue
  fault?: PolicyFault
}

/** The same with another setting, which may mend what it was at fault for. */
function renewed({ fault, ...rest }: Resident, hosted: HostedPolicy): Resident {
  const isSame = rest.hosted.version === hosted.version
  return { ...rest, hosted, ...(isSame && fault !== undefined ? { fault } : {}) }
}

interface RunInput {
  readonly readings: readonly Reading[]
  readonly now: number
  readonly requests: Request[]
  readonly yields: HostYield[]
}

/** Puts what was given where it belongs; gives whether something is asked for. */
function takeIn(
  given: readonly Output[],
  hosted: HostedPolicy,
  turn: RunInput & { readonly hops: number },
): boolean {
  const inputs = inputsOf(turn.readings, turn.now)
  let asked = false
  for (const one of given) {
    if (one.kind === 'yield') turn.yields.push({ ...one, hops: turn.hops })
    else turn.requests.push({ by: askerOf(hosted), intent: one, inputs })
    asked ||= one.kind !== 'yield' && one.kind !== 'hold'
  }
  return asked
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

function ordinal(count: number): string {
  const last = count % 10
  const teens = count % 100 > 10 && count % 100 < 14
  return `${count}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th')}`
}
