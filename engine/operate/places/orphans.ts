import type { Location, OwnedResource } from '../../ports/location.js'
import { incarnations } from '../../reconcile/facts/condition.js'
import type { Cancel } from '../../support/clock.js'
import { failureOf } from '../../support/failure.js'
import type { OrphanView } from '../../entity/view.js'
import type { Application, ApplicationPorts } from '../application.js'
import { leaseEnd } from '../lease.js'

/** Milliseconds that an unknown object must have been seen for before it may be removed: longer than any call. */
const IN_FLIGHT_WINDOW = 180_000

type Unbooked = OrphanView & Pick<OwnedResource, 'kind'>

interface Sighting {
  readonly since: number
  readonly seen: number
}

/**
 * Finds what nobody seems to need: what has outlived its lease, which is told and left alone, and objects at the far ends
 * that carry this engine's mark and are in no book. Of these only what was absent from the books in
 * two looks, longer apart than anything in flight can last, is removed; reported at once.
 */
export class Orphans {
  readonly #ports: ApplicationPorts
  readonly #applications: ReadonlyMap<string, Application>
  readonly #sightings = new Map<string, Sighting>()
  #cancel: Cancel | undefined

  constructor(applications: ReadonlyMap<string, Application>, ports: ApplicationPorts) {
    this.#applications = applications
    this.#ports = ports
  }

  /** Collects every so many milliseconds until closed; two looks must find an object before it is removed. */
  collectEvery(period: number): void {
    this.#cancel = this.#ports.clock.schedule(period, () => {
      this.collect()
        .catch((thrown: unknown) => {
          this.#ports.log.warn('orphans could not be collected', { reason: failureOf(thrown).message })
        })
        .finally(() => {
          if (this.#cancel !== undefined) this.collectEvery(period)
        })
    })
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** What is in no book, and what of this tenant has outlived its lease. */
  async list(tenant: string): Promise<readonly OrphanView[]> {
    return [...(await this.#inNoBook()), ...this.#outlived(tenant)]
  }

  /** Nothing is done about them: that is for people, and policies. */
  #outlived(tenant: string): readonly OrphanView[] {
    const now = this.#ports.clock.now()
    return [...this.#applications.values()].flatMap(({ id, landscape }) => {
      const { desired } = landscape
      const since = leaseEnd(landscape) ?? Infinity
      if (desired.tenant !== tenant || desired.wish === 'gone' || since > now) return []
      const { name } = desired
      const about = { name, token: id, application: id, entity: '', location: '' }
      return [{ why: 'lease-ended', kind: 'application', ...about, seen: 0, since } as const]
    })
  }

  /** Looks once at every location. */
  async #inNoBook(): Promise<readonly Unbooked[]> {
    const known = this.#knownTokens()
    const found: Unbooked[] = []
    for (const { desk } of this.#ports.places.all()) {
      const owned = await this.#ownedAt(desk.location)
      const unknown = owned.filter((one) => !known.has(one.token))
      found.push(...unknown.map((one) => this.#sight(desk.location.name, one)))
    }
    this.#forgetOthers(found)
    return found
  }

  /** What a location lists as ours; nothing when it cannot be asked, which removes nothing. */
  async #ownedAt(location: Location): Promise<readonly OwnedResource[]> {
    try {
      return await location.listOwned(this.#ports.engineId, { signal: new AbortController().signal })
    } catch (thrown) {
      const reason = failureOf(thrown).message
      this.#ports.log.warn('a location could not be listed', { location: location.name, reason })
      return []
    }
  }

  /** Removes what has been an orphan for longer than the window; gives what was removed. */
  async collect(): Promise<readonly OrphanView[]> {
    const now = this.#ports.clock.now()
    const due = (await this.#inNoBook()).filter(
      (orphan) => orphan.seen >= 2 && now - orphan.since >= IN_FLIGHT_WINDOW,
    )
    const removed: OrphanView[] = []
    for (const orphan of due) {
      const location = this.#ports.places.get(orphan.location)?.desk.location
      const ref = {
        token: orphan.token,
        kind: orphan.kind,
        name: orphan.name,
        generation: Number.MAX_SAFE_INTEGER,
      }
      const [answer] = (await location?.destroy([ref], { signal: new AbortController().signal })) ?? []
      this.#ports.log.info('orphan removed', {
        location: orphan.location,
        name: orphan.name,
        answer: answer?.kind,
      })
      if (answer?.kind === 'done') removed.push(orphan)
    }
    return removed
  }

  #knownTokens(): ReadonlySet<string> {
    const tokens = new Set<string>()
    for (const { landscape, runs } of this.#applications.values()) {
      for (const { token } of runs.desk.underWay()) tokens.add(token)
      for (const slot of landscape.slots.values())
        for (const one of incarnations(slot.record)) tokens.add(one.token)
      for (const holding of landscape.holdings.values()) tokens.add(holding.record.token)
    }
    return tokens
  }

  #sight(location: string, one: OwnedResource): Unbooked {
    const key = `${location} ${one.token}`
    const old = this.#sightings.get(key)
    const sighting = { since: old?.since ?? this.#ports.clock.now(), seen: (old?.seen ?? 0) + 1 }
    this.#sightings.set(key, sighting)
    return {
      why: 'in-no-book',
      location,
      kind: one.kind,
      name: one.name,
      token: one.token,
      application: one.marks?.application ?? '',
      entity: one.marks?.entity ?? '',
      ...sighting,
    }
  }

  #forgetOthers(found: readonly OrphanView[]): void {
    const keys = new Set(found.map((orphan) => `${orphan.location} ${orphan.token}`))
    for (const key of this.#sightings.keys()) if (!keys.has(key)) this.#sightings.delete(key)
  }
}
