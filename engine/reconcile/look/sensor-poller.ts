import { judge, knownPredicate } from '../../expression/predicate.js'
import type { DataReader } from '../../ports/data-reader.js'
import type { SensorSpec } from '../../spec/entity-spec.js'
import type { Expression } from '../../spec/expression.js'
import type { SamplingSpec } from '../../spec/sampling-spec.js'
import type { Cancel } from '../../support/clock.js'
import type { Json } from '../../support/json.js'
import type { Log } from '../../support/log.js'
import { WakeQueue } from '../../support/wake-queue.js'
import { isProbed } from '../facts/condition.js'
import { entityFacts, knownValue } from '../facts/entity-facts.js'
import { livingWithin } from '../facts/living.js'
import { splitWatchKey } from '../facts/naming.js'
import { sensorValue } from '../facts/sensors.js'
import { worldFor } from '../facts/tracked-world.js'
import type { Keeper } from '../keep/keeper.js'
import { FarAsker, type AskerPorts } from './far-asker.js'
import { HealthProber } from './health-prober.js'
import { SampleLog } from './sample-log.js'
import { isEntityUp, isSampled, isWaitedFor, sampledAt, type SampledEntity } from './sampled-entity.js'
import { SensorReader } from './sensor-reader.js'
import { SensorWatch } from './sensor-watch.js'

/** Milliseconds between samples of what a place measures. */
const METRIC_PERIOD = 5_000

/** Milliseconds before something that does not run yet is looked at again. */
const NOT_YET = 250
const NOT_UP = 1_000

/** What a sensor poller needs from outside. */
export interface PollerPorts extends AskerPorts {
  readonly log: Log
  readonly data?: DataReader
  /** Told of each sample. */
  sampled(path: string, sensor: string, value: Json, at: number): void
}

/**
 * Polls the sensors and the health of one application's entities: http, commands on the machine, the place's own
 * metrics. Only what runs is polled; a probe that is still out is not sent again.
 */
export class SensorPoller {
  readonly #keeper: Keeper
  readonly #ports: PollerPorts
  readonly #health: HealthProber
  readonly #reader: SensorReader
  readonly #watch: SensorWatch
  readonly #log: SampleLog
  readonly #due = new WakeQueue()
  readonly #out = new Set<string>()
  /** When each sensor was first followed. */
  readonly #followed = new Map<string, number>()
  #cancel: Cancel | undefined
  #closed = false

