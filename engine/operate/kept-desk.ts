import type { KeptRecord } from '../entity/kept.js'
import { isWithin } from '../entity/path.js'
import { shownKept, type KeptValues } from '../reconcile/facts/kept-values.js'
import { KEYS } from '../reconcile/facts/keys.js'
import type { Landscape } from '../reconcile/facts/landscape.js'
import { livingWithin } from '../reconcile/facts/living.js'
import type { SensorSpec } from '../spec/entity-spec.js'
import { BATCH_LIMITS, type Change } from '../store/store.js'
import { failureOf } from '../support/failure.js'
import { isJsonObject, sameJson, type Json, type JsonObject } from '../support/json.js'
import { newPassword } from '../support/password.js'
import type { KeptApplication, KeptPorts, Reasons, ToldReason } from './kept-application.js'

/** What is told of a value once it is durable. */
export type Told = (path: string, sensor: string, value: Json, at: number) => void

/** A value that is to be kept. */
export interface KeptWish {
  readonly path: string
  readonly sensor: string
  readonly value: Json
}

/** What is kept, and under which keys. */
export interface KeptBook {
  values(landscape: Landscape): KeptValues
  key(application: string, path: string, name: string): string
}

const KEPT_SENSORS: KeptBook = { values: ({ kept }) => kept, key: KEYS.kept }

/** Config values that were set, and names. */
export const SETTINGS: KeptBook = { values: ({ settings }) => settings, key: KEYS.setting }

/** The desks of one application. */
export interface KeptDesks {
  readonly kept: KeptDesk
  readonly settings: KeptDesk
}

/**
 * The one writer of one application's kept values. One change after another, each durable before anybody can read it, so
 * that what was made once is not made again and no two changes are made from the same value.
 */
export class KeptDesk implements Reasons {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #told: Told
  readonly #book: KeptBook
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(application: KeptApplication, ports: KeptPorts, told: Told, book: KeptBook = KEPT_SENSORS) {
    this.#book = book
    this.#application = application
    this.#ports = ports
    this.#told = told
  }

