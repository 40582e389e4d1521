import { policyKey, type DesiredRecord } from '../../entity/desired.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { arbitrate } from '../../policy/arbiter.js'
import {
  LONGEST_RATE_PERIOD,
  type ArbiterState,
  type Arbitration,
  type RateMemory,
  type Request,
} from '../../policy/arbiter-state.js'
import { DecisionLog, type DecisionRecord, type DecisionWrites } from '../../policy/decision-log.js'
import { PolicyHost, type HostedPolicy } from '../../policy/policy-host.js'
import type { PolicyMemoryRecord } from '../../policy/policy-memory.js'
import type { Reading } from '../../ports/policy.js'
import type { Condition } from '../../reconcile/facts/condition.js'
import { KEYS } from '../../reconcile/facts/keys.js'
import type { SlotState } from '../../reconcile/facts/landscape.js'
import type { Change } from '../../store/store.js'
import type { Cancel } from '../../support/clock.js'
import { failureOf } from '../../support/failure.js'
import type { Json, JsonObject } from '../../support/json.js'
import type { DecisionView, PolicyView } from '../../entity/view.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { WorkflowDesk } from '../runs/workflow-desk.js'
import type { LoadedApplication } from '../books.js'
import type { Desire } from '../changes/desire.js'
import { standingFor } from './arbiter-standing.js'
import { conditionReading } from './member-condition.js'
import { PolicyCalls } from './policy-calls.js'
import { MOST_BESIDE, PolicyReverts } from './policy-reverts.js'
import { policyViews } from '../views/policy-views.js'
import { ReadingFeed } from './reading-feed.js'
import { WantedPolicies } from './wanted-policies.js'

/**
 * Binds an application's policies to its books: tells the host what is observed, puts what policies ask before the
 * arbiter, and writes decisions, memories and the changed wish in one batch.
 */
export class PolicyDesk {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #host = new PolicyHost()
  readonly #wanted: WantedPolicies
  readonly #feed: ReadingFeed
  readonly #calls: PolicyCalls
  readonly #reverts: PolicyReverts
  readonly #log = new DecisionLog()
  readonly #restarting = new Set<string>()
  #stored: readonly PolicyMemoryRecord[] = []
  #recent: RateMemory = {}
  #cancel: Cancel | undefined
  #turning = false
  #again = false
  #closed = false

  constructor(
    application: KeptApplication,
    ports: KeptPorts,
    runs: () => Pick<WorkflowDesk, 'begin' | 'list'>,
  ) {
    this.#application = application
    this.#ports = ports
    this.#wanted = new WantedPolicies(application, ports)
    this.#feed = new ReadingFeed(application, this.#host)
    this.#calls = new PolicyCalls(application, ports, runs)
    this.#reverts = new PolicyReverts(application, ports)
  }

