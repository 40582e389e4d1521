import type { SpecNode } from '../../entity/spec-tree.js'
import type { HealthSpec, SensorSource, SensorSpec } from '../../spec/entity-spec.js'
import type { Expression } from '../../spec/expression.js'
import { plain, text } from '../../expression/value.js'
import { basicLogin } from '../../support/basic-login.js'
import type { Location } from '../../ports/location.js'
import type { ProbeAnswer, Prober } from '../../ports/prober.js'
import type { Cancel, Clock } from '../../support/clock.js'
import { Failure } from '../../support/failure.js'
import type { Json } from '../../support/json.js'
import { Secret } from '../../support/secret.js'
import { WakeQueue } from '../../support/wake-queue.js'
import { phaseWork } from '../calls/call.js'
import { CheckRunner, type CheckTarget } from '../calls/check-run.js'
import { isProbed, machineOf, serviceOf } from '../facts/condition.js'
import type { Keeper } from '../keep/keeper.js'
import type { SlotState } from '../facts/landscape.js'
import { selected, shaped } from './sensor-reading.js'
import { SECRET_IN_COMMAND } from '../calls/shape.js'
import { worldFor, type WorldSources } from '../facts/tracked-world.js'

/** Bytes of an answer that are looked at. */
const PROBE_LIMIT = 65_536

/** Milliseconds for a sensor's probe, and between health probes where the spec names none. */
const PROBE_TIMEOUT = 2_000
const HEALTH_PERIOD = 1_000
const METRIC_PERIOD = 5_000

/** Milliseconds before something that does not run yet is looked at again. */
const NOT_YET = 250

/** What a sensor poller needs from outside. */
export interface PollerPorts {
  readonly clock: Clock
  readonly prober: Prober
  readonly sources: WorldSources
  location(name: string): Location | undefined
  /** Told of each sample. */
  sampled(path: string, sensor: string, value: Json, at: number): void
}

/** Bad answers of a run in a row, and when the first of them came. */
interface Misses {
  readonly count: number
  readonly since: number
}

/**
 * Polls the sensors and the health of one application's entities: http, commands on the machine, the place's own
 * metrics. Only what runs is polled; a probe that is still out is not sent again.
 */
export class SensorPoller {
  readonly #keeper: Keeper
  readonly #ports: PollerPorts
  readonly #due = new WakeQueue()
  readonly #out = new Set<string>()
  readonly #misses = new Map<string, Misses>()
  readonly #checks = new CheckRunner()
  #cancel: Cancel | undefined
  #closed = false

  constructor(keeper: Keeper, ports: PollerPorts) {
    this.#keeper = keeper
    this.#ports = ports
  }

  /** Begins to poll an entity if it has anything to poll; called when its state changes. */
  follow(state: SlotState): void {
    const { node } = state
    if (node === undefined || state.record.current === undefined) return
    const now = this.#ports.clock.now()
    if (isProbed(node)) this.#due.set(`${state.path}#health`, now)
    for (const sensor of node.spec.sensors) {
      if (sensor.source.kind === 'made') continue
      if (sensor.source.kind === 'static') this.#noteStatic(state, sensor.name, sensor.source.value)
      else this.#due.set(`${state.path}#${sensor.name}`, now)
    }
    this.#setTimer()
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
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
    const path = id.slice(0, at)
    const state = this.#keeper.landscape.slots.get(path)
    const name = id.slice(at + 1)
    if (state === undefined) this.#checks.forget(path)
    if (state?.node === undefined || this.#out.has(id)) return
    if (!isPollable(state)) {
      this.#lookAgain(id, state)
      return
    }
    const sensor = state.node.spec.sensors.find((one) => one.name === name)
    this.#out.add(id)
    try {
      if (name === 'health' && sensor === undefined) await this.#probeHealth(state)
      else if (sensor !== undefined) await this.#sample(state, sensor)
    } finally {
      this.#out.delete(id)
    }
    if (this.#closed) return
    this.#due.set(id, this.#ports.clock.now() + periodOf(state, sensor))
    this.#setTimer()
  }

  /** What is still coming up, perhaps behind an incarnation that serves, is looked at again; what ends is not. */
  #lookAgain(id: string, { record }: SlotState): void {
    // While its successor waits for room, nobody would tell when that begins: to others the slot runs all the time.
    const isVacant = record.current === undefined && record.leaving.length === 0
    if (this.#closed || isVacant || record.retired !== undefined) return
    if (this.#keeper.landscape.desired.wish !== 'running') return
    this.#due.set(id, this.#ports.clock.now() + NOT_YET)
    this.#setTimer()
  }

  async #sample(state: SlotState, sensor: SensorSpec): Promise<void> {
    const raw = await this.#read(state, sensor.source)
    if (raw === undefined) return
    const value = shaped(raw, sensor.type)
    if (value === undefined) return
    this.#ports.sampled(state.path, sensor.name, value, this.#ports.clock.now())
  }

  #read(state: SlotState, source: SensorSource): Promise<Json | undefined> {
    switch (source.kind) {
      case 'static':
      case 'made':
        return Promise.resolve(undefined)
      case 'http':
        return this.#readHttp(state, source)
      case 'command':
        return this.#readCommand(state, source)
      case 'metric':
        return this.#metric(state, source.metric)
    }
  }

  async #readHttp(state: SlotState, source: HttpSource): Promise<Json | undefined> {
    const headers = this.#headers(state, source)
    if (headers === undefined) return source.onError
    const answer = await this.#ask(state, source.url, { timeout: PROBE_TIMEOUT, headers })
    if (answer.kind === 'failed' || answer.status >= 400) return source.onError
    const value = selected(answer.body, source.select)
    return value === undefined ? source.onError : value
  }

