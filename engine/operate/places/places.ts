import { Subject } from 'rxjs'
import type { Location, LocationFactory, LocationRecord } from '../../ports/location.js'
import type { Clock } from '../../support/clock.js'
import { failureOf, type FailureRecord } from '../../support/failure.js'
import { isJsonObject, type Json } from '../../support/json.js'
import type { Log } from '../../support/log.js'
import { isSealedSecret, type Seal } from '../../support/secret.js'
import type { Keeper } from '../../reconcile/keep/keeper.js'
import { LocationDesk } from '../../reconcile/keep/location-desk.js'
import { Observer } from '../../reconcile/look/observer.js'
import { NOWHERE } from '../../reconcile/facts/placement.js'
import { nowhere } from './nowhere.js'
import { rated } from '../../reconcile/keep/rated-location.js'

/** A configured location that is open. */
export interface Place {
  readonly record: LocationRecord
  readonly origin: 'file' | 'rest' | 'built-in'
  readonly desk: LocationDesk
  readonly observer: Observer
}

interface PlacePorts {
  readonly clock: Clock
  readonly log: Log
  readonly seal: Seal
}

/** The open locations by name, each with its desk and its observer. */
export class Places {
  readonly #factories: ReadonlyMap<string, LocationFactory>
  readonly #keepers: ReadonlyMap<string, Keeper>
  readonly #ports: PlacePorts
  readonly #places = new Map<string, Place>()
  readonly #closed$ = new Subject<void>()

  constructor(
    factories: readonly LocationFactory[],
    keepers: ReadonlyMap<string, Keeper>,
    ports: PlacePorts,
  ) {
    this.#factories = new Map(factories.map((factory) => [factory.driver, factory]))
    this.#keepers = keepers
    this.#ports = ports
  }

  /** Those where something can be put. */
  all(): readonly Place[] {
    return [...this.#places.values()].filter(({ record }) => record.name !== NOWHERE)
  }

  get(name: string): Place | undefined {
    return this.#places.get(name)
  }

  /** Opens a location, its secrets for the driver alone, or says why its record is at fault. */
  open(record: LocationRecord, origin: Place['origin']): FailureRecord | undefined {
    const factory = this.#factories.get(record.driver)
    if (factory === undefined) {
      const known = [...this.#factories.keys()].join(', ')
      return { cause: 'invalid', retry: 'never', message: `no driver "${record.driver}"; there are ${known}` }
    }
    try {
      const config = unsealed(record.config, this.#ports.seal) as LocationRecord['config']
      this.#add(record, origin, rated(factory.open({ ...record, config }), this.#ports.clock))
      return undefined
    } catch (thrown) {
      return failureOf(thrown)
    }
  }

  /** Opens the place of what has no machine. */
  openNowhere(): void {
    const record = { kind: 'location', tenant: '', name: NOWHERE, driver: 'nowhere', config: {} } as const
    this.#add(record, 'built-in', nowhere())
  }

  #add(record: LocationRecord, origin: Place['origin'], location: Location): void {
    const desk = new LocationDesk(location, this.#ports.clock)
    const observer = new Observer(desk, this.#keepers, this.#ports)
    this.#places.set(record.name, { record, origin, desk, observer })
    observer.start(this.#closed$)
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

/** Danger: the clear text. It goes to the driver and is kept nowhere else. */
function unsealed(value: Json, seal: Seal): Json {
  if (Array.isArray(value)) return value.map((part: Json) => unsealed(part, seal))
  if (isSealedSecret(value)) return seal.open(value).reveal()
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unsealed(part, seal)]))
}
