import type { PlanStepView, PlanView } from '../../entity/view.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { hostOf, roleOf } from '../../entity/spec-tree.js'
import { parentPath } from '../../entity/path.js'
import type { ResourceKind } from '../../entity/resource.js'
import type { CapacityAnswer, MachineShape } from '../../ports/location.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import { incarnations } from '../../reconcile/facts/condition.js'
import { holdsOwn, isSpreadByPlace, kindsLacking, needsOf } from '../../reconcile/calls/needs.js'
import { placementOf, siteKey, sitesOf, type Site } from '../../reconcile/facts/placement.js'
import { machineShape } from '../../reconcile/calls/shape.js'
import { worldFor, type WorldSources } from '../../reconcile/facts/tracked-world.js'
import type { Places } from './places.js'

type CapacityLine = PlanView['capacity'][number]

/** Machines that need room at the same sites. */
interface Want {
  readonly sites: readonly Site[]
  readonly caps: { readonly [site: string]: number }
  /** Kinds of what they need beside themselves. */
  readonly kinds: readonly ResourceKind[]
  /** How many of the same role are at a site or in a location already, and stay there. */
  readonly present: Map<string, number>
  readonly shapes: MachineShape[]
}

/**
 * Asks the places whether what a plan makes fits beside what is there; nothing is made. Machines that may be at several
 * sites fill them one after another, up to the caps of their role; what one group takes is gone for the next.
 */
export async function preflight(
  steps: readonly PlanStepView[],
  books: { readonly present: Landscape; readonly sources: WorldSources },
  places: Places,
): Promise<readonly CapacityLine[]> {
  const taken = new Map<string, MachineShape[]>()
  const lines: CapacityLine[] = [...withoutSets(steps, books.sources)]
  for (const want of wantsOf(steps, books.present, books.sources)) lines.push(await ask(want, taken, places))
  return lines
}

/** Where traffic is to be spread by places of which none can: they are asked for no machine, and so for no room. */
function* withoutSets(steps: readonly PlanStepView[], sources: WorldSources): Generator<CapacityLine> {
  const world = worldFor('', 0, sources)
  for (const { action, entity } of steps) {
    const node = action === 'create' ? sources.landscape.tree.at(entity) : undefined
    if (node === undefined || !isSpreadByPlace(node)) continue
    const locations = [...new Set(sitesOf(node).map(({ location }) => location))]
    const lacking = locations.map((location) =>
      kindsLacking(needsOf(node, entity, location, world), location, world),
    )
    if (lacking.length === 0 || lacking.some((kinds) => kinds.length === 0)) continue
    const kinds = [...new Set(lacking.flat())].join(', ')
    const location = locations.join(', ')
    const detail = `${entity}: ${location} has nothing of kind ${kinds}`
    yield { location, asked: 1, fits: 0, enough: false, detail }
  }
}

/** What needs room, by the sites where it may be, and by its role where that has caps. */
function wantsOf(steps: readonly PlanStepView[], present: Landscape, sources: WorldSources): Iterable<Want> {
  const wants = new Map<string, Want>()
  const replacing = new Map<string, number>()
  const going = new Set(steps.flatMap(({ action, entity }) => (action === 'destroy' ? [entity] : [])))
  for (const step of steps) {
    const node = sources.landscape.tree.at(step.entity)
    if (node === undefined || !needsRoom(step, node, present, replacing)) continue
    const { key, role, ...group } = groupOf(step, node, sources)
    const want = wants.get(key) ?? { ...group, present: countsOf(present, role, going), shapes: [] }
    wants.set(key, want)
    want.shapes.push(shapeOf(node, step.entity, sources))
  }
  return wants.values()
}

/** What counts together: machines that may be at the same sites and need the same kinds, and of one role where that has caps. */
interface Group extends Pick<Want, 'sites' | 'caps' | 'kinds'> {
  readonly key: string
  readonly role: string | undefined
}

function groupOf({ entity, location }: PlanStepView, node: SpecNode, sources: WorldSources): Group {
  const named = sitesOf(node)
  const sites = named.length === 0 ? [{ location }] : named
  const needs = needsOf(node, entity, sites[0]?.location ?? location, worldFor('', 0, sources))
  const kinds = [...new Set(needs.map(({ kind }) => kind))].filter((kind) => kind !== 'network')
  const { caps } = placementOf(node)
  if (caps === undefined)
    return { key: JSON.stringify([sites, kinds]), sites, kinds, caps: {}, role: undefined }
  const role = node.isMember ? parentPath(entity) : undefined
  return { key: JSON.stringify([sites, kinds, role ?? entity]), sites, kinds, caps, role }
}

function countsOf(
  present: Landscape,
  role: string | undefined,
  going: ReadonlySet<string>,
): Map<string, number> {
  const counts = new Map<string, number>()
  const slots = role === undefined ? undefined : present.roles.get(role)?.slots.values()
  const staying = [...(slots ?? [])].filter(({ path }) => !going.has(path))
  for (const one of staying.flatMap(({ record }) => incarnations(record))) count(counts, one, 1)
  return counts
}

/** A machine in a zone counts for the zone and for its location. */
function count(counts: Map<string, number>, site: Site, by: number): void {
  for (const key of new Set([site.location, siteKey(site)])) counts.set(key, (counts.get(key) ?? 0) + by)
}

