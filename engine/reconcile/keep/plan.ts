import type { DesiredRecord } from '../../entity/desired.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import { indexSpec, pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import { ROOT, childPath, parentPath } from '../../entity/path.js'
import { digestOf } from '../../support/digest.js'
import type { Json } from '../../support/json.js'
import type { PlanStepView, PlanView } from '../../entity/view.js'
import { gapOf, type Gap } from '../decide/gap.js'
import { Landscape, type SlotState } from '../facts/landscape.js'
import { NEWEST, chooseVictims } from '../decide/victims.js'
import { memberFactsOf } from './role-keeper.js'
import { missingFrom } from '../facts/missing.js'
import { predecessors, successors } from '../facts/order.js'
import { wantedCount } from '../facts/aggregate.js'
import { sitesOf } from '../facts/placement.js'
import { worldFor, type WorldSources } from '../facts/tracked-world.js'

/** A plan without what only places can say. */
export type DraftPlan = Omit<PlanView, 'capacity' | 'digest' | 'specDigest'>

/**
 * What would be done if `desired` were wanted, over the books as they are: the same gaps that reconciliation finds,
 * in the order in which it would close them. Pure; the landscape is not changed.
 */
export function planFor(
  wanted: { readonly desired: DesiredRecord; readonly spec: ApplicationSpec },
  sources: WorldSources,
  now: number,
): Omit<DraftPlan, 'settings' | 'grafts'> {
  const { desired, spec } = wanted
  const { landscape } = sources
  const preview = previewOf(landscape, desired, spec, now)
  const steps = [...stepsOf(preview, { ...sources, landscape: preview }, now)]
  const ordered = inWaves(steps, preview)
  const summary: { [action: string]: number } = {}
  for (const step of ordered) summary[step.action] = (summary[step.action] ?? 0) + 1
  return {
    application: desired.id,
    name: desired.name,
    baseVersion: landscape.desired.version,
    baseGeneration: landscape.desired.generation,
    steps: ordered,
    summary,
  }
}

/** Digest of a plan: of its steps, what else changes, and what they were made from. */
export function planDigest(plan: DraftPlan, spec: string): string {
  const { steps, settings, baseGeneration, baseVersion, application } = plan
  return digestOf([application, spec, baseGeneration, baseVersion, steps as unknown as Json, settings])
}

/** A landscape of its own over the same frozen records, wanting something else. */
function previewOf(
  landscape: Landscape,
  desired: DesiredRecord,
  spec: ApplicationSpec,
  now: number,
): Landscape {
  const preview = new Landscape(desired, landscape.status)
  for (const [version, tree] of landscape.trees) preview.trees.set(version, tree)
  preview.trees.set(desired.version, indexSpec(spec))
  for (const role of landscape.roles.values()) preview.addRole(role.path, role.record)
  for (const holding of landscape.holdings.values()) preview.addHolding(holding.record, holding.seen)
  for (const slot of landscape.slots.values()) preview.addSlot(slot.path, slot.record, now, slot.observed)
  addAllMissing(preview, now)
  return preview
}

function addAllMissing(preview: Landscape, now: number): void {
  for (const role of preview.roles.values()) addMembers(preview, role.path, now)
  for (
    let missing = missingFrom(preview);
    missing.roles.length + missing.slots.length > 0;
    missing = missingFrom(preview)
  ) {
    for (const path of missing.slots) preview.addSlot(path, undefined, now)
    for (const path of missing.roles) {
      const role = preview.addRole(path, undefined)
      addMembers(preview, role.path, now)
    }
  }
}

function addMembers(preview: Landscape, path: string, now: number): void {
  const role = preview.roles.get(path)
  if (role?.node === undefined || preview.desired.wish === 'gone') return
  let next = role.record.next
  while (role.tally.members < wantedCount(preview, path))
    preview.addSlot(childPath(path, String(next++)), undefined, now)
}

function* stepsOf(preview: Landscape, sources: WorldSources, now: number): Generator<PlanStepView> {
  const surplus = surplusOf(preview, sources.board)
  for (const state of preview.slots.values()) {
    const retired = whyRetired(surplus, state.path)
    const facts = preview.facts(state)
    const slot = retired === undefined ? facts : { ...facts, record: { ...facts.record, retired } }
    const gap = gapOf(slot, worldFor(state.path, now, sources))
    const action = actionOf(gap, state)
    if (action !== undefined && gap.kind !== 'none') yield stepView(state, action, gap, preview)
  }
}

