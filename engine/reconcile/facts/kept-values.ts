import type { KeptRecord } from '../../entity/kept.js'
import type { Json } from '../../support/json.js'
import { tellsIll } from './told-health.js'

/** The kept values of one application's sensors in memory, as they are in the store. */
export class KeptValues {
  readonly #of = new Map<string, Map<string, KeptRecord>>()
  readonly #ailing = new Set<string>()

  /** Takes a record in that is durable. */
  note(record: KeptRecord): void {
    const known = this.#of.get(record.path)
    if (known === undefined) this.#of.set(record.path, new Map([[record.sensor, record]]))
    else known.set(record.sensor, record)
    this.#weigh(record.path)
  }

  /** Paths of the entities of which it is kept that something is wrong with them. */
  get ailing(): ReadonlySet<string> {
    return this.#ailing
  }

  #weigh(path: string): void {
    if (this.of(path).some(tellsIll)) this.#ailing.add(path)
    else this.#ailing.delete(path)
  }

  /** Whether nothing is kept of anybody. */
  get isEmpty(): boolean {
    return this.#of.size === 0
  }

  record(path: string, sensor: string): KeptRecord | undefined {
    return this.#of.get(path)?.get(sensor)
  }

  /** All of one entity. */
  of(path: string): readonly KeptRecord[] {
    return [...(this.#of.get(path)?.values() ?? [])]
  }

  all(): readonly KeptRecord[] {
    return [...this.#of.values()].flatMap((records) => [...records.values()])
  }

  /** The value as it may be shown: a secret is its name. */
  value(path: string, sensor: string): Json | undefined {
    const record = this.record(path, sensor)
    return record === undefined ? undefined : shownKept(record)
  }

  /** Forgets one value. */
  clear(path: string, sensor: string): void {
    this.#of.get(path)?.delete(sensor)
    this.#weigh(path)
  }

  /** Forgets an entity that is gone; gives what it had. */
  drop(path: string): readonly KeptRecord[] {
    const dropped = this.of(path)
    this.#of.delete(path)
    this.#ailing.delete(path)
    return dropped
  }
}

/** The key under which the name of an entity for people is kept, where that was set. */
export const NAME_SETTING = ''

/** Who asked for a config key of whomever; no entity's path has a colon. */
export function configTarget(key: string): string {
  return `config:${key}`
}

/** A kept value as it may be shown. */
export function shownKept({ value, secret, sensor }: KeptRecord): Json {
  return secret ? `<secret ${sensor}>` : value
}