/** Whether a step makes something beside what is there. */
function needsRoom(
  { action, entity }: PlanStepView,
  node: SpecNode,
  present: Landscape,
  replacing: Map<string, number>,
): boolean {
  if (node.isNowhere || isSpreadByPlace(node) || hostOf(node) !== undefined) return false
  if (action === 'create' || action === 'move') return true
  if (action !== 'replace') return false
  return present.slots.get(entity)?.record.current === undefined || isBeside(entity, node, replacing)
}

/** A replacement needs room while both are there: never more of a role at once than its surge. */
function isBeside(entity: string, node: SpecNode, replacing: Map<string, number>): boolean {
  const { order, surge } = roleOf(node).spec.members?.replacement ?? ALONE
  if (order === 'old-first' || holdsOwn(node)) return false
  const key = node.isMember ? roleOf(node).pattern : entity
  const before = replacing.get(key) ?? 0
  replacing.set(key, before + 1)
  return before < surge
}

const ALONE = { order: 'new-first', surge: 1 } as const

async function ask(want: Want, taken: Map<string, MachineShape[]>, places: Places): Promise<CapacityLine> {
  const reasons: string[] = []
  let left: readonly MachineShape[] = want.shapes
  let said = true
  for (const site of want.sites) {
    if (left.length === 0) break
    const lacking = lackingAt(site.location, want, places)
    const { most, reason } = lacking ?? allowed(site, want, left.length)
    if (reason !== undefined) reasons.push(reason)
    const asked = left.slice(0, most).map((shape) => shapeAt(shape, site))
    if (asked.length === 0) continue
    const before = taken.get(site.location) ?? []
    const answer = await answerOf(site.location, [...before, ...asked], places)
    const fits = Math.min(asked.length, Math.max(0, (answer.fits ?? Infinity) - before.length))
    taken.set(site.location, [...before, ...asked.slice(0, fits)])
    count(want.present, site, fits)
    left = left.slice(fits)
    said &&= answer.fits !== undefined
    if (answer.reason !== undefined) reasons.push(answer.reason)
  }
  return lineOf(want, want.shapes.length - left.length, { said, reasons })
}

/** Why none of them can be at a place; undefined when it has all kinds that they need. */
function lackingAt(
  location: string,
  { kinds }: Want,
  places: Places,
): { readonly most: number; readonly reason?: string } | undefined {
  const known = places.get(location)?.desk.location.capabilities.kinds
  const lacking = known === undefined ? [] : kinds.filter((kind) => !known.includes(kind))
  if (lacking.length === 0) return undefined
  return { most: 0, reason: `${location} has nothing of kind ${lacking.join(', ')}` }
}

/** How many more of a role its caps let into a site, and which cap that is where it is fewer than are asked for. */
function allowed(
  site: Site,
  { caps, present }: Want,
  asked: number,
): { readonly most: number; readonly reason?: string } {
  let most = asked
  let reason: string | undefined
  for (const key of new Set([site.location, siteKey(site)])) {
    const cap = caps[key]
    if (cap === undefined || cap - (present.get(key) ?? 0) >= most) continue
    most = Math.max(0, cap - (present.get(key) ?? 0))
    reason = `at most ${cap} may be in ${key}`
  }
  return reason === undefined ? { most } : { most, reason }
}

function shapeAt(shape: MachineShape, { zone }: Site): MachineShape {
  return zone === undefined ? shape : { ...shape, zone }
}

async function answerOf(
  location: string,
  shapes: readonly MachineShape[],
  places: Places,
): Promise<CapacityAnswer> {
  const place = places.get(location)
  if (place === undefined) return { fits: 0, reason: `there is no location "${location}"` }
  return place.desk.location.capacity(shapes, { signal: new AbortController().signal })
}

function lineOf(
  { sites, shapes }: Want,
  fits: number,
  { said, reasons }: { readonly said: boolean; readonly reasons: readonly string[] },
): CapacityLine {
  const where = sites.map(siteKey).join(', ')
  const counted = `${fits} of ${shapes.length} fit${sites.length === 1 ? '' : ` in ${where}`}`
  const enough = fits >= shapes.length
  const told = said || !enough ? counted : 'the place does not say what it can hold'
  return {
    location: [...new Set(sites.map(({ location }) => location))].join(', '),
    asked: shapes.length,
    fits,
    enough,
    detail: [told, ...new Set(reasons)].join(': '),
  }
}

/** The shape as far as it is known before anything runs. */
function shapeOf({ spec }: SpecNode, path: string, sources: WorldSources): MachineShape {
  const given = { hostname: path, aliases: [], networks: [], volumes: [], addresses: [], rules: [] }
  const world = worldFor('', 0, sources)
  const shape = machineShape(
    { ...spec, machine: { ...(spec.machine ?? NO_MACHINE), environment: {} } },
    (expression) => world.evaluate(expression, path, sources.landscape.desired.version),
    given,
  )
  if (shape.kind === 'ready') return shape.value
  return { kind: 'machine', environment: {}, ports: [], hostsSoftware: false, options: {}, ...given }
}

const NO_MACHINE = { environment: {}, ports: [], networks: [], options: {} }