/** A member that goes takes with it what is inside of it. */
function whyRetired(surplus: ReadonlyMap<string, string>, path: string): string | undefined {
  for (let at: string | undefined = path; at !== undefined; at = parentPath(at)) {
    const reason = surplus.get(at)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** The members that scaling in would take. */
function surplusOf(preview: Landscape, board: WorldSources['board']): ReadonlyMap<string, string> {
  const surplus = new Map<string, string>()
  for (const role of preview.roles.values()) {
    const wanted = role.node === undefined ? 0 : wantedCount(preview, role.path)
    const members = [...role.slots.values()].filter((slot) => slot.record.retired === undefined)
    const victims = chooseVictims(
      role.node?.spec.members ?? NEWEST,
      members.map((slot) => memberFactsOf(slot, { landscape: preview, board })),
    )
    for (const victim of victims.slice(0, Math.max(0, members.length - wanted)))
      surplus.set(victim.path, `scaled in to ${wanted}: ${victim.why}`)
  }
  return surplus
}

function actionOf(gap: Gap, state: SlotState): PlanStepView['action'] | undefined {
  if (gap.kind === 'none') return undefined
  if (gap.kind === 'destroy' && state.condition.gone && !state.stored) return undefined
  if (gap.kind === 'release') return 'destroy'
  if (gap.kind === 'lost') return gap.rule === 'wait' ? undefined : 'replace'
  return gap.kind === 'create' && state.record.next > 1 ? 'replace' : gap.kind
}

function stepView(
  state: SlotState,
  action: PlanStepView['action'],
  gap: Exclude<Gap, { readonly kind: 'none' }>,
  preview: Landscape,
): PlanStepView {
  const node = state.node ?? nodeBefore(state, preview)
  const location =
    state.record.current?.location ?? (node === undefined ? undefined : sitesOf(node)[0]?.location)
  return {
    action,
    entity: state.path,
    type: node?.spec.type ?? '',
    location: location ?? '',
    reason: gap.reason,
    changes: 'changes' in gap ? gap.changes : [],
    after: [],
    wave: 0,
  }
}

function nodeBefore(state: SlotState, preview: Landscape): SpecNode | undefined {
  const version = state.record.current?.version
  return version === undefined ? undefined : preview.trees.get(version)?.at(state.path)
}

/** Fills in what comes after what, and the wave of each step: starting by the order, ending by its reverse, ends last. */
function inWaves(steps: readonly PlanStepView[], preview: Landscape): readonly PlanStepView[] {
  const making = waved(
    steps.filter((step) => !isEnding(step)),
    preview,
  )
  const ending = waved(steps.filter(isEnding), preview)
  const offset = making.reduce((most, step) => Math.max(most, step.wave + 1), 0)
  return [...making, ...ending.map((step) => ({ ...step, wave: step.wave + offset }))]
}

function waved(steps: readonly PlanStepView[], preview: Landscape): readonly PlanStepView[] {
  const byPath = groupsOf(steps)
  const waves = new Map<string, number>()
  const waveOf = (step: PlanStepView): number => {
    const known = waves.get(step.entity)
    if (known !== undefined) return known
    waves.set(step.entity, 0)
    const wave = neighboursOf(step, preview, byPath).reduce(
      (most, path) => Math.max(most, waveOfPath(path) + 1),
      0,
    )
    waves.set(step.entity, wave)
    return wave
  }
  const ofPaths = new Map<string, number>()
  const waveOfPath = (path: string): number => {
    const known = ofPaths.get(path)
    if (known !== undefined) return known
    const wave = (byPath.get(path) ?? []).reduce((most, step) => Math.max(most, waveOf(step)), 0)
    ofPaths.set(path, wave)
    return wave
  }
  const placed = steps.map((step) => ({
    ...step,
    after: neighboursOf(step, preview, byPath),
    wave: waveOf(step),
  }))
  return placed.sort((a, b) => a.wave - b.wave)
}

/** Steps by the path of their entity and of everything that it is inside of. */
function groupsOf(steps: readonly PlanStepView[]): ReadonlyMap<string, readonly PlanStepView[]> {
  const groups = new Map<string, PlanStepView[]>()
  for (const step of steps) {
    for (let at: string | undefined = step.entity; at !== undefined && at !== ROOT; at = parentPath(at)) {
      const group = groups.get(at)
      if (group === undefined) groups.set(at, [step])
      else group.push(step)
    }
  }
  return groups
}

function isEnding(step: PlanStepView): boolean {
  return step.action === 'destroy' || step.action === 'stop'
}

/** Paths of entities whose steps come before this one, among those that have any. */
function neighboursOf(
  step: PlanStepView,
  preview: Landscape,
  byPath: ReadonlyMap<string, readonly PlanStepView[]>,
): readonly string[] {
  const node = preview.tree.at(step.entity)
  if (node === undefined) return []
  const neighbours = isEnding(step) ? successors(preview.tree, node) : predecessors(preview.tree, node)
  return neighbours
    .map((neighbour) => pathSeenFrom(neighbour, step.entity))
    .filter((path) => byPath.has(path))
}
