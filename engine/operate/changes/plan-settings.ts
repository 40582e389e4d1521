import { parentPath } from '../../entity/path.js'
import type { SpecNode, SpecTree } from '../../entity/spec-tree.js'
import type { PlanStepView } from '../../entity/view.js'
import { changeLine } from '../../reconcile/facts/brief.js'
import { FORM_PATHS } from '../../reconcile/facts/digests.js'
import type { Json } from '../../support/json.js'
import { differences } from './spec-diff.js'

/**
 * What causes a step where it touches anything that is there: what forms are made of, what their values are taken from,
 * what is wanted how often, where and when. The rest of an entity takes effect as it stands.
 */
const CAUSES_STEPS = new Set([
  ...FORM_PATHS,
  ...['config', 'parameters', 'members.initial', 'placement', 'relations', 'job'],
])

/** What a changed document says otherwise and no step of its plan does: "web: policies.size.config.upper: 60 → 80". */
export function settingsChanged(
  from: SpecTree,
  to: SpecTree,
  steps: readonly PlanStepView[],
): readonly string[] {
  const touched = touchedBy(steps, from, to)
  const before = new Map(from.nodes.map((node) => [node.pattern, node]))
  const after = new Set(to.nodes.map((node) => node.pattern))
  const isOutermost = ({ pattern, parent }: SpecNode, others: { has(pattern: string): boolean }): boolean =>
    !touched.has(pattern) && parent !== undefined && others.has(parent.pattern)
  const lines = differences(ownOf(from), ownOf(to)).map((one) => changeLine(one.path, one.from, one.to))
  for (const node of to.nodes) {
    const old = before.get(node.pattern)
    if (old !== undefined) lines.push(...changesOf(old, node, touched.has(node.pattern)))
    else if (isOutermost(node, before)) lines.push(`${node.pattern}: added`)
  }
  for (const node of from.nodes)
    if (!after.has(node.pattern) && isOutermost(node, after)) lines.push(`${node.pattern}: removed`)
  return lines
}

function changesOf(from: SpecNode, to: SpecNode, isTouched: boolean): readonly string[] {
  return differences(partsOf(from), partsOf(to))
    .filter(({ path }) => !isTouched || !causesSteps(path))
    .map((one) => changeLine(to.pattern === '' ? one.path : `${to.pattern}: ${one.path}`, one.from, one.to))
}

function causesSteps(path: string): boolean {
  const segments = path.split('.')
  return segments.some((_segment, at) => CAUSES_STEPS.has(segments.slice(0, at + 1).join('.')))
}

/** Patterns of all entities that a step is about, and of what they are inside of. */
function touchedBy(steps: readonly PlanStepView[], from: SpecTree, to: SpecTree): ReadonlySet<string> {
  const touched = new Set<string>()
  for (const { entity } of steps) {
    let at: string | undefined = (to.at(entity) ?? from.at(entity))?.pattern
    for (; at !== undefined && !touched.has(at); at = parentPath(at)) touched.add(at)
  }
  return touched
}

/** The application's own part of a spec. */
function ownOf({ application }: SpecTree): Json {
  const { root: _root, origin: _origin, dialect: _dialect, ...own } = application
  return own as unknown as Json
}

/** An entity's own part, without what is inside of it. */
function partsOf({ spec }: SpecNode): Json {
  const { children: _children, members, ...own } = spec
  if (members === undefined) return own as unknown as Json
  const { spec: _spec, first: _first, ...rules } = members
  return { ...own, members: rules } as unknown as Json
}
