import type { DesiredRecord } from '../entity/desired.js'
import { indexSpec } from '../entity/spec-tree.js'
import type { MachineShape } from '../ports/location.js'
import { Landscape } from '../reconcile/landscape.js'
import { planDigest, planFor, type DraftPlan } from '../reconcile/plan.js'
import { machineShape } from '../reconcile/shape.js'
import { worldFor, type WorldSources } from '../reconcile/tracked-world.js'
import { SensorBoard } from '../reconcile/sensor-board.js'
import type { ApplicationSpec } from '../spec/application-spec.js'
import type { PlanView } from '../entity/view.js'
import { newStatus } from './loaded-landscape.js'
import type { Application, ApplicationPorts } from './application.js'
import { specDigest } from './books.js'
import { versionFor } from './desire.js'

/** Makes previews: the pure plan, and what the places say of capacity. */
export class Planner {
  readonly #ports: ApplicationPorts

  constructor(ports: ApplicationPorts) {
    this.#ports = ports
  }

  /** What deploying a spec as a new application would do. */
  async forNew(spec: ApplicationSpec, desired: DesiredRecord): Promise<PlanView> {
    const landscape = new Landscape(
      { ...desired, generation: 0, version: 0 },
      newStatus(desired.id, desired.createdAt),
    )
    landscape.trees.set(0, indexSpec(spec))
    const sources = this.#emptySources(landscape)
    const draft = planFor(
      { desired: { ...desired, generation: 1, version: 1 }, spec },
      sources,
      this.#ports.clock.now(),
    )
    const preview = { ...sources, landscape: previewOf(landscape, desired, spec) }
    return this.#complete(draft, specDigest(spec), preview)
  }

  /** What a changed document for a running application would do. */
  async forChange(application: Application, given: ApplicationSpec): Promise<PlanView> {
    const { landscape, sources } = application
    const { spec, digest } = knownSpec(application, given)
    const desired = wantedVersion(landscape, spec)
    const draft = planFor({ desired, spec }, sources, this.#ports.clock.now())
    const preview = { ...sources, landscape: previewOf(landscape, desired, spec) }
    return this.#complete(draft, digest, preview)
  }

  /** The digest that `forChange` would give now, without asking any place. */
  digestNow(
    application: Application,
    given: ApplicationSpec,
  ): { readonly digest: string; readonly draft: DraftPlan } {
    const { landscape, sources } = application
    const { spec, digest } = knownSpec(application, given)
    const draft = planFor({ desired: wantedVersion(landscape, spec), spec }, sources, this.#ports.clock.now())
    return { digest: planDigest(draft, digest), draft }
  }

  async #complete(draft: DraftPlan, digest: string, sources: WorldSources): Promise<PlanView> {
    const capacity = await this.#capacity(draft, sources)
    return { ...draft, specDigest: digest, digest: planDigest(draft, digest), capacity }
  }

  /** Asks each place whether what is to be made there fits. */
  async #capacity(draft: DraftPlan, sources: WorldSources): Promise<PlanView['capacity']> {
    const asked = new Map<string, MachineShape[]>()
    for (const step of draft.steps) {
      if (step.action !== 'create' && step.action !== 'move') continue
      const shapes = asked.get(step.location) ?? []
      shapes.push(shapeForCapacity(step.entity, sources))
      asked.set(step.location, shapes)
    }
    return Promise.all([...asked].map(([location, shapes]) => this.#ask(location, shapes)))
  }

  async #ask(location: string, shapes: readonly MachineShape[]): Promise<PlanView['capacity'][number]> {
    const place = this.#ports.places.get(location)
    if (place === undefined) {
      return {
        location,
        asked: shapes.length,
        fits: 0,
        enough: false,
        detail: `there is no location "${location}"`,
      }
    }
    const answer = await place.desk.location.capacity(shapes, { signal: new AbortController().signal })
    const fits = answer.fits ?? shapes.length
    const detail =
      answer.fits === undefined
        ? 'the place does not say what it can hold'
        : `${fits} of ${shapes.length} fit`
    return {
      location,
      asked: shapes.length,
      fits,
      enough: fits >= shapes.length,
      detail: answer.reason === undefined ? detail : `${detail}: ${answer.reason}`,
    }
  }

  #emptySources(landscape: Landscape): WorldSources {
    const { engineId, seal, renderer, places, random } = this.#ports
    return {
      engine: engineId,
      landscape,
      board: new SensorBoard(),
      seal,
      renderer,
      capabilities: (location) => places.get(location)?.desk.location.capabilities,
      steadyFor: 0,
      vacancy: () => 'open',
      policyRestarts: () => false,
      jitter: () => random.next(),
    }
  }
}

/** A document's digest, and the spec that it was known by before where it was: what was made of that need not be made again. */
function knownSpec(
  { versions, landscape }: Application,
  spec: ApplicationSpec,
): { readonly spec: ApplicationSpec; readonly digest: string } {
  const digest = specDigest(spec)
  const same = [...versions.values()].find((version) => version.specDigest === digest)
  const tree = same === undefined ? undefined : landscape.trees.get(same.version)
  return { spec: tree?.application ?? spec, digest }
}

/** The desired record that applying a spec would make of the present one. */
function wantedVersion(landscape: Landscape, spec: ApplicationSpec): DesiredRecord {
  const { desired } = landscape
  const tree = indexSpec(spec)
  const next = Math.max(...landscape.trees.keys()) + 1
  const wanted = versionFor(desired, tree, next, { name: '', reason: '', now: desired.changedAt })
  return wanted.kind === 'changed' ? wanted.desired : desired
}

function previewOf(landscape: Landscape, desired: DesiredRecord, spec: ApplicationSpec): Landscape {
  const preview = new Landscape(desired, landscape.status)
  for (const [version, tree] of landscape.trees) preview.trees.set(version, tree)
  preview.trees.set(desired.version, indexSpec(spec))
  return preview
}

/** The shape as far as it is known before anything runs. */
function shapeForCapacity(path: string, sources: WorldSources): MachineShape {
  const { landscape } = sources
  const node = landscape.tree.at(path)
  const given = { hostname: path, aliases: [], networks: [], volumes: [] }
  const bare: MachineShape = {
    kind: 'machine',
    environment: {},
    ports: [],
    hostsSoftware: false,
    options: {},
    ...given,
  }
  if (node === undefined) return bare
  const world = worldFor('', 0, sources)
  const spec = { ...node.spec, machine: { ...(node.spec.machine ?? NO_MACHINE), environment: {} } }
  const shape = machineShape(
    spec,
    (expression) => world.evaluate(expression, path, landscape.desired.version),
    given,
  )
  return shape.kind === 'ready' ? shape.value : bare
}

const NO_MACHINE = { environment: {}, ports: [], networks: [], options: {} }
