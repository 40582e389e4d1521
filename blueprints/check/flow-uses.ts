import type { EntityReference, EntitySpec, Expression, SourcePlace } from '../../engine/index.js'
import type { Origins } from '../origins.js'
import { present } from '../resolve/present.js'

type Named<What extends string> = { readonly of: EntityReference } & {
  readonly [key in What]: string | Expression
}

/** Something that a workflow of an entity refers to, seen from that entity. */
export type FlowUse = { readonly place?: SourcePlace } & (
  | { readonly kind: 'entity'; readonly of: EntityReference; readonly isTried: boolean }
  | {
      readonly kind: 'sensor'
      /** Ways to read what is written; one that can be had is enough. */
      readonly options: readonly Named<'sensor'>[]
      /** Whether something else is done where it is not known. */
      readonly isTried: boolean
    }
  | ({ readonly kind: 'effector' } & Named<'effector'>)
)

/** All that the workflows of an entity refer to, in a fixed order, as far as it shows from where it is seen. */
export function flowUsesOf(spec: EntitySpec, origins: Origins): readonly FlowUse[] {
  const walk: Walk = { found: [], origins }
  const at: At = { isMoved: false, isTried: false, ...present({ place: spec.place }) }
  for (const { workflow } of spec.effectors) look(workflow, at, walk)
  for (const { source } of spec.sensors) if (source.kind === 'workflow') look(source, at, walk)
  for (const { workflow, place } of spec.policies) look(workflow, { ...at, ...present({ place }) }, walk)
  for (const phase of Object.values(spec.software?.phases ?? {})) look(phase.workflow, at, walk)
  look(spec.initial, at, walk)
  return walk.found
}

interface Walk {
  readonly found: FlowUse[]
  readonly origins: Origins
}

/** Where a part of a workflow stands. */
interface At {
  /** Whether it is done at an entity that shows only when it is run. */
  readonly isMoved: boolean
  readonly isTried: boolean
  readonly place?: SourcePlace
}

/** Parts of a workflow that are done at other entities. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'match',
  'creation',
  'onCreate',
  'onUpdate',
  'onDelete',
  'deletion',
])

/** Parts of a workflow in which what is not known counts as absent. */
const JUDGED: ReadonlySet<string> = new Set(['condition', 'require'])

/** Looks at any part of a workflow: what it says is told by its form. */
function look(part: unknown, around: At, walk: Walk): void {
  if (typeof part !== 'object' || part === null || isKind(part, 'literal')) return
  const at = standing(part, around, walk)
  note(part, at, walk)
  if (isKind(part, 'first-known')) {
    lookAtChoice(part as FirstKnown, at, walk)
    return
  }
  for (const [key, inner] of Object.entries(part)) look(inner, within(key, at), walk)
}

function standing(part: object, around: At, { origins }: Walk): At {
  const place = origins.of(part) ?? around.place
  const isMoved = around.isMoved || movesAway(part)
  const isTried = around.isTried || ('onError' in part && 'does' in part)
  return { isMoved, isTried, ...present({ place }) }
}

/** Whether what it does may be done at entities that are its targets. */
function movesAway(part: object): boolean {
  if (!('each' in part) || part.each === undefined) return false
  const { targets } = part.each as { readonly targets: { readonly kind: string; readonly of?: object } }
  const isPlain = targets.kind === 'value' && targets.of !== undefined && isKind(targets.of, 'literal')
  return targets.kind !== 'range' && !isPlain
}

function within(key: string, at: At): At {
  return { ...at, isMoved: at.isMoved || ELSEWHERE.has(key), isTried: at.isTried || JUDGED.has(key) }
}

function note(part: object, at: At, { found }: Walk): void {
  const { isTried } = at
  const here = present({ place: at.place })
  if (isReference(part)) {
    if (isSeen(part, at)) found.push({ kind: 'entity', of: part, isTried, ...here })
  } else if (isSensor(part)) {
    if (isSeen(part.of, at)) found.push({ kind: 'sensor', options: [part], isTried, ...here })
  } else if (isInvocation(part)) {
    const { of = SELF, effector } = part
    if (part.lenient !== 'all' && isSeen(of, at)) found.push({ kind: 'effector', of, effector, ...here })
  }
}

const SELF = { scope: 'self' } as const

type FirstKnown = Extract<Expression, { readonly kind: 'first-known' }>

/** One way of reading a sensor is enough; where one is not about a sensor, all are only tried. */
function lookAtChoice({ of }: FirstKnown, at: At, walk: Walk): void {
  const sensors = of.map(sensorIn)
  const inner = of.map((one) => {
    const found: FlowUse[] = []
    look(one, { ...at, isTried: at.isTried || sensors.includes(undefined) }, { ...walk, found })
    return found
  })
  const options = sensors.flatMap((one) => (one !== undefined && isSeen(one.of, at) ? [one] : []))
  if (options.length === 0 || sensors.includes(undefined)) {
    walk.found.push(...inner.flat())
    return
  }
  walk.found.push(...inner.flat().filter(({ kind }) => kind !== 'sensor'))
  walk.found.push({ kind: 'sensor', options, isTried: at.isTried, ...present({ place: at.place }) })
}

/** The sensor that a value is, or is a part of. */
function sensorIn(expression: Expression): Named<'sensor'> | undefined {
  if (expression.kind === 'access') return sensorIn(expression.of)
  return expression.kind === 'sensor' ? expression : undefined
}

/** Whether a reference can be followed from the entity that has the workflow. */
function isSeen(reference: EntityReference, { isMoved }: At): boolean {
  if (!isMoved) return true
  if (reference.scope === 'value') return false
  if (reference.from !== undefined) return isSeen(reference.from, { isMoved, isTried: false })
  return reference.scope === 'global' || reference.scope === 'root' || reference.scope === 'application'
}

function isKind(part: object, kind: Expression['kind']): boolean {
  return 'kind' in part && part.kind === kind
}

const SCOPES: ReadonlySet<unknown> = new Set<EntityReference['scope']>([
  ...(['self', 'parent', 'root', 'value'] as const),
  ...(['global', 'child', 'sibling', 'descendant', 'ancestor', 'member', 'application'] as const),
])

function isReference(part: object): part is EntityReference {
  return 'scope' in part && SCOPES.has(part.scope) && !('kind' in part)
}

/** An expression that reads one, or what says whose changes start a workflow. */
function isSensor(part: object): part is Named<'sensor'> {
  if (!('sensor' in part) || !('of' in part)) return false
  return !('kind' in part) || part.kind === 'sensor'
}

function isInvocation(part: object): part is Partial<Named<'effector'>> & {
  readonly effector: string | Expression
  readonly lenient?: string
} {
  return 'kind' in part && part.kind === 'invoke'
}