  constructor(keeper: Keeper, ports: PollerPorts) {
    const asker = new FarAsker(ports)
    this.#keeper = keeper
    this.#ports = ports
    this.#health = new HealthProber(keeper, ports, asker)
    this.#watch = new SensorWatch(ports.sources)
    this.#log = new SampleLog(ports.log)
    this.#reader = new SensorReader(asker, {
      ...(ports.data === undefined ? {} : { data: ports.data }),
      clock: ports.clock,
      prober: ports.prober,
      sensor: (path, sensor) => sensorValue(ports.sources, path, sensor),
    })
  }

  /** Begins to poll an entity if it has anything to poll; called when its state changes. */
  follow(path: string): void {
    const entity = sampledAt(this.#keeper.landscape, path)
    if (entity === undefined || (entity.slot !== undefined && entity.slot.record.current === undefined))
      return
    if (entity.slot !== undefined && isProbed(entity.node)) this.#due.set(`${path}#health`, this.#now)
    for (const sensor of entity.node.spec.sensors) this.#followSensor(entity, sensor)
    this.#setTimer()
  }

  /** Begins to poll what nothing runs for, at or below a path. */
  followGroups(within?: string): void {
    for (const { path, node } of livingWithin(this.#keeper.landscape, within))
      if (!node.hasFootprint && !node.isMember && node.spec.sensors.length > 0) this.follow(path)
  }

  /** Something that a sensor's expressions or triggers read has changed. */
  wake(key: string): void {
    const [path, name] = splitWatchKey(key)
    const entity = sampledAt(this.#keeper.landscape, path)
    const sensor = entity?.node.spec.sensors.find((one) => one.name === name)
    if (entity === undefined || sensor === undefined || this.#closed) return
    if (sensor.source.kind === 'static') this.#noteStatic(entity, sensor)
    else if (this.#isTriggered(path, sensor)) this.#due.set(`${path}#${name}`, this.#now)
    this.#setTimer()
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  get #now(): number {
    return this.#ports.clock.now()
  }

  #followSensor(entity: SampledEntity, sensor: SensorSpec): void {
    const { source, sampling = {}, name } = sensor
    if (source.kind === 'made') return
    if (source.kind === 'static') {
      this.#noteStatic(entity, sensor)
      if (source.period !== undefined) this.#due.set(`${entity.path}#${name}`, this.#now + source.period)
      return
    }
    const id = `${entity.path}#${name}`
    const isNew = !this.#followed.has(id)
    if (isNew) this.#followed.set(id, this.#now)
    this.#isTriggered(entity.path, sensor)
    if (sampling.skipFirst !== true) this.#due.set(id, this.#now)
    else if (isNew && periodOf(sensor) > 0) this.#due.set(id, this.#now + periodOf(sensor))
  }

  #isTriggered(path: string, { name, sampling }: SensorSpec): boolean {
    const triggers = (sampling?.triggers ?? []).map(({ of, sensor }): Expression => ({
      kind: 'sensor',
      of,
      sensor,
      whenReady: false,
    }))
    return triggers.length > 0 && this.#watch.hasChanged(path, name, triggers, this.#now)
  }

  #setTimer(): void {
    this.#cancel?.()
    const at = this.#due.next()
    if (at === undefined || this.#closed) return
    const { clock } = this.#ports
    this.#cancel = clock.schedule(Math.max(0, at - clock.now()), () => {
      for (const id of this.#due.takeDue(clock.now())) void this.#poll(id)
      this.#setTimer()
    })
  }

  /** One poll; the next is due a period after its end, while the entity runs. */
  async #poll(id: string): Promise<void> {
    const at = id.lastIndexOf('#')
    const [path, name] = [id.slice(0, at), id.slice(at + 1)]
    const entity = sampledAt(this.#keeper.landscape, path)
    if (entity === undefined) this.#forget(path, name)
    if (entity === undefined || this.#out.has(id)) return
    if (this.#isAsked(entity, name)) await this.#take(id, entity, name)
    else this.#lookAgain(id, entity)
  }

  /** Whether there is something that could answer; whether something can be reached is asked of what does not run too. */
  #isAsked(entity: SampledEntity, name: string): boolean {
    const { landscape } = this.#keeper
    if (isSampled(entity, landscape)) return true
    const sensor = entity.node.spec.sensors.find((one) => one.name === name)
    return sensor?.source.kind === 'reach' && entity.slot !== undefined && isWaitedFor(entity, landscape)
  }

  #lookAgain(id: string, entity: SampledEntity): void {
    if (!isWaitedFor(entity, this.#keeper.landscape)) return
    this.#again(id, entity.slot === undefined ? NOT_UP : NOT_YET)
  }

  async #take(id: string, entity: SampledEntity, name: string): Promise<void> {
    const sensor = entity.node.spec.sensors.find((one) => one.name === name)
    this.#out.add(id)
    try {
      if (sensor !== undefined) await this.#sample(entity, sensor)
      else if (name === 'health' && entity.slot !== undefined) await this.#health.probe(entity.slot)
    } finally {
      this.#out.delete(id)
    }
    const period = sensor === undefined ? this.#healthPeriod(entity) : this.#nextIn(entity, sensor)
    if (period > 0) this.#again(id, period)
  }

  #healthPeriod({ slot }: SampledEntity): number {
    return slot === undefined ? 0 : this.#health.period(slot)
  }

  /** What is sampled only while it is up is looked at again soon, so that it is sampled once it is. */
  #nextIn(entity: SampledEntity, sensor: SensorSpec): number {
    const period = periodOf(sensor)
    const isUp = sensor.sampling?.whileUp !== true || isEntityUp(entity, this.#keeper.landscape)
    return isUp || period === 0 ? period : Math.min(period, NOT_UP)
  }

  #again(id: string, delay: number): void {
    if (this.#closed) return
    this.#due.set(id, this.#now + delay)
    this.#setTimer()
  }

  #forget(path: string, name: string): void {
    this.#health.forget(path)
    this.#watch.forget(path, name)
    this.#followed.delete(`${path}#${name}`)
    this.#log.forget(`${path}#${name}`)
  }

  async #sample(entity: SampledEntity, sensor: SensorSpec): Promise<void> {
    const { sampling = {}, name } = sensor
    const { path } = entity
    if (sensor.source.kind === 'static') {
      this.#noteStatic(entity, sensor)
      return
    }
    if (!this.#mayBeSampled(entity, sampling)) return
    const { value, missed } = await this.#reader.sample(entity, sensor)
    const id = `${path}#${name}`
    const since = this.#followed.get(id) ?? this.#now
    this.#log.note({ id, path, sensor: name, since, now: this.#now, missed, sampling })
    if (value === undefined || this.#closed) return
    if (sampling.onlyChanges === true && isSame(sensorValue(this.#ports.sources, path, name), value)) return
    this.#ports.sampled(path, name, value, this.#now)
  }

  #mayBeSampled(entity: SampledEntity, { whileUp, condition }: SamplingSpec): boolean {
    const { landscape } = this.#keeper
    if (whileUp === true && !isEntityUp(entity, landscape)) return false
    if (condition === undefined) return true
    const world = worldFor('', this.#now, this.#ports.sources)
    const facts = entityFacts(entity.path, landscape, world)
    const asked = knownPredicate(condition, (one) => knownValue(one, entity.path, world))
    const verdict = judge(asked, { kind: 'entity', entity: facts }, facts)
    return verdict.kind === 'judged' && verdict.holds
  }

  /** A value that follows from an expression is told again whenever that says something else; not over one that was set. */
  #noteStatic(entity: SampledEntity, { name, source }: SensorSpec): void {
    if (source.kind !== 'static') return
    const { path } = entity
    const { board, landscape } = this.#ports.sources
    const known = this.#watch.value(path, name, source.value, this.#now)
    const isOver = known === undefined && source.whileKnown === true && board.value(path, name) !== undefined
    const value = isOver ? null : known
    if (value === undefined || landscape.kept.record(path, name) !== undefined) return
    if (board.value(path, name) === undefined && this.#isLate(entity, source.within)) return
    this.#ports.sampled(path, name, value, this.#now)
  }

  #isLate({ slot }: SampledEntity, within = Infinity): boolean {
    return this.#now - (slot?.record.createdAt ?? this.#keeper.landscape.desired.createdAt) > within
  }
}

/** Milliseconds between two samples; 0 where only triggers make it be sampled. */
function periodOf({ source }: SensorSpec): number {
  return source.kind === 'metric' ? METRIC_PERIOD : 'period' in source ? (source.period ?? 0) : 0
}

function isSame(known: Json | undefined, value: Json): boolean {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(value)
}