  /** What a request says beside its URL; undefined while a part of it is not known. */
  #headers(state: SlotState, { headers = {}, login }: HttpSource): { [name: string]: string } | undefined {
    const made: { [name: string]: string } = {}
    for (const [name, value] of Object.entries(headers)) {
      const known = this.#text(state, value)
      if (known === undefined) return undefined
      made[name] = clear(known)
    }
    if (login === undefined) return made
    const [user, password] = [login.user, login.password].map((part) => this.#text(state, part))
    if (user === undefined || password === undefined) return undefined
    return { ...made, authorization: basicLogin(clear(user), clear(password)) }
  }

  async #readCommand(
    state: SlotState,
    { command, onError }: Extract<SensorSource, { readonly kind: 'command' }>,
  ): Promise<Json | undefined> {
    const ran = await this.#exec(state, command, PROBE_TIMEOUT)
    return ran?.exitCode === 0 ? ran.stdout.trim() : onError
  }

  async #metric(state: SlotState, metric: string): Promise<Json | undefined> {
    const target = this.#target(state)
    if (target === undefined) return undefined
    const options = { signal: new AbortController().signal }
    const samples = await answered(target.location.metrics([target.ref], options))
    return samples?.find((sample) => sample.metric === metric)?.value
  }

  async #probeHealth(state: SlotState): Promise<void> {
    const run = state.record.current?.run
    if (state.node === undefined || run?.stage !== 'launched') return
    const wrong = await this.#whatIsWrong(state, state.node)
    const healthy = wrong === undefined
    if (!isCurrentRun(state, run.token) || !this.#isSettled(state, run.token, healthy)) return
    if (isKnown(state, run.token, healthy)) return
    const since = this.#ports.clock.now()
    this.#keeper.judge(state.path, { token: run.token, healthy, reason: wrong ?? 'answers', since })
  }

  /**
   * One good answer is enough; bad ones count only when there are enough in a row, after the grace. What comes up is
   * asked more often than its period says, which must not make it fail sooner.
   */
  #isSettled(state: SlotState, token: string, healthy: boolean): boolean {
    if (healthy) {
      this.#misses.delete(token)
      return true
    }
    const { failures, grace, period } = state.node?.spec.health ?? DEFAULT_HEALTH
    const now = this.#ports.clock.now()
    const { count, since } = this.#misses.get(token) ?? { count: 0, since: now }
    this.#misses.set(token, { count: count + 1, since })
    return count + 1 >= failures && now - since >= (failures - 1) * period && now - state.since >= grace
  }

  async #whatIsWrong(state: SlotState, { spec }: SpecNode): Promise<string | undefined> {
    const health = spec.health ?? DEFAULT_HEALTH
    const { http, timeout } = health
    if (http !== undefined) {
      const wrong = wrongAnswer(await this.#ask(state, http.url, { timeout }), http.expectStatus)
      if (wrong !== undefined) return wrong
    }
    const { command } = health
    if (command === undefined) return this.#check(state, timeout)
    if (this.#text(state, command) instanceof Secret) return SECRET_IN_COMMAND
    return wrongExit(await this.#exec(state, command, timeout))
  }

  /** The check phase, with files and environment like every other. */
  async #check(state: SlotState, usual: number): Promise<string | undefined> {
    const { sources, clock } = this.#ports
    const { current } = state.record
    const world = worldFor(state.path, clock.now(), sources)
    const work = current && phaseWork('check', current, sources.landscape.facts(state), world)
    if (work === undefined) return undefined
    if (work.kind === 'failed') return work.reason
    if (work.kind === 'waiting') return `its check waits for ${work.on.join(', ')}`
    const target = this.#target(state)
    if (target === undefined) return wrongExit(undefined)
    return wrongExit(
      await answered(this.#checks.run(state.path, target, work.value, checkLimit(state, usual))),
    )
  }

  async #ask(state: SlotState, to: Expression, how: AskOptions): Promise<ProbeAnswer> {
    const known = this.#text(state, to)
    if (known === undefined) return { kind: 'failed', reason: 'its address is not known' }
    const options = { ...how, limit: PROBE_LIMIT, signal: new AbortController().signal }
    return this.#ports.prober.get(clear(known), options)
  }

  /** Runs nothing that holds a secret. */
  async #exec(
    state: SlotState,
    command: Expression,
    timeout: number,
  ): Promise<{ stdout: string; exitCode?: number } | undefined> {
    const script = this.#text(state, command)
    const target = this.#target(state)
    if (typeof script !== 'string' || target === undefined) return undefined
    const options = { timeout, limit: PROBE_LIMIT, signal: new AbortController().signal }
    return answered(target.location.exec(target.ref, ['/bin/sh', '-c', script], options))
  }

  #target(state: SlotState): CheckTarget | undefined {
    const { current } = state.record
    const location = current === undefined ? undefined : this.#ports.location(current.location)
    if (current === undefined || location === undefined) return undefined
    const instance = machineOf(current, state.observed)?.instance
    return {
      location,
      ...(instance === undefined ? {} : { instance }),
      ref: { token: current.token, kind: 'machine', name: current.name, generation: current.generation },
    }
  }

  #text(state: SlotState, expression: Expression): string | Secret | undefined {
    const { sources, clock } = this.#ports
    const world = worldFor(state.path, clock.now(), sources)
    const value = world.evaluate(expression, state.path, world.desired.version)
    return value.kind === 'ready' ? text(value.value) : undefined
  }

  #noteStatic(state: SlotState, sensor: string, expression: Expression): void {
    const { sources, clock } = this.#ports
    const world = worldFor(state.path, clock.now(), sources)
    const value = world.evaluate(expression, state.path, world.desired.version)
    if (value.kind === 'ready') this.#ports.sampled(state.path, sensor, plain(value.value), clock.now())
  }
}

