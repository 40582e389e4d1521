import { childPath } from '../../entity/path.js'
import { pathSeenFrom, type SpecNode, type SpecTree } from '../../entity/spec-tree.js'
import type { HoldingRecord } from '../../entity/allocation.js'
import {
  evaluate,
  type EntityStep,
  type Evaluation,
  type ExternalAnswer,
  type Snapshot,
  type VariableReader,
} from '../../expression/evaluate.js'
import type { Value } from '../../expression/value.js'
import { nameOf } from './entity-name.js'
import { type ExternalConfig, NO_EXTERNAL_CONFIG } from '../../ports/external-config.js'
import type { Capabilities } from '../../ports/location.js'
import type { Renderer } from '../../ports/renderer.js'
import { literal, type Expression } from '../../spec/expression.js'
import { required } from '../../support/invariant.js'
import type { Json } from '../../support/json.js'
import type { Seal, SealedSecret } from '../../support/secret.js'
import { configLayers } from '../../spec/config-layers.js'
import { hasQuorum, membershipIndicators } from './aggregate.js'
import { incarnations } from './condition.js'
import { spreadOf, spreadTarget, type Spread } from './backends.js'
import { configTarget, shownKept } from './kept-values.js'
import type { Landscape, SlotState } from './landscape.js'
import { isWatchKey } from './naming.js'
import { pathsOf } from './entity-steps.js'
import { permitKey } from './permit-book.js'
import { placementOf, siteKey, type Site, type Vacancy } from './placement.js'
import { scopeOf } from './groups.js'
import { restOf } from './rest.js'
import type { SensorBoard } from './sensor-board.js'
import { keptSensor, sensorValue } from './sensors.js'
import type { SlotFacts, Tally, World } from './world.js'
import { hasZoneFailed } from './zone-tries.js'

/** What a world is made over. */
export interface WorldSources {
  readonly engine: string
  readonly landscape: Landscape
  readonly board: SensorBoard
  readonly seal: Seal
  readonly renderer: Renderer
  /** @default nobody supplies anything */
  readonly external?: ExternalConfig
  /** See World. */
  readonly steadyFor: number
  capabilities(location: string): Capabilities | undefined
  vacancy(site: Site): Vacancy
  policyRestarts(node: SpecNode, path: string): boolean
  jitter(): number
}

/** The world as `key` sees it at `now`; whatever it asks about, it will be told when that changes. */
export function worldFor(key: string, now: number, sources: WorldSources): World {
  return new TrackedWorld(key, now, sources)
}

class TrackedWorld implements World, Snapshot {
  readonly now: number
  readonly #key: string
  readonly #sources: WorldSources
  #version = 0
  variable: VariableReader | undefined

  constructor(key: string, now: number, sources: WorldSources) {
    this.#key = key
    this.now = now
    this.#sources = sources
  }

  get engine(): string {
    return this.#sources.engine
  }

  get desired(): World['desired'] {
    return this.#sources.landscape.desired
  }

  get steadyFor(): number {
    return this.#sources.steadyFor
  }

  jitter(): number {
    return this.#sources.jitter()
  }

  tree(version: number): SpecTree {
    return required(this.#sources.landscape.trees.get(version), `spec of version ${version}`)
  }

  evaluate(expression: Expression, path: string, version: number, variable?: VariableReader): Evaluation {
    this.#version = version
    this.variable = variable
    return evaluate(expression, path, this, this.#sources.seal)
  }

  slot(path: string): SlotFacts | undefined {
    this.#watch(path)
    const { landscape } = this.#sources
    const slot = landscape.slots.get(path)
    return slot === undefined ? undefined : landscape.facts(slot)
  }

  childrenQuiet(path: string): boolean {
    return this.#every(path, (slot) => slot.path === path || slot.condition.quiet)
  }

  hasGuests(path: string, token: string): boolean {
    const isNoGuest = ({ record }: SlotState): boolean =>
      incarnations(record).every(({ on }) => on?.token !== token)
    return !this.#every(path, isNoGuest)
  }

  hasStarted(path: string): boolean {
    this.#watch(path)
    const { landscape } = this.#sources
    const slot = landscape.slots.get(path)
    const node = landscape.tree.at(path)
    if (slot !== undefined) return slot.condition.up && this.#guestsHaveStarted(path, node)
    if (node === undefined) return true
    const { members } = node.spec
    if (members !== undefined && !hasQuorum(landscape, path, members.startQuorum)) return false
    if (members !== undefined) return this.#haveStarted(path, node)
    if (node.hasFootprint || Object.keys(membershipIndicators(landscape, path, node)).length > 0) return false
    return this.#haveStarted(path, node)
  }

  /** What works on its machine counts for it. */
  #guestsHaveStarted(path: string, node: SpecNode | undefined): boolean {
    return node?.spec.sharesMachine !== true || this.#haveStarted(path, node)
  }

  #haveStarted(path: string, { children }: SpecNode): boolean {
    const inside = children.map((child) => childPath(path, child.spec.name))
    return inside.every((child) => restOf(this.desired, child) !== undefined || this.hasStarted(child))
  }

  isQuiet(path: string): boolean {
    return this.#every(path, (slot) => slot.condition.quiet)
  }

  isGone(path: string): boolean {
    return this.#every(path, (slot) => slot.condition.gone)
  }

