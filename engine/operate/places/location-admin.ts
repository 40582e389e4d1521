import type { ChangeOptions, Outcome } from '../engine-api.js'
import type { LocationRecord } from '../../ports/location.js'
import { incarnations } from '../../reconcile/facts/condition.js'
import { KEYS } from '../../reconcile/facts/keys.js'
import type { Application } from '../application.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import type { Entry } from '../../store/store.js'
import type { Json, JsonObject } from '../../support/json.js'
import { isSealedSecret } from '../../support/secret.js'
import type { LocationView } from '../../entity/view.js'
import type { Place, Places } from './places.js'
import type { Registry } from '../registry.js'

/** What `test` of a location says, one line for each thing tried. */
export type LocationTest = readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]

/** The configured locations: from files, built in, or added over REST. */
export class LocationAdmin {
  readonly #places: Places
  readonly #registry: Registry

  constructor(places: Places, registry: Registry) {
    this.#places = places
    this.#registry = registry
  }

  /** Opens what is configured and what was added; one that cannot be opened is logged, not fatal. */
  open(
    configured: readonly { readonly record: LocationRecord; readonly origin: Place['origin'] }[],
    stored: readonly Entry[],
  ): void {
    this.#places.openNowhere()
    const added = stored.map((entry) => ({
      record: entry.value as unknown as LocationRecord,
      origin: 'rest' as const,
    }))
    for (const { record, origin } of [...configured, ...added]) {
      const failure = this.#places.open(record, origin)
      if (failure === undefined) continue
      this.#registry.ports.log.error('a location could not be opened', {
        location: record.name,
        reason: failure.message,
      })
    }
  }

  list(): readonly LocationView[] {
    return this.#places.all().map((place) => this.#view(place))
  }

  async add(record: LocationRecord, options: ChangeOptions): Promise<Outcome<LocationView>> {
    const known = this.#places.get(record.name)
    if (known !== undefined && known.origin !== 'rest') return configuredElsewhere(record.name, known)
    if (known !== undefined) await this.#places.close(record.name)
    const owned = { ...record, tenant: options.by.tenant }
    const failure = this.#places.open(owned, 'rest')
    const place = this.#places.get(record.name)
    if (failure !== undefined || place === undefined) {
      // Nothing was changed: who was there goes on as configured before.
      if (known !== undefined) this.#places.open(known.record, 'rest')
      return { kind: 'invalid', reason: failure?.message ?? 'it could not be opened' }
    }
    await this.#registry.ports.books.commit([{ kind: 'put', key: KEYS.location(record.name), value: owned }])
    for (const application of this.#registry.applications.values()) application.keeper.wakeAll()
    return { kind: 'accepted', value: this.#view(place) }
  }

  async remove(name: string): Promise<Outcome<LocationView>> {
    const place = this.#places.get(name)
    if (place === undefined) return { kind: 'not-found', what: `location ${name}` }
    if (place.origin !== 'rest') return configuredElsewhere(name, place)
    const view = this.#view(place)
    const holdings = this.#sum(({ landscape }) => madeAt(landscape, name))
    const containers = this.#sum(({ runs }) => containersAt(runs, name))
    if (view.inUse + holdings + containers > 0) return inUse({ entities: view.inUse, holdings, containers })
    await this.#registry.ports.books.erase([KEYS.location(name)])
    await this.#places.close(name)
    return { kind: 'accepted', value: view }
  }

  async test(name: string): Promise<Outcome<LocationTest>> {
    const place = this.#places.get(name)
    if (place === undefined) return { kind: 'not-found', what: `location ${name}` }
    return {
      kind: 'accepted',
      value: await place.desk.location.test({ signal: new AbortController().signal }),
    }
  }

  #view(place: Place): LocationView {
    const { name, driver, config } = place.record
    return {
      name,
      driver,
      config: withoutSecrets(config),
      origin: place.origin,
      inUse: this.#sum(({ landscape }) => residents(landscape, name)),
      circuit: place.desk.circuit,
      silent: place.desk.silent,
    }
  }

  #sum(count: (application: Application) => number): number {
    return [...this.#registry.applications.values()].reduce((sum, one) => sum + count(one), 0)
  }
}

/** Entities of which something is at a location, or on its way out there. */
function residents({ slots }: Landscape, location: string): number {
  return countIf(slots.values(), ({ record }) =>
    incarnations(record).some((one) => one.location === location),
  )
}

/** Networks and volumes that were made at a location and are not known to be gone. */
function madeAt({ holdings }: Landscape, location: string): number {
  return countIf(
    holdings.values(),
    ({ record }) => record.location === location && !record.brought && record.stage !== 'gone',
  )
}

/** Containers that workflows run at a location. */
function containersAt({ desk }: Pick<Application['runs'], 'desk'>, location: string): number {
  const running = desk.underWay().filter(({ request }) => {
    return request.kind === 'container' && request.location === location
  })
  return new Set(running.map(({ token }) => token)).size
}

function countIf<T>(all: Iterable<T>, holds: (one: T) => boolean): number {
  let count = 0
  for (const one of all) if (holds(one)) count += 1
  return count
}

function inUse(use: {
  readonly entities: number
  readonly holdings: number
  readonly containers: number
}): Outcome<LocationView> {
  const made = use.holdings === 0 ? '' : `, and ${use.holdings} networks and volumes of ours`
  const run = use.containers === 0 ? '' : `, and ${use.containers} containers of workflows`
  return { kind: 'conflict', reason: `${use.entities} entities are there${made}${run}`, moved: [] }
}

function configuredElsewhere(name: string, place: Place): Outcome<LocationView> {
  const how = place.origin === 'file' ? 'by a file' : 'by the product'
  return { kind: 'conflict', reason: `location ${name} is configured ${how}`, moved: [] }
}

/** A configuration with the names of its secrets in their place. */
function withoutSecrets(config: JsonObject): JsonObject {
  const text = JSON.stringify(config, (_key, value: Json) =>
    isSealedSecret(value) ? `<secret ${value.name}>` : value,
  )
  return JSON.parse(text) as JsonObject
}