  /** Takes stored memories and decisions in; before `attach`. */
  load(loaded: LoadedApplication): void {
    this.#stored = [...(loaded.get('policy')?.values() ?? [])].map(
      (entry) => entry.value as unknown as PolicyMemoryRecord,
    )
    this.#log.load(
      [...(loaded.get('decision')?.values() ?? [])].map((entry) => entry.value as unknown as DecisionRecord),
    )
    this.#recent = this.#log.spentSince(this.#ports.clock.now() - LONGEST_RATE_PERIOD)
  }

  /** Makes the wanted version's policies ready and tells them how everything stands. */
  attach(): void {
    const hosted = [...this.#wanted.all()]
    const gone = this.#host.attach(hosted)
    this.#host.load(this.#stored)
    this.#stored = []
    this.#restarting.clear()
    this.#noteRestarting(hosted)
    this.#forget(gone.map(([entity, name]) => this.#memoryKey(entity, name)))
    for (const slot of this.#application.landscape.slots.values())
      if (slot.condition.state !== 'created') this.#tell(slot)
    this.#prime(hosted)
    this.#turnSoon()
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  /** Whether a policy decides about restarts of this entity. */
  restarts(node: SpecNode, path: string): boolean {
    if (this.#restarting.has(node.pattern)) return true
    for (const group of this.#host.groupsOf(path)) if (this.#restarting.has(group)) return true
    return false
  }

  /** A group has other members: its policies are told of those that came, and that those that went are gone. */
  gathered(group: string, members: readonly string[]): void {
    const at = this.#ports.clock.now()
    const { joined, left } = this.#host.gather(group, members, at)
    if (joined.length + left.length === 0) return
    const { landscape } = this.#application
    for (const hosted of this.#host.atGroup(group)) {
      for (const path of joined) {
        const slot = landscape.slots.get(path)
        if (slot !== undefined) this.#host.tell(group, hosted.name, this.#conditionOf(slot))
      }
      this.#feed.joined(hosted, joined, at)
    }
    this.#turnSoon()
  }

  memberChanged(state: SlotState, before: Condition): void {
    if (this.#wanted.perMember && before.state !== state.condition.state) this.#noteMember(state, before)
    this.#tell(state)
    if (state.condition.state === 'gone') this.#feed.drop(state.path)
    this.noticed(state.path)
  }

  /** Something about an entity has changed that nobody samples. */
  noticed(path: string): void {
    this.#feed.changed(path, this.#ports.clock.now())
    this.#turnSoon()
  }

  /** A sensor was told. */
  sampled(path: string, sensor: string, value: Json, at: number): void {
    this.#observe({ kind: 'sensor', at, entity: path, sensor, value })
  }

  #observe(reading: Reading): void {
    this.#host.observe(reading)
    this.#feed.sampled(reading.entity, reading.at)
    this.#turnSoon()
  }

  /** Newest first; of one entity and its members, or of all. */
  decisions(entity?: string): readonly DecisionView[] {
    const all = this.#log.views()
    return entity === undefined
      ? all
      : all.filter((view) => view.entity === entity || view.entity.startsWith(`${entity}/`))
  }

  /** Those of an entity, and how each stands; undefined when there is no such entity. */
  views(path: string): readonly PolicyView[] | undefined {
    return policyViews(this.#application.sources, path, (name) => this.#host.standing(path, name))
  }

  /** Keys of all records, for erasing. */
  keys(): readonly string[] {
    const memories = [...this.#wanted.all()].map((hosted) => this.#memoryKey(hosted.entity, hosted.name))
    return [...memories, ...this.#log.views().map((view) => KEYS.decision(this.#application.id, view.id))]
  }

  /** A member that comes to be gets the policies of its kind; one that is gone loses them. */
  #noteMember(state: SlotState, before: Condition): void {
    const { path, role, node, condition } = state
    if (role === undefined || node === undefined) return
    if (condition.state === 'gone') {
      const names = this.#host.remove(
        path,
        [...node.spec.policies, ...node.spec.enrichers].map(({ name }) => name),
      )
      this.#forget(names.map((name) => this.#memoryKey(path, name)))
    } else if (before.state === 'created') {
      const hosted = [...this.#wanted.at(path, node)]
      this.#host.add(hosted)
      this.#noteRestarting(hosted)
      this.#prime(hosted)
    }
  }

  #prime(hosted: readonly HostedPolicy[]): void {
    const now = this.#ports.clock.now()
    for (const one of hosted) {
      const { derived = false, primed = false } = one.policy
      if (derived || primed) this.#feed.prime(one, now)
      if (primed) this.#host.wake(one.entity, one.name, now)
    }
  }

  /** Memories of policies that are gone; one that stays is erased with its application. */
  #forget(keys: readonly string[]): void {
    if (keys.length === 0) return
    this.#ports.books.erase(keys).catch((thrown: unknown) => {
      this.#ports.log.warn('memories of policies could not be erased', { reason: failureOf(thrown).message })
    })
  }

  #tell(state: SlotState): void {
    this.#host.observe(this.#conditionOf(state))
  }

  #conditionOf(state: SlotState): Reading {
    return conditionReading(state, this.#application.landscape, this.#ports.clock.now())
  }

  /** One turn for all that happens in the same tick. */
  #turnSoon(): void {
    if (this.#closed || this.#again) return
    this.#again = true
    if (this.#turning) return
    void Promise.resolve()
      .then(() => this.#turns())
      .catch((thrown: unknown) => {
        this.#broke(thrown)
      })
  }

  async #turns(): Promise<void> {
    this.#turning = true
    while (this.#again && !this.#closed) {
      this.#again = false
      await this.#turn()
    }
    this.#turning = false
    this.#setTimer()
  }

  /** Fenced, or a fault of ours: nothing more is decided here; what was not stored is decided again after a restart. */
  #broke(thrown: unknown): void {
    this.close()
    const { id: application } = this.#application
    this.#ports.log.error('policies are no longer asked', { application, reason: failureOf(thrown).message })
  }

  #setTimer(): void {
    this.#cancel?.()
    const at = this.#host.nextWakeAt()
    if (at === undefined || this.#closed) return
    const { clock } = this.#ports
    this.#cancel = clock.schedule(Math.max(0, at - clock.now()), () => {
      this.#turnSoon()
    })
  }

  async #turn(): Promise<void> {
    const now = this.#ports.clock.now()
    const { requests, yields, checkpoints } = this.#host.turn(now)
    for (const { entity, sensor, value, hops, reason } of yields) {
      if (reason !== undefined) {
        this.#application.kept.reason({ path: entity, sensor, name: reason, value })
        continue
      }
      if (!this.#application.noteValue(entity, sensor, value)) continue
      this.#observe({ kind: 'sensor', at: now, entity, sensor, value, hops })
    }
    if (requests.length === 0 && checkpoints.length === 0) return
    const memories = checkpoints.map((record) => putOf(this.#memoryKey(record.entity, record.policy), record))
    const called = await this.#called(requests, now)
    const others = requests.filter(({ intent }) => intent.kind !== 'call')
    const revert = others.find(({ intent }) => intent.kind === 'revert')
    const writes = [...called, ...memories]
    const beside = (decisions: Arbitration['decisions']): readonly Change[] => [
      ...this.#decisionWrites(this.#log.add(decisions, now)),
      ...writes,
    ]
    const left = revert === undefined ? writes : await this.#reverts.make(revert, this.#recent, now, beside)
    const rest = others.filter((one) => one !== revert)
    await this.#decide(rest, left, now)
  }

  /** Begins what is to be called; gives the decisions about it. */
  async #called(requests: readonly Request[], now: number): Promise<readonly Change[]> {
    const calls = requests.filter(({ intent }) => intent.kind === 'call')
    if (calls.length === 0) return []
    const { decisions, recent } = await this.#calls.make(calls, this.#recent, now)
    this.#recent = recent
    return this.#decisionWrites(this.#log.add(decisions, now))
  }

  /** Changes what is desired where the arbiter grants it, and writes the decisions beside it. */
  async #decide(requests: readonly Request[], others: readonly Change[], now: number): Promise<void> {
    let writes: readonly Change[] | undefined
    const standing = (desired: DesiredRecord): ArbiterState => ({
      ...standingFor(this.#application, desired, { requests, quota: this.#ports.quota }),
      recent: this.#recent,
    })
    const decide = (desired: DesiredRecord): Desire => {
      const verdict = arbitrate(standing(desired), requests, now)
      this.#recent = verdict.recent
      writes ??= this.#decisionWrites(this.#log.add(verdict.decisions, now))
      if (verdict.desired === undefined) return { kind: 'same' }
      const { by, reason, ...change } = verdict.desired
      const changed = {
        ...change,
        changedBy: by,
        reason,
        changedAt: now,
        generation: desired.generation + 1,
      }
      return { kind: 'changed', desired: { ...desired, ...changed } }
    }
    let beside: readonly Change[] = []
    const result = await this.#application.desire(decide, {
      beside: () => (beside = [...(writes ?? []), ...others].slice(0, MOST_BESIDE)),
    })
    const all = [...(writes ?? []), ...others]
    await this.#write(result.kind === 'changed' ? all.slice(beside.length) : all)
  }

  async #write(changes: readonly Change[]): Promise<void> {
    for (let at = 0; at < changes.length; at += MOST_BESIDE)
      await this.#ports.books.commit(changes.slice(at, at + MOST_BESIDE))
  }

  #decisionWrites(writes: DecisionWrites): readonly Change[] {
    const { id } = this.#application
    return [
      ...writes.put.map((record) => putOf(KEYS.decision(id, record.id), record)),
      ...writes.drop.map((drop): Change => ({ kind: 'delete', key: KEYS.decision(id, drop) })),
    ]
  }

  #noteRestarting(hosted: readonly HostedPolicy[]): void {
    const { tree } = this.#application.landscape
    for (const { entity, policy } of hosted) {
      if (!policy.decides.includes('restart')) continue
      const node = tree.at(entity)
      if (node === undefined) continue
      this.#restarting.add(node.pattern)
      const inside = policy.interest.conditions === 'children' ? node.children : []
      for (const member of [node.member, node.firstMember, ...inside])
        if (member !== undefined) this.#restarting.add(member.pattern)
    }
  }

  #memoryKey(entity: string, name: string): string {
    return KEYS.policy(this.#application.id, policyKey(entity, name))
  }
}

function putOf(key: string, value: object): Change {
  return { kind: 'put', key, value: value as JsonObject }
}
