import type { ApplicationView, PlanView } from '../../entity/view.js'
import type { Actor } from '../../task/task.js'
import { Application } from '../application.js'
import type { Changes } from './changes.js'
import { regraftedFor } from './desire.js'
import type { ChangeOptions, Outcome } from '../engine-api.js'
import { graftOnto, pruneFrom, type Grafted, type GraftWish, type NextGrafted } from './grafts.js'
import type { Planner } from './planner.js'
import type { Registry } from '../registry.js'
import { applicationView } from '../views/views.js'

/** An entity that is to be added; without a key, each time anew. */
export type AskedGraft = Omit<GraftWish, 'key'> & { readonly key?: string }

/** One change of what was added to an application. */
interface Regraft {
  /** What the task is called, and which entity it is about. */
  readonly name: 'graft' | 'prune'
  readonly entity: string
  readonly next: (now: Grafted) => NextGrafted
}

/** What people add to running applications and take away again. */
export class Regrafts {
  readonly #registry: Registry
  readonly #changes: Changes
  readonly #planner: Planner

  constructor(registry: Registry, changes: Changes, planner: Planner) {
    this.#registry = registry
    this.#changes = changes
    this.#planner = planner
  }

  /** What adding an entity to a running application would do. */
  async plan(id: string, asked: AskedGraft, by: Actor): Promise<Outcome<PlanView>> {
    const application = this.#registry.find(by, id)
    if (!(application instanceof Application)) return application
    const { current } = application.documents
    const next = graftOnto(current, this.#keyed(asked))
    if (next.kind === 'invalid') return next
    const grafted = next.kind === 'next' ? next : current
    return { kind: 'accepted', value: await this.#planner.forGrafted(application, grafted) }
  }

  /** Adds an entity to a running application, or changes one that was added. */
  graft(id: string, asked: AskedGraft, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    const wish = this.#keyed(asked)
    const next = (now: Grafted): NextGrafted => graftOnto(now, wish)
    return this.#regraft(id, options, { name: 'graft', entity: wish.parent, next })
  }

  /** Takes an entity away that was added. */
  prune(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    const next = (now: Grafted): NextGrafted => pruneFrom(now, path)
    return this.#regraft(id, options, { name: 'prune', entity: path, next })
  }

  #keyed(asked: AskedGraft): GraftWish {
    return { ...asked, key: asked.key ?? this.#registry.ports.ids.next() }
  }

  async #regraft(
    id: string,
    options: ChangeOptions,
    { name, entity, next }: Regraft,
  ): Promise<Outcome<ApplicationView>> {
    const application = this.#registry.find(options.by, id)
    if (!(application instanceof Application)) return application
    const about = { by: options.by.name, note: options.reason ?? `${name} ${entity}` }
    const outcome = await application.documents.regraft<Outcome<ApplicationView>>(
      next,
      about,
      ({ record, tree, changes }) =>
        this.#changes.change(application, options, {
          name,
          entity,
          change: (desired, by) => regraftedFor(desired, tree, record.version, by),
          beside: () => changes,
        }),
    )
    if (outcome.kind !== 'same') return outcome
    return { kind: 'accepted', value: applicationView(application.sources) }
  }
}