  tally(role: string): Tally {
    this.#watch(role)
    return required(this.#sources.landscape.roles.get(role), `role ${role}`).tally
  }

  discarded(role: string): number {
    const { roles, desired } = this.#sources.landscape
    const { count = 0, recovery } = roles.get(role)?.record.discarded ?? {}
    return recovery === desired.recovery ? count : 0
  }

  permitsHeld(pool: string): number {
    this.#watch(permitKey(pool))
    return this.#sources.landscape.permits.held(pool)
  }

  holding(id: string): HoldingRecord | undefined {
    this.#watch(id)
    return this.#sources.landscape.holdings.get(id)?.record
  }

  spread(path: string): Spread | undefined {
    const { landscape } = this.#sources
    const target = spreadTarget(landscape.tree, path)
    if (target !== undefined) this.#watch(target)
    return spreadOf(landscape, path)
  }

  holdingsOf(path: string): readonly string[] {
    const ids = [...this.#sources.landscape.ownedBy(path)]
    for (const id of ids) this.#watch(id)
    return ids
  }

  childrenGone(path: string): boolean {
    const { landscape } = this.#sources
    const node = landscape.slots.get(path)?.node
    if (node?.children.length === 0 && node.member === undefined) return true
    if (landscape.roles.size === 0 && node === undefined) return true
    this.#watch(path)
    const prefix = `${path}/`
    for (const slot of landscape.slots.values())
      if (slot.path.startsWith(prefix) && !slot.condition.gone) return false
    return true
  }

  sited(role: string): ReadonlyMap<string, number> {
    this.#watch(role)
    return required(this.#sources.landscape.roles.get(role), `role ${role}`).sited
  }

  vacancy(site: Site, role?: string): Vacancy {
    const vacancy = this.#sources.vacancy(site)
    const state = role === undefined ? undefined : this.#sources.landscape.roles.get(role)
    if (state === undefined || site.zone === undefined || vacancy === 'full') return vacancy
    const rule = state.node?.spec.members?.zoneFailure
    return hasZoneFailed(state.record, siteKey(site), this.now, rule) ? 'failed' : vacancy
  }

  capabilities(location: string): Capabilities | undefined {
    return this.#sources.capabilities(location)
  }

  policyRestarts(node: SpecNode, path: string): boolean {
    return this.#sources.policyRestarts(node, path)
  }

  resolve(step: EntityStep, from: string): readonly string[] {
    const found = [...pathsOf(step, from, this.tree(this.#version)), ...this.#groupMembers(step, from)]
    if ('id' in step) for (const path of found) this.#watch(path)
    return found
  }

  config(
    path: string,
    key: string,
  ): readonly { readonly expression: Expression; readonly declaredBy: string }[] {
    const found = this.tree(this.#version).at(path)
    if (isWatchKey(this.#key)) this.#sources.landscape.dependents.add(configTarget(key), this.#key)
    const { settings } = this.#sources.landscape
    const set = (node: SpecNode): Expression | undefined => this.#setting(pathSeenFrom(node, path), key)
    const layers = found === undefined ? [] : configLayers(found, key, settings.isEmpty ? undefined : set)
    return layers.map(({ expression, node }) => ({ expression, declaredBy: pathSeenFrom(node, path) }))
  }

  sensor(path: string, sensor: string): Value | undefined {
    if (sensor === 'backends') return this.spread(path) as unknown as Json | undefined
    this.#watch(path)
    const { landscape, seal } = this.#sources
    const kept = keptSensor(landscape, path, sensor)
    if (kept?.secret === true) return seal.open(kept.value as SealedSecret)
    return sensorValue(this.#sources, path, sensor)
  }

  locations(path: string): readonly string[] {
    this.#watch(path)
    const here = this.#sources.landscape.slots.get(path)?.record.current?.location
    if (here !== undefined) return [here]
    const node = this.tree(this.#version).at(path)
    return node === undefined ? [] : placementOf(node).locations
  }

  nameOf(path: string): string {
    this.#watch(path)
    return nameOf(path, this.#sources.landscape)
  }

  external(provider: string, key: string): ExternalAnswer {
    return (this.#sources.external ?? NO_EXTERNAL_CONFIG).get(provider, key)
  }

  render(
    text: string,
    values: { readonly [name: string]: Json },
  ): { readonly text: string } | { readonly error: string } {
    return this.#sources.renderer.render(text, values)
  }

  #setting(path: string, key: string): Expression | undefined {
    const record = this.#sources.landscape.settings.record(path, key)
    return record === undefined ? undefined : literal(shownKept(record))
  }

  /** Members of a group by id, name or path. */
  #groupMembers(step: EntityStep, from: string): readonly string[] {
    if (step.scope !== 'member') return []
    const { landscape } = this.#sources
    if (landscape.tree.at(from)?.spec.group === undefined) return []
    this.#watch(from)
    return landscape.groups.membersOf(from).filter((path) => {
      const spec = landscape.tree.at(path)?.spec
      return path === step.id || spec?.id === step.id || spec?.name === step.id
    })
  }

  #every(path: string, holds: (slot: SlotState) => boolean): boolean {
    this.#watch(path)
    for (const slot of this.#sources.landscape.slotsWithin(path)) if (!holds(slot)) return false
    return true
  }

  #watch(target: string): void {
    if (this.#key === '') return
    const { landscape } = this.#sources
    landscape.dependents.add(target, this.#key)
    const node = landscape.tree.at(target)
    if (node?.spec.group !== undefined) landscape.dependents.add(scopeOf(target, node, landscape), this.#key)
  }
}
