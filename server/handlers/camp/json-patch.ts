import { type Json, type JsonObject, isJsonObject, sameJson } from '../../../engine/index.js'

/** What became of a patch: a new value, or why not. `malformed` is no patch at all; `conflict` does not fit here. */
export type Patched =
  | { readonly kind: 'patched'; readonly value: Json }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'conflict'; readonly reason: string }

/** Applies a JSON Patch (RFC 6902): all of it, or nothing. */
export function applyPatch(value: Json, patch: Json): Patched {
  if (!Array.isArray(patch)) return { kind: 'malformed', reason: 'A patch is a list of operations.' }
  const items: readonly Json[] = patch
  if (items.length > MOST_STEPS) {
    return { kind: 'malformed', reason: `A patch has at most ${MOST_STEPS} operations.` }
  }
  const steps: Step[] = []
  for (const [at, item] of items.entries()) {
    const step = stepOf(item)
    if (typeof step === 'string') return { kind: 'malformed', reason: `/${at}: ${step}` }
    steps.push(step)
  }
  return runSteps(value, steps)
}

/** Operations of one patch. */
const MOST_STEPS = 1000

/** Values and characters of what a patch makes. */
const MOST_WEIGHT = 1_048_576

interface Step {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  readonly path: readonly string[]
  readonly from: readonly string[]
  readonly value?: Json
}

const OPS: readonly Step['op'][] = ['add', 'remove', 'replace', 'move', 'copy', 'test']

/** A step that cannot be done on this value. */
class Conflict extends Error {}

function runSteps(value: Json, steps: readonly Step[]): Patched {
  let now = value
  for (const [at, step] of steps.entries()) {
    try {
      now = done(now, step)
    } catch (thrown) {
      if (!(thrown instanceof Conflict)) throw thrown
      return { kind: 'conflict', reason: `/${at}: ${thrown.message}` }
    }
  }
  return { kind: 'patched', value: now }
}

function stepOf(item: Json): Step | string {
  if (!isJsonObject(item)) return 'an operation is a map'
  const known = OPS.find((name) => name === item['op'])
  if (known === undefined) return `"op" is one of ${OPS.join(', ')}`
  const { path = null, from = null, value } = item
  if (value === undefined && NEEDS_VALUE.has(known)) return `${known} needs "value"`
  const [target, source] = [pointerSteps(path), NEEDS_SOURCE.has(known) ? pointerSteps(from) : []]
  if (target === undefined || source === undefined) return '"path" and "from" are JSON pointers'
  return { op: known, path: target, from: source, ...present(value) }
}

function present(value: Json | undefined): Pick<Step, 'value'> {
  return value === undefined ? {} : { value }
}

const NEEDS_SOURCE: ReadonlySet<Step['op']> = new Set<Step['op']>(['move', 'copy'])
const NEEDS_VALUE: ReadonlySet<Step['op']> = new Set<Step['op']>(['add', 'replace', 'test'])

function pointerSteps(pointer: Json): readonly string[] | undefined {
  if (pointer === '') return []
  if (typeof pointer !== 'string' || !pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  const steps = pointer.slice(1).split('/')
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function done(root: Json, step: Step): Json {
  const { op, path, from, value = null } = step
  switch (op) {
    case 'add':
      return added(root, path, value)
    case 'remove':
      return removed(root, path)
    case 'replace':
      valueAt(root, path)
      return path.length === 0 ? value : changedAt(root, path, () => value)
    case 'move':
      return moved(root, from, path)
    case 'copy':
      return bounded(added(root, path, valueAt(root, from)))
    case 'test':
      if (!sameJson(valueAt(root, path), value)) throw new Conflict(`${shown(path)} is not what was expected`)
      return root
  }
}

function moved(root: Json, from: readonly string[], path: readonly string[]): Json {
  const isInside = path.length > from.length && from.every((name, at) => name === path[at])
  if (isInside) throw new Conflict(`${shown(from)} cannot be moved into itself`)
  const value = valueAt(root, from)
  return added(removed(root, from), path, value)
}

function valueAt(root: Json, path: readonly string[]): Json {
  let value = root
  for (const [at, name] of path.entries()) {
    const below = childOf(value, name)
    if (below === undefined) throw new Conflict(`there is nothing at ${shown(path.slice(0, at + 1))}`)
    value = below
  }
  return value
}

function childOf(value: Json, name: string): Json | undefined {
  if (Array.isArray(value)) return INDEX.test(name) ? (value as readonly Json[])[Number(name)] : undefined
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

const INDEX = /^(0|[1-9][0-9]{0,9})$/

function added(root: Json, path: readonly string[], value: Json): Json {
  if (path.length === 0) return value
  const [above, last] = [path.slice(0, -1), path.at(-1) ?? '']
  const insert = (holder: Json): Json => {
    if (Array.isArray(holder)) return inserted(holder as readonly Json[], last, { value, path })
    if (isJsonObject(holder)) return withKey(holder, last, value)
    throw new Conflict(`${shown(above)} is neither a map nor a list`)
  }
  valueAt(root, above)
  return above.length === 0 ? insert(root) : changedAt(root, above, insert)
}

function inserted(
  list: readonly Json[],
  name: string,
  { value, path }: { readonly value: Json; readonly path: readonly string[] },
): Json {
  const at = name === '-' ? list.length : INDEX.test(name) ? Number(name) : list.length + 1
  if (at > list.length) throw new Conflict(`${shown(path)} is beyond the end of the list`)
  return [...list.slice(0, at), value, ...list.slice(at)]
}

function removed(root: Json, path: readonly string[]): Json {
  if (path.length === 0) throw new Conflict('the whole cannot be removed')
  valueAt(root, path)
  const [above, last] = [path.slice(0, -1), path.at(-1) ?? '']
  const without = (holder: Json): Json =>
    Array.isArray(holder)
      ? (holder as readonly Json[]).filter((_item, at) => at !== Number(last))
      : Object.fromEntries(Object.entries(holder as JsonObject).filter(([key]) => key !== last))
  return above.length === 0 ? without(root) : changedAt(root, above, without)
}

/** The root with what is at a path, which must be there, changed. */
function changedAt(root: Json, path: readonly string[], change: (value: Json) => Json): Json {
  const [name = '', ...rest] = path
  const below = childOf(root, name) ?? null
  const value = rest.length === 0 ? change(below) : changedAt(below, rest, change)
  if (Array.isArray(root)) {
    return (root as readonly Json[]).map((item, at) => (at === Number(name) ? value : item))
  }
  return withKey(root as JsonObject, name, value)
}

function withKey(map: JsonObject, key: string, value: Json): JsonObject {
  const entries = Object.entries(map)
  if (!Object.hasOwn(map, key)) return Object.fromEntries([...entries, [key, value]])
  return Object.fromEntries(entries.map(([known, old]) => [known, known === key ? value : old]))
}

/** A few copies of the whole into itself would fill any memory. */
function bounded(root: Json): Json {
  if (weightOf(root, MOST_WEIGHT) > MOST_WEIGHT) throw new Conflict('it grows beyond what is kept')
  return root
}

/** Values and characters, no further than one step beyond the limit. */
function weightOf(value: Json, limit: number): number {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null) return 1
  let weight = 1
  for (const [key, part] of Object.entries(value)) {
    if (weight > limit) return weight
    weight += key.length + weightOf(part, limit - weight)
  }
  return weight
}

function shown(path: readonly string[]): string {
  if (path.length === 0) return 'the whole'
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
