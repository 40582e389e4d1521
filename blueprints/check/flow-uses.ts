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
  | {
      readonly kind: 'config'
      /** As of a sensor. */
      readonly options: readonly Named<'key'>[]
    }
  | ({ readonly kind: 'effector' } & Named<'effector'>)
  | {
      /** Called at each of those that the entity has inside. */
      readonly kind: 'effector-inside'
      readonly inside: Inside
      readonly effector: string | Expression
      /** Whether it is called only at those that have it, or at some of them. */
      readonly isLenient: boolean
    }
)

/** Whom an entity has inside. */
export type Inside = 'children' | 'members' | 'inside'

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
  /** Where it is moved to, where those are what the entity has inside. */
  readonly inside?: Inside
  /** Whether it is done at some of those alone. */
  readonly isSome?: boolean
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
  return { isMoved, isTried, ...insideOf(part, around), ...present({ place }) }
}

/** Whom of those inside a part is done at; nothing where that shows only when it is run. */
function insideOf(part: object, around: At): Pick<At, 'inside' | 'isSome'> {
  if (!('each' in part) || part.each === undefined) {
    const isSome = around.isSome === true || ('condition' in part && part.condition !== undefined)
    return { isSome, ...present({ inside: around.inside }) }
  }
  const { targets } = part.each as { readonly targets: { readonly kind: string; readonly of?: object } }
  const inside = INSIDE.find((kind) => kind === targets.kind)
  if (around.isMoved || inside === undefined || targets.of !== undefined) return {}
  return { inside, isSome: 'condition' in part && part.condition !== undefined }
}

const INSIDE: readonly Inside[] = ['children', 'members', 'inside']

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
  const use = useOf(part, at)
  if (use !== undefined) found.push({ ...use, ...present({ place: at.place }) })
}

function useOf(part: object, at: At): FlowUse | undefined {
  const { isTried } = at
  if (isReference(part)) return isSeen(part, at) ? { kind: 'entity', of: part, isTried } : undefined
  if (isSensor(part)) return isSeen(part.of, at) ? { kind: 'sensor', options: [part], isTried } : undefined
  if (isConfig(part)) return isSeen(part.of, at) && !isTried ? { kind: 'config', options: [part] } : undefined
  return isInvocation(part) ? callOf(part, at) : undefined
}

function callOf({ of = SELF, effector, lenient }: Invocation, at: At): FlowUse | undefined {
  const isLenient = lenient === 'all' || at.isTried || at.isSome === true
  if (at.inside !== undefined && of === SELF)
    return { kind: 'effector-inside', inside: at.inside, effector, isLenient }
  return lenient !== 'all' && isSeen(of, at) ? { kind: 'effector', of, effector } : undefined
}

const SELF = { scope: 'self' } as const

type FirstKnown = Extract<Expression, { readonly kind: 'first-known' }>

/** One way of reading a sensor or a config key is enough; where one is about neither, all are only tried. */
function lookAtChoice({ of }: FirstKnown, at: At, walk: Walk): void {
  const read = of.map(readIn)
  const isTried = at.isTried || read.includes(undefined)
  const inner = of.map((one) => {
    const found: FlowUse[] = []
    look(one, { ...at, isTried }, { ...walk, found })
    return found
  })
  const seen = read.filter((one) => one !== undefined).filter((one) => isSeen(one.of, at))
  if (seen.length === 0 || read.includes(undefined)) {
    walk.found.push(...inner.flat())
    return
  }
  const here = present({ place: at.place })
  const sensors = seen.filter(isSensor)
  const keys = seen.filter(isConfig)
  walk.found.push(...inner.flat().filter(({ kind }) => kind !== 'sensor' && kind !== 'config'))
  if (keys.length === 0) walk.found.push({ kind: 'sensor', options: sensors, isTried: at.isTried, ...here })
  else if (sensors.length === 0 && !at.isTried) walk.found.push({ kind: 'config', options: keys, ...here })
}

/** The sensor or the config key that a value is, or is a part of. */
function readIn(expression: Expression): Named<'sensor'> | Named<'key'> | undefined {
  if (expression.kind === 'access') return readIn(expression.of)
  return expression.kind === 'sensor' || expression.kind === 'config' ? expression : undefined
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

function isConfig(part: object): part is Named<'key'> {
  return 'kind' in part && part.kind === 'config'
}

interface Invocation {
  readonly of?: EntityReference
  readonly effector: string | Expression
  readonly lenient?: string
}

function isInvocation(part: object): part is Invocation {
  return 'kind' in part && part.kind === 'invoke'
}
