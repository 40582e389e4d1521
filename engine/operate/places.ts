import { Subject } from 'rxjs'
import type { LocationFactory, LocationRecord } from '../ports/location.js'
import type { Clock } from '../support/clock.js'
import { failureOf, type FailureRecord } from '../support/failure.js'
import type { Log } from '../support/log.js'
import type { Keeper } from '../reconcile/keeper.js'
import { LocationDesk } from '../reconcile/location-desk.js'
import { Observer } from '../reconcile/observer.js'

/** A configured location that is open. */
export interface Place {
  readonly record: LocationRecord
  readonly origin: 'file' | 'rest' | 'built-in'
  readonly desk: LocationDesk
  readonly observer: Observer
}

/** The open locations by name, each with its desk and its observer. */
export class Places {
  readonly #factories: ReadonlyMap<string, LocationFactory>
  readonly #keepers: ReadonlyMap<string, Keeper>
  readonly #ports: { readonly clock: Clock; readonly log: Log }
  readonly #places = new Map<string, Place>()
  readonly #closed$ = new Subject<void>()

  constructor(
    factories: readonly LocationFactory[],
    keepers: ReadonlyMap<string, Keeper>,
    ports: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#factories = new Map(factories.map((factory) => [factory.driver, factory]))
    this.#keepers = keepers
    this.#ports = ports
  }

  all(): readonly Place[] {
    return [...this.#places.values()]
  }

  get(name: string): Place | undefined {
    return this.#places.get(name)
  }

  /** Opens a location, or says why its record is at fault. */
  open(record: LocationRecord, origin: Place['origin']): FailureRecord | undefined {
    const factory = this.#factories.get(record.driver)
    if (factory === undefined) {
      const known = [...this.#factories.keys()].join(', ')
      return { cause: 'invalid', retry: 'never', message: `no driver "${record.driver}"; there are ${known}` }
    }
    try {
      const desk = new LocationDesk(factory.open(record), this.#ports.clock)
      const observer = new Observer(desk, this.#keepers, this.#ports)
      this.#places.set(record.name, { record, origin, desk, observer })
      observer.start(this.#closed$)
      return undefined
    } catch (thrown) {
      return failureOf(thrown)
    }
  }

  /** Closes a location; what runs there goes on. */
  async close(name: string): Promise<void> {
    const place = this.#places.get(name)
    this.#places.delete(name)
    place?.observer.close()
    await place?.desk.location.close()
  }

  async closeAll(): Promise<void> {
    this.#closed$.next()
    this.#closed$.complete()
    await Promise.all([...this.#places.keys()].map((name) => this.close(name)))
  }
}
