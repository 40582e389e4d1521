import { policyKey, suspensionOf, type DesiredRecord } from '../../entity/desired.js'
import { plain } from '../../expression/value.js'
import { livingWithin } from '../../reconcile/facts/living.js'
import { worldFor } from '../../reconcile/facts/tracked-world.js'
import type { EntitySpec } from '../../spec/entity-spec.js'
import type { TriggeredWorkflow, WorkflowSpec } from '../../spec/workflow-spec.js'
import type { Cancel } from '../../support/clock.js'
import { failureOf } from '../../support/failure.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { WorkflowDesk } from './workflow-desk.js'

/** A workflow that is run by itself, at one entity. */
interface Triggered {
  readonly path: string
  readonly name: string
  readonly origin: string
  readonly when: TriggeredWorkflow
  readonly spec: WorkflowSpec
}

/**
 * Begins the workflows of an application that nobody calls: of sensors and of policies, each period and when a sensor has changed.
 * One is not begun beside itself; a change that comes while it is done begins it once more after that.
 */
export class RunTriggers {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #desk: Pick<WorkflowDesk, 'begin' | 'newest'>
  readonly #followed = new Map<string, Triggered>()
  readonly #timers = new Map<string, Cancel>()
  /** Those that are to be begun again as soon as they have ended. */
  readonly #again = new Set<string>()
  readonly #beginning = new Set<string>()
  /** Those whose triggers were looked at when they were first followed. */
  readonly #noticed = new Set<string>()
  #closed = false

  constructor(application: KeptApplication, ports: KeptPorts, desk: Pick<WorkflowDesk, 'begin' | 'newest'>) {
    this.#application = application
    this.#ports = ports
    this.#desk = desk
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#timers.values()) cancel()
  }

  /** Looks at what there is now, and follows what has triggers. */
  follow(): void {
    const wanted = new Map([...this.#wanted()].map((one) => [keyOf(one), one]))
    for (const [key, cancel] of this.#timers) {
      if (wanted.has(key)) continue
      cancel()
      this.#timers.delete(key)
    }
    for (const key of this.#noticed) if (!wanted.has(key)) this.#noticed.delete(key)
    this.#followed.clear()
    for (const [key, one] of wanted) {
      this.#followed.set(key, one)
      if (!this.#timers.has(key)) this.#schedule(key, one)
      if (!this.#noticed.has(key)) this.#notice(key, one)
    }
  }

  /** A trigger that was set before there was anybody to hear of it counts when its entity begins; a period begins it in any case. */
  #notice(key: string, one: Triggered): void {
    this.#noticed.add(key)
    const { period, skipFirst = false, sensors } = one.when
    if (period !== undefined || skipFirst || this.#desk.newest(one.path, one.origin) !== undefined) return
    if (sensors.some((trigger) => this.#isSet(one, trigger))) this.#begin(one)
  }

  #isSet({ path }: Triggered, trigger: TriggeredWorkflow['sensors'][number]): boolean {
    const { sources, landscape } = this.#application
    const world = worldFor('', this.#ports.clock.now(), sources)
    const expression = { kind: 'sensor', ...trigger, whenReady: false } as const
    const found = world.evaluate(expression, path, landscape.desired.version)
    return found.kind === 'ready' && plain(found.value) !== null
  }

  /** A sensor has another value. */
  changed(path: string, sensor: string): void {
    for (const one of this.#followed.values())
      if (one.when.sensors.some((trigger) => trigger.sensor === sensor && this.#means(one, trigger, path)))
        this.#begin(one)
  }

  /** A run has ended: what triggered it meanwhile counts now. */
  ended(path: string, origin: string): void {
    const key = keyOf({ path, origin })
    const one = this.#followed.get(key)
    if (one !== undefined && this.#again.delete(key)) this.#begin(one)
  }

  #means({ path }: Triggered, { of }: TriggeredWorkflow['sensors'][number], changed: string): boolean {
    const { sources, landscape } = this.#application
    const world = worldFor('', this.#ports.clock.now(), sources)
    const found = world.evaluate({ kind: 'entity-id', of }, path, landscape.desired.version)
    return found.kind === 'ready' && plain(found.value) === changed
  }

  *#wanted(): Iterable<Triggered> {
    const { landscape } = this.#application
    if (landscape.desired.wish !== 'running') return
    for (const { path, node } of livingWithin(landscape))
      yield* triggeredOf(path, node.spec, landscape.desired)
  }

  /** Its period counts from its last beginning, also over a restart; the first is at once, or after one. */
  #schedule(key: string, one: Triggered): void {
    const { period, skipFirst = false } = one.when
    if (period === undefined || this.#closed) return
    const { clock } = this.#ports
    const last = this.#desk.newest(one.path, one.origin)?.startedAt
    const at = last === undefined && !skipFirst ? clock.now() : (last ?? clock.now()) + period
    const cancel = clock.schedule(Math.max(0, at - clock.now()), () => {
      this.#begin(one)
      this.#timers.set(
        key,
        clock.schedule(period, () => {
          this.#timers.delete(key)
          if (this.#followed.has(key)) this.#schedule(key, one)
        }),
      )
    })
    this.#timers.set(key, cancel)
  }

  #begin(one: Triggered): void {
    const key = keyOf(one)
    if (this.#closed || this.#application.landscape.desired.wish !== 'running') return
    if (this.#beginning.has(key) || this.#desk.newest(one.path, one.origin)?.state === 'running') {
      this.#again.add(key)
      return
    }
    this.#beginning.add(key)
    const { path: entity, name, origin, spec } = one
    this.#desk
      .begin({ entity, name, origin, spec, input: {}, by: 'weir', reason: `${origin} is due` })
      .catch((thrown: unknown) => {
        this.#ports.log.warn('a workflow could not be begun', { origin, reason: failureOf(thrown).message })
      })
      .finally(() => this.#beginning.delete(key))
  }
}

function keyOf({ path, origin }: Pick<Triggered, 'path' | 'origin'>): string {
  return `${path} ${origin}`
}

function* triggeredOf(
  path: string,
  { sensors, policies }: EntitySpec,
  desired: DesiredRecord,
): Iterable<Triggered> {
  for (const { name, source } of sensors)
    if (source.kind === 'workflow')
      yield {
        path,
        name,
        origin: `sensor ${name}`,
        when: source,
        spec: sensorWorkflow(name, source.workflow),
      }
  for (const { name, workflow } of policies)
    if (workflow !== undefined && suspensionOf(desired, policyKey(path, name)) === undefined)
      yield { path, name, origin: `policy ${name}`, when: workflow, spec: workflow.workflow }
}

/** A workflow whose output becomes the value of a sensor; where its condition does not hold, the value stands. */
function sensorWorkflow(sensor: string, workflow: WorkflowSpec): WorkflowSpec {
  const { condition, retention, ...rest } = workflow
  return {
    steps: [
      { input: {}, does: { kind: 'run', scope: 'own', workflow: rest } },
      {
        input: {},
        does: { kind: 'set-sensor', sensor, path: [], value: { kind: 'variable', of: 'output', path: [] } },
      },
    ],
    input: {},
    replay: workflow.replay,
    idempotent: workflow.idempotent,
    ...(condition === undefined ? {} : { condition }),
    ...(retention === undefined ? {} : { retention }),
  }
}
