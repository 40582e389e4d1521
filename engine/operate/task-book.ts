import { KEYS } from '../reconcile/facts/keys.js'
import type { Change } from '../store/store.js'
import type { TaskRecord } from '../task/task.js'
import type { JsonObject } from '../support/json.js'

/** Tasks kept for each application; the oldest ended ones go first. */
const KEPT = 500

/** The task records of one application: in memory, and in the store where they say more than the books do. */
export class TaskBook {
  readonly #application: string
  readonly #tasks = new Map<string, TaskRecord>()

  constructor(application: string) {
    this.#application = application
  }

  /** Takes a stored record in. */
  load(task: TaskRecord): void {
    this.#tasks.set(task.id, task)
  }

  get(id: string): TaskRecord | undefined {
    return this.#tasks.get(id)
  }

  /** Newest first; of one entity, or of all. */
  list(entity?: string): readonly TaskRecord[] {
    const all = [...this.#tasks.values()].filter((task) => entity === undefined || task.entity === entity)
    return all.reverse()
  }

  /** Operations on the application that have not ended. */
  open(): readonly TaskRecord[] {
    return [...this.#tasks.values()].filter(
      (task) => task.state === 'running' && task.generation !== undefined,
    )
  }

  /** What entities were asked for and what has not ended. */
  asked(): readonly TaskRecord[] {
    return [...this.#tasks.values()].filter((task) => task.state === 'running' && task.asked !== undefined)
  }

  /** Ends the operations that are under way, all in one way. */
  endAll(how: Pick<TaskRecord, 'state' | 'endedAt' | 'failure'>): readonly Change[] {
    return this.open().flatMap((task) => this.put({ ...task, ...how }))
  }

  /** Puts a record in; gives what must be written for it, and for what had to go. */
  put(task: TaskRecord): readonly Change[] {
    this.#tasks.delete(task.id)
    this.#tasks.set(task.id, task)
    const changes: Change[] = [
      { kind: 'put', key: KEYS.task(this.#application, task.id), value: task as unknown as JsonObject },
    ]
    for (const old of this.#tasks.values()) {
      if (this.#tasks.size <= KEPT) break
      if (old.state === 'running') continue
      this.#tasks.delete(old.id)
      changes.push({ kind: 'delete', key: KEYS.task(this.#application, old.id) })
    }
    return changes
  }

  /** Keys of all records, for erasing. */
  keys(): readonly string[] {
    return [...this.#tasks.keys()].map((id) => KEYS.task(this.#application, id))
  }
}
