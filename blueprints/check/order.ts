import type { Problem, SourcePlace } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { type Awaited, sensorsAwaited } from './awaited.js'
import { type Use, usesOf } from './expressions.js'
import { findCycles } from './graph.js'
import { isInside } from './find-entity.js'
import { type Stage, knownFrom } from './known-from.js'
import type { Place } from './landscape.js'
import { present } from '../resolve/present.js'

/**
 * Everything can start: no entity waits, by relation, by priority or by a value that it needs, for one that waits for
 * it.
 */
export function checkOrder(context: CheckContext): readonly Problem[] {
  const waits = new Waits(context)
  for (const place of context.landscape.all) waits.addPlace(place)
  return findCycles(waits.nodes, (node) => waits.next(node)).map((cycle) => waits.describe(cycle))
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly reason: 'inner' | 'relation' | 'priority' | 'value'
  /** In words, for the message: who waits for what. */
  readonly words: string
  readonly place?: SourcePlace
}

class Waits {
  readonly #context: CheckContext
  readonly #edges = new Map<string, Edge[]>()

  constructor(context: CheckContext) {
    this.#context = context
  }

  get nodes(): readonly string[] {
    return [...this.#edges.keys()]
  }

  next(node: string): readonly string[] {
    return (this.#edges.get(node) ?? []).map((edge) => edge.to)
  }

  addPlace(place: Place): void {
    this.#add({ from: key(place, 'up'), to: key(place, 'made'), reason: 'inner', words: '' })
    this.#add({ from: key(place, 'made'), to: key(place, 'begin'), reason: 'inner', words: '' })
    const { parent, member } = place
    if (parent !== undefined)
      this.#add({ from: key(place, 'begin'), to: key(parent, 'begin'), reason: 'inner', words: '' })
    if (member !== undefined)
      this.#add({ from: key(place, 'up'), to: key(member, 'up'), reason: 'inner', words: '' })
    if (member === undefined && place.spec.machine === undefined) {
      for (const child of place.children)
        this.#add({ from: key(place, 'up'), to: key(child, 'up'), reason: 'inner', words: '' })
    }
    this.#addRelations(place)
    this.#addPriority(place)
    this.#addValues(place)
  }

  /** What a cycle is, by the strongest of its reasons. */
  describe(cycle: readonly string[]): Problem {
    const edges = cycle.map((from, at) => this.#edge(from, cycle[(at + 1) % cycle.length] ?? ''))
    const said = edges.filter((edge) => edge !== undefined && edge.reason !== 'inner')
    const relation = said.find((edge) => edge?.reason === 'relation')
    const first = relation ?? said[0]
    const path = said.map((edge) => edge?.words ?? '').join(', ')
    if (said.some((edge) => edge?.reason === 'value')) {
      const value = said.find((edge) => edge?.reason === 'value')
      return problem('BP1307', `these wait for each other for ever: ${path}`, value?.place, {
        hint: 'take one of them out of the circle',
      })
    }
    if (said.some((edge) => edge?.reason === 'priority')) {
      const hint = 'change the priority, or take the relation out'
      return problem('BP1405', `the priority contradicts a relation: ${path}`, first?.place, { hint })
    }
    return problem('BP1404', `relations go in a circle: ${path}`, first?.place, {
      hint: 'take one of them out',
    })
  }

  #edge(from: string, to: string): Edge | undefined {
    const edges = (this.#edges.get(from) ?? []).filter((edge) => edge.to === to)
    return edges.find((edge) => edge.reason !== 'inner') ?? edges[0]
  }

  #add(edge: Edge): void {
    const edges = this.#edges.get(edge.from)
    if (edges === undefined) this.#edges.set(edge.from, [edge])
    else edges.push(edge)
  }

  #addRelations(place: Place): void {
    for (const relation of place.spec.relations) {
      const [named] = this.#context.landscape.named(relation.target)
      const target = named?.isMember === true ? named.parent : named
      if (target === undefined || relation.ordering !== 'starts-after') continue
      const at = this.#context.origins.of(relation)
      const words = `${shortName(place)} needs ${shortName(target)}`
      this.#add({
        from: key(place, 'begin'),
        to: key(target, 'up'),
        reason: 'relation',
        words,
        ...present({ place: at }),
      })
    }
  }

  /** Waits for the siblings of the next lower priority. */
  #addPriority(place: Place): void {
    const { priority } = place.spec
    if (priority === undefined || place.isMember) return
    const lower = (place.parent?.children ?? []).filter(
      (other) => (other.spec.priority ?? Infinity) < priority,
    )
    const nearest = Math.max(...lower.map((other) => other.spec.priority ?? 0))
    for (const other of lower.filter((one) => one.spec.priority === nearest)) {
      const words = `${shortName(place)} (priority ${priority}) comes after ${shortName(other)} (priority ${nearest})`
      const at = this.#context.origins.of(place.spec)
      this.#add({
        from: key(place, 'begin'),
        to: key(other, 'up'),
        reason: 'priority',
        words,
        ...present({ place: at }),
      })
    }
  }

  #addValues(place: Place): void {
    for (const use of usesOf(place.spec, this.#context.origins)) {
      if (use.need === 'running') continue
      for (const awaited of sensorsAwaited(use.expression, place, this.#context))
        this.#addValue(place, use, awaited)
    }
  }

  #addValue(place: Place, use: Use, awaited: Awaited): void {
    const { target, sensor } = awaited
    for (const known of knownFrom(awaited, this.#context)) {
      if (holdsWithoutWaiting(place, known.place)) continue
      this.#add({
        from: key(place, use.need === 'made' ? 'made' : 'up'),
        to: key(known.place, known.stage),
        reason: 'value',
        words: `${shortName(place)} waits for ${sensor} of ${shortName(target)}`,
        ...present({ place: use.place }),
      })
    }
  }
}

/** What is inside a group cannot wait for the whole of it; that is no circle of its own. What has a machine is up by itself. */
function holdsWithoutWaiting(place: Place, target: Place): boolean {
  const isWhole = target.member === undefined && target.spec.machine === undefined
  return target !== place && isWhole && isInside(place, target)
}

function key(place: Place, stage: Stage): string {
  return `${place.path}#${stage}`
}

function shortName(place: Place): string {
  const named = place.isMember ? place.parent : place
  return named === undefined || named.path === '' ? 'the application' : named.path
}
