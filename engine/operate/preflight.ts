import type { PlanStepView, PlanView } from '../entity/view.js'
import type { SpecNode } from '../entity/spec-tree.js'
import { roleOf } from '../entity/spec-tree.js'
import type { CapacityAnswer, MachineShape } from '../ports/location.js'
import type { Landscape } from '../reconcile/landscape.js'
import { sitesOf } from '../reconcile/placement.js'
import { machineShape } from '../reconcile/shape.js'
import { worldFor, type WorldSources } from '../reconcile/tracked-world.js'
import type { Places } from './places.js'

type CapacityLine = PlanView['capacity'][number]

/** Machines that need room in the same locations. */
interface Want {
  readonly locations: readonly string[]
  readonly shapes: MachineShape[]
}

/**
 * Asks the places whether what a plan makes fits beside what is there; nothing is made. Machines that may be in several
 * locations fill them one after another, and what one group takes is gone for the next.
 */
export async function preflight(
  steps: readonly PlanStepView[],
  books: { readonly present: Landscape; readonly sources: WorldSources },
  places: Places,
): Promise<readonly CapacityLine[]> {
  const taken = new Map<string, MachineShape[]>()
  const lines: CapacityLine[] = []
  for (const want of wantsOf(steps, books.present, books.sources)) lines.push(await ask(want, taken, places))
  return lines
}

/** What needs room, by the locations where it may be. */
function wantsOf(steps: readonly PlanStepView[], present: Landscape, sources: WorldSources): Iterable<Want> {
  const wants = new Map<string, Want>()
  const replacing = new Map<string, number>()
  for (const step of steps) {
    const node = sources.landscape.tree.at(step.entity)
    if (node === undefined || !needsRoom(step, node, present, replacing)) continue
    const sites = sitesOf(node).map(({ location }) => location)
    const locations = sites.length === 0 ? [step.location] : [...new Set(sites)]
    const key = JSON.stringify(locations)
    const want = wants.get(key) ?? { locations, shapes: [] }
    wants.set(key, want)
    want.shapes.push(shapeOf(node, step.entity, sources))
  }
  return wants.values()
}

/** Whether a step makes something beside what is there. */
function needsRoom(
  { action, entity }: PlanStepView,
  node: SpecNode,
  present: Landscape,
  replacing: Map<string, number>,
): boolean {
  if (action === 'create' || action === 'move') return true
  if (action !== 'replace') return false
  return present.slots.get(entity)?.record.current === undefined || isBeside(entity, node, replacing)
}

/** A replacement needs room while both are there: never more of a role at once than its surge. */
function isBeside(entity: string, node: SpecNode, replacing: Map<string, number>): boolean {
  const { order, surge } = roleOf(node).spec.members?.replacement ?? ALONE
  if (order === 'old-first' || node.spec.volumes.length > 0) return false
  const key = node.isMember ? roleOf(node).pattern : entity
  const before = replacing.get(key) ?? 0
  replacing.set(key, before + 1)
  return before < surge
}

const ALONE = { order: 'new-first', surge: 1 } as const

async function ask(
  { locations, shapes }: Want,
  taken: Map<string, MachineShape[]>,
  places: Places,
): Promise<CapacityLine> {
  const reasons: string[] = []
  let left: readonly MachineShape[] = shapes
  let said = true
  for (const location of locations) {
    const before = taken.get(location) ?? []
    const answer = await answerOf(location, [...before, ...left], places)
    const fits = Math.max(0, (answer.fits ?? Infinity) - before.length)
    taken.set(location, [...before, ...left.slice(0, fits)])
    left = left.slice(Math.min(fits, left.length))
    said &&= answer.fits !== undefined
    if (answer.reason !== undefined) reasons.push(answer.reason)
    if (left.length === 0) break
  }
  return lineOf({ locations, shapes }, shapes.length - left.length, { said, reasons })
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
  { locations, shapes }: Want,
  fits: number,
  { said, reasons }: { readonly said: boolean; readonly reasons: readonly string[] },
): CapacityLine {
  const where = locations.length === 1 ? '' : ` in ${locations.join(', ')}`
  const told = said ? `${fits} of ${shapes.length} fit${where}` : 'the place does not say what it can hold'
  return {
    location: locations.join(', '),
    asked: shapes.length,
    fits,
    enough: fits >= shapes.length,
    detail: [told, ...reasons].join(': '),
  }
}

/** The shape as far as it is known before anything runs. */
function shapeOf({ spec }: SpecNode, path: string, sources: WorldSources): MachineShape {
  const given = { hostname: path, aliases: [], networks: [], volumes: [] }
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
