import type { HoldingRecord } from '../../entity/allocation.js'
import type { ResourceState } from '../../entity/resource.js'
import { incarnations, machineOf } from '../facts/condition.js'
import { decideHolding, takeHoldingOutcome } from '../decide/holding.js'
import { KEYS } from '../facts/keys.js'
import type { HoldingState } from '../facts/landscape.js'
import { sharedIds } from '../calls/needs.js'
import type { StepOutcome } from '../facts/step.js'
import type { Turn } from './turn.js'
import { worldFor } from '../facts/tracked-world.js'
import { isSetWanted } from '../decide/spread.js'
import type { Workbench } from './workbench.js'
import type { World } from '../facts/world.js'

/** Keeps what is made beside machines: there before its first user, gone with the last. */
export class HoldingKeeper {
  readonly #bench: Workbench

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  /** Puts a new one into the books. */
  add(record: HoldingRecord, turn: Turn): void {
    const { landscape } = this.#bench
    if (landscape.holdings.has(record.id)) return
    landscape.addHolding(record)
    turn.put(KEYS.holding(landscape.desired.id, record.id), record)
    this.#bench.begin(record.id)
    // What is brought is there: nobody need wait for an answer about it.
    if (record.stage === 'present') this.#bench.request(landscape.notify(record.id))
  }

  /** Nothing is left of a slot: what followed it, and what all share, may go. */
  release(path: string): void {
    const { landscape } = this.#bench
    this.#bench.request(landscape.ownedBy(path))
    if (landscape.existing === 0) this.#bench.request(landscape.ownedBy(''))
    else this.releaseUndeclared()
  }

  /** A machine is gone: what only it used, and the document no longer has, may go. */
  releaseUndeclared(): void {
    const shared = [...this.#bench.landscape.ownedBy('')]
    this.#bench.request(shared.filter((id) => !this.#isDeclared(id)))
  }

  look(id: string, turn: Turn): void {
    const { landscape, ports, now } = this.#bench
    const state = landscape.holdings.get(id)
    if (state === undefined) return
    this.#hear(state, turn, now)
    const world = worldFor(id, now, ports.sources)
    const wanted = this.#isWanted(state.record, world)
    const verdict = decideHolding({ ...state, wanted }, world)
    if (verdict.forget) {
      this.#forget(state, turn)
      return
    }
    if (verdict.record !== state.record) {
      state.record = verdict.record
      turn.put(KEYS.holding(landscape.desired.id, id), verdict.record)
      if (verdict.record.shape.kind === 'backends') this.#bench.request(landscape.notify(id))
    }
    if (verdict.steps.length > 0) {
      state.underWay = true
      state.touched = landscape.nextTouch()
    }
    turn.steps.push(...verdict.steps)
    this.#bench.settle(id, verdict.settled, verdict.wakeAt)
  }

  /** What all share stays while it is declared, or used; what follows a slot goes with that. */
  #isWanted({ id, owner, shape, location }: HoldingRecord, world: World): boolean {
    const { landscape } = this.#bench
    const { wish } = landscape.desired
    if (owner === '') return this.#isDeclared(id) || this.#isUsed(id)
    const slot = landscape.slots.get(owner)
    if (slot === undefined) return false
    if (shape.kind === 'backends') return isSetWanted(landscape.facts(slot), location, world)
    return (
      !slot.condition.gone ||
      (wish !== 'gone' && slot.record.retired === undefined && slot.node !== undefined)
    )
  }

  #isDeclared(id: string): boolean {
    const { desired, tree } = this.#bench.landscape
    return desired.wish !== 'gone' && sharedIds(tree).has(id)
  }

  /** Whether anything that exists, or follows a slot, was made with it. */
  #isUsed(id: string): boolean {
    const { existing, slots, trees } = this.#bench.landscape
    if (existing === 0) return false
    for (const { record } of slots.values())
      for (const { version } of incarnations(record)) {
        const tree = trees.get(version)
        if (tree === undefined || sharedIds(tree).has(id)) return true
      }
    return false
  }

  #hear(state: HoldingState, turn: Turn, now: number): void {
    const { landscape, news, ports } = this.#bench
    const { id } = state.record
    const heard = news.take(id)
    if (heard === undefined) return
    for (const outcome of heard.outcomes) this.#takeOutcome(state, outcome, worldFor(id, now, ports.sources))
    for (const seen of heard.resources.values()) this.#see(state, seen)
    if (heard.outcomes.length > 0) turn.put(KEYS.holding(landscape.desired.id, id), state.record)
    this.#bench.request(landscape.notify(id))
  }

  #takeOutcome(state: HoldingState, outcome: StepOutcome, world: World): void {
    const { record, notBefore } = takeHoldingOutcome(state, outcome, world)
    const { troubled } = this.#bench.landscape
    state.record = record
    state.notBefore = notBefore
    state.underWay = false
    state.seen = undefined
    const told = stateTold(outcome, record)
    if (told !== undefined) this.#tell(record, told)
    if (record.trouble === undefined) troubled.delete(record.id)
    else troubled.add(record.id)
  }

  #see(state: HoldingState, seen: ResourceState): void {
    state.seen = seen
    this.#tell(state.record, seen)
  }

  /** What a place says of a set of back ends is what its entity is observed by. */
  #tell({ owner, shape }: HoldingRecord, seen: ResourceState): void {
    const { landscape, news } = this.#bench
    const slot = landscape.slots.get(owner)
    if (shape.kind !== 'backends' || slot === undefined) return
    if (news.isOld(owner, seen, machineOf(seen, slot.observed))) return
    news.of(owner).resources.set(seen.token, seen)
    this.#bench.request([owner])
  }

  #forget(state: HoldingState, turn: Turn): void {
    const { landscape } = this.#bench
    const { id, owner } = state.record
    turn.delete(KEYS.holding(landscape.desired.id, id))
    this.#bench.request(landscape.removeHolding(state))
    if (owner !== '') this.#bench.request([owner])
  }
}

/** What an answer says of the resource itself. */
function stateTold(
  { answer }: StepOutcome,
  { stage, token, shape }: HoldingRecord,
): ResourceState | undefined {
  if ('resource' in answer) return answer.resource
  return stage === 'gone' ? { token, kind: shape.kind, state: 'absent' } : undefined
}
