import type { DesiredRecord, VersionRecord } from '../entity/desired.js'
import type { Keeper } from '../reconcile/keep/keeper.js'
import type { Landscape } from '../reconcile/facts/landscape.js'
import type { WorldSources } from '../reconcile/facts/tracked-world.js'
import type { Change } from '../store/store.js'
import type { Json } from '../support/json.js'
import type { Actor, TaskRecord } from '../task/task.js'
import type { Asks } from './changes/asks.js'
import type { Books } from './books.js'
import type { Desire } from './changes/desire.js'
import type { Documents } from './changes/documents.js'
import type { EngineApi } from './engine-api.js'
import type { EnginePorts } from './engine-ports.js'
import type { Places } from './places/places.js'
import type { TaskBook } from './task-book.js'

/** What those who work for one application share with the engine. */
export interface KeptPorts extends EnginePorts {
  readonly engineId: string
  readonly books: Books
  readonly places: Places
  /** The applications of this engine. */
  readonly others: Others
}

/** What one application may do with others. */
export interface Others {
  /** Whether an id is somebody's, or was and is not forgotten. */
  isTaken(by: Actor, id: string): boolean
  deploy: EngineApi['deploy']
  application: EngineApi['application']
}

/** An application as its policies and tasks see it. */
export interface KeptApplication {
  readonly id: string
  readonly landscape: Landscape
  readonly keeper: Keeper
  readonly sources: WorldSources
  readonly tasks: TaskBook
  /** The kept versions of its document. */
  readonly versions: ReadonlyMap<number, VersionRecord>
  /** Changes the desired book by compare-and-set, together with `beside`. */
  desire(change: (desired: DesiredRecord) => Desire, options?: DesireOptions): Promise<Desired>
  /** What is added while it runs, and taken away again. */
  readonly documents: Pick<
    Documents,
    'alter' | 'current' | 'graft' | 'graftAll' | 'move' | 'prune' | 'restore'
  >
  /** Notes a value that an enricher gives a sensor, for all who ask; gives whether there is such an entity. */
  noteValue(path: string, sensor: string, value: Json): boolean
  /** What is kept of its entities, so far as an enricher may say something about it. */
  readonly kept: Reasons
  /** What entities are asked for by what they are. */
  readonly asks: Pick<Asks, 'find' | 'invoke' | 'ended'>
  /** Begins the task that stands for an operation; those it overtakes are superseded. */
  operation(
    name: string,
    by: Actor,
    about: { readonly reason: string; readonly entity?: string; readonly generation: number },
  ): { readonly task: TaskRecord; readonly changes: readonly Change[] }
  /** Writes a task's record. */
  record(task: TaskRecord): Promise<void>
}

/** Where it is kept how entities do by what somebody says. */
export interface Reasons {
  /** Puts one reason into a map of them, whoever else writes it; null takes it out. */
  reason(told: ToldReason): void
}

/** One reason by which an entity does ill. */
export interface ToldReason {
  readonly path: string
  readonly sensor: string
  readonly name: string
  readonly value: Json
}

/** What came of a wish to change what is desired. */
export type Desired =
  | { readonly kind: 'changed'; readonly desired: DesiredRecord }
  | { readonly kind: 'same' | 'conflict' }
  | { readonly kind: 'invalid' | 'quota'; readonly reason: string }

/** What a change of the desired book depends on, and what is written with it. */
export interface DesireOptions {
  readonly expect?: number | undefined
  readonly beside?: (desired: DesiredRecord) => readonly Change[]
}