  get #values(): KeptValues {
    return this.#book.values(this.#application.landscape)
  }

  close(): void {
    this.#closed = true
  }

  /**
   * Sets values by what all of them are; `beside` is written in the same batch. What is so already is not told again.
   */
  change(
    decide: (kept: KeptValues) => readonly KeptWish[],
    beside: () => readonly Change[] = () => [],
  ): Promise<void> {
    return this.#next(async () => {
      const kept = this.#values
      const at = this.#ports.clock.now()
      const records = decide(kept)
        .filter(({ path, sensor, value }) => !isSame(kept.value(path, sensor), value))
        .map((wish): KeptRecord => ({ kind: 'kept', ...wish, secret: false, at }))
      await this.#write(records, beside())
    })
  }

  /**
   * Sets a value from what it was, which is undefined where there is none, or is to be none; what `beside` gives is written in
   * the same batch. Gives the value as it is then.
   */
  set(
    path: string,
    sensor: string,
    change: (known: Json | undefined) => Json | undefined,
    beside: (value: Json | undefined) => readonly Change[] = () => [],
  ): Promise<Json | undefined> {
    return this.#next(async () => {
      const known = this.#values.value(path, sensor)
      const value = change(known)
      const others = beside(value)
      if (value === undefined) await this.#clear(path, sensor, others)
      else if (known === undefined || !sameJson(known, value)) {
        const at = this.#ports.clock.now()
        await this.#write([{ kind: 'kept', path, sensor, value, secret: false, at }], others)
      } else if (others.length > 0) await this.#ports.books.commit(others)
      return value
    })
  }

  /** Puts one reason into a map of them, whoever else writes it; null takes it out. */
  reason({ path, sensor, name, value }: ToldReason): void {
    void this.set(path, sensor, (known) => withReason(known, name, value)).catch((thrown: unknown) => {
      this.#ports.log.warn('a reason could not be kept', { reason: failureOf(thrown).message })
    })
  }

  async #clear(path: string, sensor: string, beside: readonly Change[]): Promise<void> {
    const kept = this.#values
    const record = kept.record(path, sensor)
    const gone: readonly Change[] = record === undefined ? [] : [{ kind: 'delete', key: this.#key(record) }]
    if (gone.length + beside.length > 0) await this.#ports.books.commit([...gone, ...beside])
    if (record === undefined) return
    kept.clear(path, sensor)
    this.#told(path, sensor, null, this.#ports.clock.now())
  }

  /** Keeps what is kept of an entity, and of all inside of it, also for the one that it is to become. */
  copy(from: string, to: string): Promise<void> {
    return this.#next(() =>
      this.#write(
        this.#within(from).map((record) => ({ ...record, path: `${to}${record.path.slice(from.length)}` })),
      ),
    )
  }

  /** Erases what is kept of an entity that is not there any more, and of all inside of it. */
  eraseWithin(path: string): Promise<void> {
    return this.#next(async () => {
      const gone = this.#within(path)
      await this.#ports.books.erase(gone.map((record) => this.#key(record)))
      for (const record of gone) this.#values.clear(record.path, record.sensor)
    })
  }

  #within(path: string): readonly KeptRecord[] {
    return this.#values.all().filter((record) => isWithin(record.path, path))
  }

  /** Makes what is to be made once for each entity at or below a path, and is not there yet. */
  make(within?: string): void {
    const { landscape } = this.#application
    if (landscape.desired.wish === 'gone' || [...this.#missing(within)].length === 0) return
    this.#background('what is made once could not be kept', async () => {
      await this.#write([...this.#missing(within)].map(([path, sensor]) => this.#made(path, sensor)))
    })
  }

  /** Erases what an entity had that has left the books. */
  forget(path: string): void {
    const records = this.#values.drop(path)
    if (records.length === 0) return
    this.#background('kept values could not be erased', () =>
      this.#ports.books.erase(records.map((record) => this.#key(record))),
    )
  }

  *#missing(within: string | undefined): Iterable<readonly [path: string, sensor: SensorSpec]> {
    const { landscape } = this.#application
    for (const { path, node } of livingWithin(landscape, within))
      for (const sensor of node.spec.sensors)
        if (sensor.source.kind === 'made' && this.#values.record(path, sensor.name) === undefined)
          yield [path, sensor]
  }

  #made(path: string, { name, source }: SensorSpec): KeptRecord {
    const at = this.#ports.clock.now()
    const common = { kind: 'kept', path, sensor: name, at } as const
    if (source.kind !== 'made' || source.what.kind === 'moment')
      return { ...common, value: at, secret: false }
    const value = this.#ports.seal.seal(name, newPassword(source.what, this.#ports.random))
    return { ...common, value, secret: true }
  }

  /** In as few batches as the store takes; what is beside them is in the last one. */
  async #write(records: readonly KeptRecord[], beside: readonly Change[] = []): Promise<void> {
    const puts = records.map((record): Change => ({
      kind: 'put',
      key: this.#key(record),
      value: record as unknown as JsonObject,
    }))
    const changes = [...puts, ...beside]
    for (let at = 0; at < changes.length; at += BATCH_LIMITS.keys)
      await this.#ports.books.commit(changes.slice(at, at + BATCH_LIMITS.keys))
    for (const record of records) {
      this.#values.note(record)
      this.#told(record.path, record.sensor, shownKept(record), record.at)
    }
  }

  #key({ path, sensor }: KeptRecord): string {
    return this.#book.key(this.#application.id, path, sensor)
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Fenced, or a medium that is broken for good: who takes over makes what is missing. */
  #background(message: string, work: () => Promise<void>): void {
    this.#next(() => (this.#closed ? Promise.resolve() : work())).catch((thrown: unknown) => {
      this.#ports.log.warn(message, { reason: failureOf(thrown).message })
    })
  }
}

function withReason(known: Json | undefined, name: string, value: Json): Json | undefined {
  const { [name]: _before, ...others } = isJsonObject(known) ? known : {}
  const reasons = value === null ? others : { ...others, [name]: value }
  return Object.keys(reasons).length === 0 ? undefined : reasons
}

function isSame(known: Json | undefined, value: Json): boolean {
  return known !== undefined && sameJson(known, value)
}
