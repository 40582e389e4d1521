import { childPath, parentPath } from '../../entity/path.js'
import type { HostedPolicy, PolicyHost } from '../../policy/policy-host.js'
import type { Origin, Reading } from '../../ports/policy.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import { sensorValue } from '../../reconcile/facts/sensors.js'
import { sameJson, type Json } from '../../support/json.js'
import type { KeptApplication } from '../kept-application.js'

/**
 * Tells policies and enrichers of sensors that nobody samples: those that follow from the books (health, addresses, counts),
 * that operations set, and that an entity has from what is below it. Each is told when it has changed, with null when it was taken
 * away, and to nobody where nobody asked.
 */
export class ReadingFeed {
  readonly #application: KeptApplication
  readonly #host: PolicyHost
  /** Last told values by entity, then sensor. */
  readonly #told = new Map<string, Map<string, Json>>()

  constructor(application: KeptApplication, host: PolicyHost) {
    this.#application = application
    this.#host = host
  }

  /** Something about an entity has changed, and so perhaps about those that it is in, or a member of. */
  changed(path: string, at: number): void {
    for (let one: string | undefined = path; one !== undefined; one = parentPath(one)) this.#look(one, at)
    for (const group of this.#host.groupsOf(path)) this.#look(group, at)
  }

  /** A sensor of an entity was told: what it is in may answer with it. */
  sampled(path: string, at: number): void {
    const parent = parentPath(path)
    if (parent !== undefined) this.changed(parent, at)
  }

  drop(path: string): void {
    this.#told.delete(path)
  }

  /** Tells a derived enricher what all of its sources say now. */
  prime(hosted: HostedPolicy, at: number): void {
    this.#tellAll(hosted, at, () => true)
  }

  /** Tells an enricher at a group what those say that have come to it. */
  joined(hosted: HostedPolicy, members: readonly string[], at: number): void {
    const come = new Set(members)
    this.#tellAll(hosted, at, (path) => come.has(path))
  }

  #tellAll({ entity, name, policy }: HostedPolicy, at: number, isMeant: (path: string) => boolean): void {
    const { landscape } = this.#application.sources
    const readings = policy.interest.sensors.flatMap(({ of, sensor, orNull }) =>
      [...pathsOf(of, entity, landscape)]
        .filter(isMeant)
        .flatMap((path) =>
          (sensor === undefined ? this.#namesOf(path) : [sensor]).flatMap((one) =>
            this.#reading(path, one, at, orNull),
          ),
        ),
    )
    for (const reading of readings) this.#host.tell(entity, name, reading)
  }

  #reading(path: string, sensor: string, at: number, orNull = false): readonly Reading[] {
    const value = sensorValue(this.#application.sources, path, sensor) ?? (orNull ? null : undefined)
    return value === undefined ? [] : [{ kind: 'sensor', at, entity: path, sensor, value }]
  }

  #look(path: string, at: number): void {
    if (!this.#host.cares(path)) return
    const { sources } = this.#application
    for (const sensor of this.#host.sensorsWanted(path)) {
      if (sources.board.value(path, sensor) !== undefined) continue
      const value = sensorValue(sources, path, sensor) ?? null
      if (!this.#isNew(path, sensor, value)) continue
      this.#host.observe({ kind: 'sensor', at, entity: path, sensor, value })
    }
  }

  #isNew(path: string, sensor: string, value: Json): boolean {
    const known = this.#told.get(path)
    if (sameJson(known?.get(sensor) ?? null, value)) return false
    if (known === undefined) this.#told.set(path, new Map([[sensor, value]]))
    else known.set(sensor, value)
    return true
  }

  /** The sensors that an entity has of its own. */
  #namesOf(path: string): readonly string[] {
    const { landscape, board } = this.#application.sources
    const set = Object.keys(landscape.slots.get(path)?.observed?.attributes ?? {})
    return [...new Set([...board.of(path).map(({ name }) => name), ...set])]
  }
}

function pathsOf(of: Origin, entity: string, landscape: Landscape): Iterable<string> {
  if (of === 'self') return [entity]
  if (of === 'members') return landscape.roles.get(entity)?.slots.keys() ?? landscape.groups.membersOf(entity)
  if (typeof of === 'object') return [of.path]
  const node = landscape.tree.at(entity)
  return node?.children.map(({ spec }) => childPath(entity, spec.name)) ?? []
}