type HttpSource = Extract<SensorSource, { readonly kind: 'http' }>

interface AskOptions {
  readonly timeout: number
  readonly headers?: { readonly [name: string]: string }
}

/** Danger: what a secret says, on its way to the far end. */
function clear(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value
}

/** What a place answers; nothing where it fails, so that polling goes on and a check counts as missed. */
async function answered<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}

/** Whether there is something that could answer. */
function isPollable(state: SlotState): boolean {
  const { current } = state.record
  if (current === undefined || state.node === undefined || state.record.retired !== undefined) return false
  const machine = machineOf(current, state.observed)
  const service = serviceOf(current, state.node, state.observed)
  return (
    machine?.state === 'running' &&
    (service.kind === 'up' || service.kind === 'starting' || service.kind === 'unhealthy')
  )
}

function periodOf(state: SlotState, sensor: SensorSpec | undefined): number {
  if (sensor === undefined) {
    const up = state.condition.up
    const period = state.node?.spec.health?.period ?? HEALTH_PERIOD
    return up ? period : Math.min(period, 100)
  }
  return 'period' in sensor.source ? sensor.source.period : METRIC_PERIOD
}

/** Milliseconds for one check: what its phase names, or else what the entity's health does. */
function checkLimit({ node }: SlotState, usual: number): number {
  const named = node?.spec.software?.phases.check?.timeout ?? 0
  return named > 0 ? named : usual
}

/** What holds for software whose health is told by its check phase alone. */
const DEFAULT_HEALTH: HealthSpec = { period: HEALTH_PERIOD, timeout: PROBE_TIMEOUT, failures: 3, grace: 0 }

function isCurrentRun({ record }: SlotState, token: string): boolean {
  return record.current?.run?.token === token
}

function isKnown({ observed }: SlotState, token: string, healthy: boolean): boolean {
  return observed?.health?.token === token && observed.health.healthy === healthy
}

function wrongExit(ran: { readonly exitCode?: number } | undefined): string | undefined {
  return ran?.exitCode === 0 ? undefined : `its check ended with ${ran?.exitCode ?? 'no answer'}`
}

function wrongAnswer(answer: ProbeAnswer, expected: number | undefined): string | undefined {
  if (answer.kind === 'failed') return answer.reason
  const fine = expected === undefined ? answer.status < 400 : answer.status === expected
  return fine ? undefined : `answers ${answer.status}`
}
