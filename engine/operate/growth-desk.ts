import type { Graft } from '../entity/graft.js'
import { childPath } from '../entity/path.js'
import { isTruthy, plain } from '../expression/value.js'
import { livingWithin } from '../reconcile/facts/living.js'
import { watchKey } from '../reconcile/facts/naming.js'
import { worldFor } from '../reconcile/facts/tracked-world.js'
import { slug } from '../reconcile/facts/naming.js'
import type { EntitySpec } from '../spec/entity-spec.js'
import { failureOf } from '../support/failure.js'
import { sameJson, type Json } from '../support/json.js'
import type { Documents } from './changes/documents.js'
import type { KeptApplication, KeptPorts } from './kept-application.js'

/** The name under which what an entity grows by itself is watched. */
export const GROWTH = 'children'

/** What is to be inside of an entity, by key; and the keys about which nothing is known now. */
interface Wanted {
  readonly wishes: ReadonlyMap<string, EntitySpec>
  readonly unknown: ReadonlySet<string>
}

/**
 * Adds what entities have inside of them only while something holds, and takes it away again: children on a condition, and a
 * group for each bucket of a group. What was added is a version of the document like every other, so nothing is added twice.
 */
export class GrowthDesk {
  readonly #application: KeptApplication & { readonly documents: Documents }
  readonly #ports: KeptPorts
  #last: Promise<unknown> = Promise.resolve()

  constructor(application: KeptApplication & { readonly documents: Documents }, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  /** Looks at every entity that grows. */
  attach(): void {
    const growing = [...livingWithin(this.#application.landscape)].filter(({ node }) => grows(node.spec))
    for (const { path } of growing) this.look(path)
  }

  /** Makes what is inside of one entity as it is to be; one after another. */
  look(path: string): void {
    this.#last = this.#last
      .then(() => this.#look(path))
      .catch((thrown: unknown) => {
        const reason = failureOf(thrown).message
        this.#ports.log.warn('what an entity has inside of it could not be changed', { entity: path, reason })
      })
  }

  async #look(path: string): Promise<void> {
    const { landscape, documents } = this.#application
    const spec = landscape.tree.at(path)?.spec
    if (spec === undefined || landscape.desired.wish === 'gone' || path.includes('*')) return
    const wanted = this.#wanted(path, spec)
    for (const [key, child] of wanted.wishes)
      if (!this.#isThere(key, child)) await this.#graft(path, key, child)
    for (const graft of documents.current.grafts.filter((one) => isOver(one, path, wanted)))
      await this.#prune(path, graft)
  }

  /** Whether an entity of this key is there and made from just this. */
  #isThere(key: string, spec: EntitySpec): boolean {
    const { landscape, documents } = this.#application
    const graft = documents.current.grafts.find((one) => one.key === key)
    const known =
      graft === undefined ? undefined : landscape.tree.at(childPath(graft.parent, graft.name))?.spec
    const wanted = { ...spec, name: graft?.name ?? spec.name }
    return known !== undefined && sameJson(known as unknown as Json, wanted as unknown as Json)
  }

  #wanted(path: string, { conditional = [], group }: EntitySpec): Wanted {
    const wishes = new Map<string, EntitySpec>()
    const unknown = new Set<string>()
    const world = worldFor(watchKey(path, GROWTH), this.#ports.clock.now(), this.#application.sources)
    for (const [at, { when, spec }] of conditional.entries()) {
      const key = keyOf(path, String(at))
      const value = world.evaluate(when, path, world.desired.version)
      if (value.kind !== 'ready') unknown.add(key)
      else if (isTruthy(plain(value.value))) wishes.set(key, spec)
    }
    if (group?.bucketSpec !== undefined) {
      world.evaluate(MEMBERS_COUNT, path, world.desired.version)
      for (const name of this.#application.landscape.groups.bucketsOf(path).keys())
        wishes.set(keyOf(path, `bucket ${name}`), bucketOf(group.bucketSpec, name))
    }
    return { wishes, unknown }
  }

  async #graft(path: string, key: string, spec: EntitySpec): Promise<void> {
    const by = { name: 'weir', reason: `${path} has ${spec.name}`, now: this.#ports.clock.now() }
    const done = await this.#application.documents.graft({ parent: path, key, spec }, by)
    if (done.kind === 'invalid' || done.kind === 'quota')
      this.#ports.log.warn('an entity could not be added', { entity: path, reason: done.reason })
  }

  async #prune(path: string, { name, parent }: Graft): Promise<void> {
    const by = { name: 'weir', reason: `${path} has no ${name} any more`, now: this.#ports.clock.now() }
    await this.#application.documents.prune(childPath(parent, name), by)
  }
}

/** Whether an entity has something inside of it only while something holds. */
export function grows({ conditional = [], group }: EntitySpec): boolean {
  return conditional.length > 0 || group?.bucketSpec !== undefined
}

const MEMBERS_COUNT = {
  kind: 'sensor',
  of: { scope: 'self' },
  sensor: 'members.count',
  whenReady: false,
} as const

/** A group of those that are in one bucket of the group around it. */
function bucketOf(spec: EntitySpec, name: string): EntitySpec {
  const { filter: _filter, ...group } = spec.group ?? {}
  return { ...spec, name: slug(name), displayName: name, group: { ...group, bucket: name } }
}

function keyOf(path: string, what: string): string {
  return `inside ${path}: ${what}`
}

/** Whether what this desk added to an entity is wanted no more; what is not known keeps it. */
function isOver(graft: Graft, path: string, { wishes, unknown }: Wanted): boolean {
  const isOwn = graft.parent === path && graft.key.startsWith(keyOf(path, ''))
  return isOwn && !wishes.has(graft.key) && !unknown.has(graft.key)
}
