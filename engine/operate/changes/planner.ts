import type { DesiredRecord } from '../../entity/desired.js'
import { isWithin } from '../../entity/path.js'
import { indexSpec } from '../../entity/spec-tree.js'
import { Landscape } from '../../reconcile/facts/landscape.js'
import { planDigest, planFor, type DraftPlan } from '../../reconcile/keep/plan.js'
import type { WorldSources } from '../../reconcile/facts/tracked-world.js'
import { SensorBoard } from '../../reconcile/facts/sensor-board.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { PlanView } from '../../entity/view.js'
import { newStatus } from '../loaded-landscape.js'
import type { Application, ApplicationPorts } from '../application.js'
import { specDigest } from '../books.js'
import { versionFor } from './desire.js'
import type { Documents } from './documents.js'
import { pathOf, type Grafted } from './grafts.js'
import { settingsChanged } from './plan-settings.js'
import { preflight } from '../places/preflight.js'
import { paced } from './rollouts.js'

/** A plan's digest, and the plan without what only places can say. */
export interface PlanDigest {
  readonly digest: string
  readonly draft: DraftPlan
}

/** A plan with what it was made from. */
interface Draft {
  readonly plan: DraftPlan
  readonly spec: ApplicationSpec
  readonly digest: string
  readonly desired: DesiredRecord
  readonly sources: WorldSources
}

/** Makes previews: the pure plan, and what the places say of capacity. */
export class Planner {
  readonly #ports: ApplicationPorts

  constructor(ports: ApplicationPorts) {
    this.#ports = ports
  }

  /** What deploying a spec as a new application would do. */
  async forNew(spec: ApplicationSpec, desired: DesiredRecord): Promise<PlanView> {
    return this.#complete(this.#draftNew(spec, desired))
  }

  /** The digest that `forNew` would give now, without asking any place. */
  digestForNew(spec: ApplicationSpec, desired: DesiredRecord): PlanDigest {
    return digestOf(this.#draftNew(spec, desired))
  }

  /** What a changed document for a running application would do. */
  async forChange(application: Application, given: ApplicationSpec): Promise<PlanView> {
    return this.#complete(this.#draftChange(application, application.documents.carriedOver(given)))
  }

  /** What a change of what was added to a running application would do. */
  async forGrafted(application: Application, grafted: Grafted): Promise<PlanView> {
    return this.#complete(this.#draftChange(application, { ...grafted, lost: [] }))
  }

  /** The digest that `forChange` would give now, without asking any place. */
  digestNow(application: Application, given: ApplicationSpec): PlanDigest {
    return digestOf(this.#draftChange(application, application.documents.carriedOver(given)))
  }

  /** Under a name of its own, so that the digest is the same whatever id the application gets. */
  #draftNew(spec: ApplicationSpec, given: DesiredRecord): Draft {
    const desired = { ...given, id: 'new' }
    const landscape = new Landscape(
      { ...desired, generation: 0, version: 0 },
      newStatus(desired.id, desired.createdAt),
    )
    landscape.trees.set(0, indexSpec(spec))
    const sources = this.#emptySources(landscape)
    const wanted = { desired: { ...desired, generation: 1, version: 1 }, spec }
    const plan = { ...planFor(wanted, sources, this.#ports.clock.now()), settings: [], grafts: [] }
    return { plan, spec, digest: specDigest(spec), desired, sources }
  }

  #draftChange(application: Application, given: ReturnType<Documents['carriedOver']>): Draft {
    const { landscape, sources } = application
    const { spec, digest } = knownSpec(application, given.spec)
    const desired = wantedVersion(landscape, spec)
    const turns = rolesPaced(desired, landscape, spec, this.#ports.policyKinds)
    const steps = inTurns(planFor({ desired, spec }, sources, this.#ports.clock.now()), turns)
    const settings = settingsChanged(landscape.tree, indexSpec(spec), steps.steps)
    return { plan: { ...steps, settings, grafts: graftLines(given) }, spec, digest, desired, sources }
  }

  async #complete(draft: Draft): Promise<PlanView> {
    const { plan, spec, desired, sources } = draft
    const present = sources.landscape
    const preview = { ...sources, landscape: previewOf(present, desired, spec) }
    const capacity = await preflight(plan.steps, { present, sources: preview }, this.#ports.places)
    return { ...plan, specDigest: draft.digest, digest: digestOf(draft).digest, capacity }
  }

  #emptySources(landscape: Landscape): WorldSources {
    const { engineId, seal, renderer, external, places, random } = this.#ports
    return {
      engine: engineId,
      landscape,
      board: new SensorBoard(),
      seal,
      renderer,
      ...(external === undefined ? {} : { external }),
      capabilities: (location) => places.get(location)?.desk.location.capabilities,
      steadyFor: 0,
      vacancy: () => 'open',
      policyRestarts: () => false,
      jitter: () => random.next(),
    }
  }
}

/** Roles whose members a policy brings to another version in turns. */
function rolesPaced(
  desired: DesiredRecord,
  landscape: Landscape,
  spec: ApplicationSpec,
  kinds: ApplicationPorts['policyKinds'],
): readonly string[] {
  const next = { tree: indexSpec(spec), version: desired.version }
  return Object.keys(paced(desired, landscape, next, kinds).rollouts ?? {})
}

/** What comes to members in turns says so. */
function inTurns<Plan extends Pick<DraftPlan, 'steps'>>(plan: Plan, roles: readonly string[]): Plan {
  if (roles.length === 0) return plan
  const steps = plan.steps.map((step) => {
    const role = roles.find((path) => step.entity !== path && isWithin(step.entity, path))
    const isInTurn = role !== undefined && step.changes.length > 0
    return isInTurn ? { ...step, reason: `${step.reason}, when its turn comes in ${role}` } : step
  })
  return { ...plan, steps }
}

function graftLines({ grafts, lost }: ReturnType<Documents['carriedOver']>): PlanView['grafts'] {
  const kept = grafts.map((graft) => ({ entity: pathOf(graft) }))
  return [...kept, ...lost.map(({ graft, reason }) => ({ entity: pathOf(graft), lost: reason }))]
}

function digestOf({ plan, digest }: Draft): PlanDigest {
  return { digest: planDigest(plan, digest), draft: plan }
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
  // Steps are those that it comes to in the end, whoever has to wait for a turn.
  const { rollouts: _turns, ...all } = wanted.kind === 'changed' ? wanted.desired : desired
  return all
}

function previewOf(landscape: Landscape, desired: DesiredRecord, spec: ApplicationSpec): Landscape {
  const preview = new Landscape(desired, landscape.status)
  for (const [version, tree] of landscape.trees) preview.trees.set(version, tree)
  preview.trees.set(desired.version, indexSpec(spec))
  return preview
}
