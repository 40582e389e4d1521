import type { Clock } from '../../support/clock.js'
import type { Change } from '../../store/store.js'
import { WakeQueue } from '../../support/wake-queue.js'
import type { Condition } from '../facts/condition.js'
import type { Landscape, SlotState } from '../facts/landscape.js'
import type { LocationDesk } from './location-desk.js'
import { NewsBook } from '../facts/news.js'
import { RequestQueue } from './request-queue.js'
import type { Step, StepOutcome } from '../facts/step.js'
import type { WorldSources } from '../facts/tracked-world.js'

/** What a keeper needs from outside. */
export interface KeeperPorts {
  readonly clock: Clock
  readonly sources: WorldSources
  /** Makes changes durable; rejects only when this keeper must not go on (fenced). Retries a failing medium itself. */
  commit(changes: readonly Change[]): Promise<void>
  desk(location: string): LocationDesk | undefined
  /** Takes a step that is done by a workflow: 'not-ready' while it is under way. */
  workflow(step: Step, tell: (outcome: StepOutcome) => void): void
  /** Told when something changed that was read under a watch key. */
  watched(key: string): void
  /** Told after a slot was added; a member's is durable by then. */
  slotAdded(path: string): void
  /** Told after a slot's shown state changed and is durable. */
  conditionChanged(state: SlotState, before: Condition): void
  /** What was observed of it has changed, and how it is shown has not. */
  observedChanged(state: SlotState): void
  /** Asks for a near look at a machine that is expected to change. */
  heat(key: string, state: SlotState): void
  /** Told after the application's status changed and is durable. */
  statusChanged(): void
  /** Told of each step before it is taken and of each outcome, for tasks. */
  stepTaken(step: Step): void
  stepEnded(outcome: StepOutcome): void
  /** Told after an announced step of a slot was closed in its record: what it ran may have ended. */
  stepOver(state: SlotState): void
  /** Told after each turn. */
  turned(): void
  /** Told when the keeper cannot go on: fenced, a broken medium, or a fault of ours. It does nothing more. */
  broke(thrown: unknown): void
}

/** What those who keep one application's slots, roles, holdings and status have in common. */
export class Workbench {
  readonly landscape: Landscape
  readonly ports: KeeperPorts
  readonly queue: RequestQueue = new RequestQueue()
  readonly wakes: WakeQueue = new WakeQueue()
  readonly news: NewsBook = new NewsBook()
  /** Whether the wanted spec may have slots or roles that are not in memory yet. */
  incomplete = true

  constructor(landscape: Landscape, ports: KeeperPorts) {
    this.landscape = landscape
    this.ports = ports
  }

  get now(): number {
    return this.ports.clock.now()
  }

  /** Asks for these keys to be looked at. */
  request(keys: Iterable<string>): void {
    for (const key of keys) this.queue.add(key)
  }

  /** Notes whether a key is as wanted, and when to look again if nothing happens; 0 for not. */
  settle(key: string, settled: boolean, wakeAt = 0): void {
    if (settled) this.landscape.unsettled.delete(key)
    else this.landscape.unsettled.add(key)
    if (wakeAt > 0) this.wakes.set(key, wakeAt)
    else this.wakes.delete(key)
  }

  /** Notes a key that was only just added: not as wanted, to be looked at. */
  begin(key: string): void {
    this.landscape.unsettled.add(key)
    this.queue.add(key)
  }
}
