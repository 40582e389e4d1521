import {
  APPLICATION_LIFE,
  ENTITY_LIFE,
  INCARNATION_LIFE,
  mayMove,
  required,
  type ApplicationState,
  type ApplicationStatus,
  type Change,
  type EntityState,
  type Incarnation,
  type IncarnationStage,
  type JsonObject,
  type Move,
  type ObservedRecord,
  type SlotRecord,
} from '../../engine/index.js'

/** What was seen of one entity at one commit. */
export interface Sighting {
  readonly path: string
  readonly state: EntityState
  readonly up: boolean
}

/**
 * Watches every commit of a store: each incarnation, entity and application may only make the moves of its table, and an
 * incarnation that is on its way out never comes back. What breaks this is collected in `breaches`.
 */
export class LifeWatch {
  readonly breaches: string[] = []
  /** How entities were shown, in order. */
  readonly shown: Sighting[] = []
  /** How applications were shown, in order. */
  readonly states: ApplicationState[] = []
  /** Most incarnations at once by role path, leaving ones counted, but not those that a place has fenced. */
  readonly most: Map<string, number> = new Map<string, number>()
  readonly #slots = new Map<string, SlotRecord>()
  readonly #stages = new Map<string, IncarnationStage>()
  readonly #entities = new Map<string, EntityState>()
  readonly #applications = new Map<string, ApplicationState>()

  /** Takes one commit in. */
  see(changes: readonly Change[]): void {
    for (const change of changes) this.#take(change)
    this.#count()
  }

  /** Whether the far end's object with this token is the one that realises its slot. */
  isCurrent(token: string): boolean {
    return [...this.#slots.values()].some((slot) => slot.current?.token === token)
  }

  #take(change: Change): void {
    const [kind] = change.key.split('/')
    if (change.kind === 'delete') this.#forget(change.key)
    else if (kind === 'slot') this.#slot(change.key, asSlot(change.value))
    else if (kind === 'seen') this.#seen(change.key, asObserved(change.value))
    else if (kind === 'status') this.#status(change.key, asStatus(change.value))
  }

  /** What is forgotten is gone, and must have been on its way there. */
  #forget(key: string): void {
    this.#slots.delete(key)
    if (this.#entities.has(key)) this.#move(ENTITY_LIFE, this.#entities, key, 'gone')
    this.#entities.delete(key)
  }

  #slot(key: string, record: SlotRecord): void {
    const before = this.#slots.get(key)
    this.#slots.set(key, record)
    for (const one of record.leaving) this.#incarnation(key, one)
    if (record.current !== undefined) this.#incarnation(key, record.current)
    if (before === undefined) return
    if (record.next < before.next)
      this.breaches.push(`${key}: next went from ${before.next} to ${record.next}`)
    const current = record.current?.number ?? 0
    if (before.leaving.some((one) => one.number === current))
      this.breaches.push(`${key}: ${current} came back`)
    if (before.retired !== undefined && record.retired === undefined)
      this.breaches.push(`${key}: wanted again`)
  }

  #incarnation(key: string, { number, token, stage, generation, step }: Incarnation): void {
    // A slot that is forgotten and wanted again counts from 1 anew; tokens are never used twice.
    const name = `${key} #${number} ${token}`
    const from = this.#stages.get(name) ?? stage
    this.#stages.set(name, stage)
    // One commit may hold several moves of an incarnation.
    if (!mayReach(from, stage)) this.breaches.push(`${name}: ${from} → ${stage}`)
    if (step !== undefined && step.generation !== generation)
      this.breaches.push(`${key} #${number}: announced ${step.generation} at generation ${generation}`)
  }

  #seen(key: string, { path, shown }: ObservedRecord): void {
    if (shown === undefined) return
    this.#move(ENTITY_LIFE, this.#entities, key, shown.state)
    this.shown.push({ path, state: shown.state, up: shown.up })
  }

  #status(key: string, { state }: ApplicationStatus): void {
    this.#move(APPLICATION_LIFE, this.#applications, key, state)
    if (this.states.at(-1) !== state) this.states.push(state)
  }

  #move<State extends string>(
    table: readonly Move<State>[],
    known: Map<string, State>,
    key: string,
    to: State,
  ): void {
    const from = known.get(key)
    known.set(key, to)
    if (from === undefined || mayMove(table, from, to)) return
    const breach = `${from} → ${to}`
    if (!this.breaches.some((known) => known.endsWith(breach))) this.breaches.push(`${key}: ${breach}`)
  }

  #count(): void {
    const counts = new Map<string, number>()
    for (const { path, current, leaving } of this.#slots.values()) {
      const role = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      const mayRun = leaving.filter((one) => one.fenced !== true).length
      counts.set(role, (counts.get(role) ?? 0) + mayRun + (current === undefined ? 0 : 1))
    }
    for (const [role, count] of counts) this.most.set(role, Math.max(count, this.most.get(role) ?? 0))
  }
}

function mayReach(from: IncarnationStage, to: IncarnationStage): boolean {
  return from === to || INCARNATION_LIFE.some((move) => move.from === from && mayReach(move.to, to))
}

function asSlot(value: JsonObject): SlotRecord {
  return recordOf(value, 'slot') as unknown as SlotRecord
}

function asObserved(value: JsonObject): ObservedRecord {
  return recordOf(value, 'observed') as unknown as ObservedRecord
}

function asStatus(value: JsonObject): ApplicationStatus {
  return recordOf(value, 'status') as unknown as ApplicationStatus
}

function recordOf(value: JsonObject, kind: string): JsonObject {
  return required(value['kind'] === kind ? value : undefined, `a record of kind ${kind}`)
}
