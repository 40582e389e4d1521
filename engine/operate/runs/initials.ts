import { livingWithin } from '../../reconcile/facts/living.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import { digestOfText } from '../../support/digest.js'
import { failureOf } from '../../support/failure.js'
import type { RunRecord } from '../../workflow/run-record.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { RunWish } from './wish.js'
import type { WorkflowDesk } from './workflow-desk.js'

/** By what a run is one of these. */
const ORIGIN = 'initial '

type Desk = Pick<WorkflowDesk, 'begin' | 'find' | 'list' | 'forget'>

/**
 * Runs the workflows that are to be run once for each entity, when it comes to be. The id of such a run follows from the entity, so
 * that it is begun once however often that is tried; its record stays as long as the entity is there, and tells that it was run.
 */
export class RunInitials {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #desk: Desk

  constructor(application: KeptApplication, ports: KeptPorts, desk: Desk) {
    this.#application = application
    this.#ports = ports
    this.#desk = desk
  }

  /** Begins what was not begun yet for what there is now, and forgets what was run for entities that are gone. */
  follow(): void {
    const { landscape } = this.#application
    if (landscape.desired.wish === 'gone') return
    const there = new Set<string>()
    for (const { path, node } of livingWithin(landscape)) {
      const { initial } = node.spec
      if (initial === undefined) continue
      there.add(path)
      this.#next(path, initial)
    }
    this.#forget(there)
  }

  /** A run has ended: the next of its entity is begun. */
  ended({ entity, origin }: Pick<RunRecord, 'entity' | 'origin'>): void {
    const { landscape } = this.#application
    const node = landscape.slots.get(entity)?.node ?? landscape.tree.at(entity)
    if (isOne(origin) && landscape.desired.wish !== 'gone') this.#next(entity, node?.spec.initial ?? [])
  }

  /** One after the other; that one has failed keeps the next from nothing. */
  #next(entity: string, initial: readonly WorkflowSpec[]): void {
    for (const [at, spec] of initial.entries()) {
      const origin = `${ORIGIN}${at + 1}`
      const { engineId } = this.#ports
      const token = digestOfText(`${engineId} ${this.#application.id} ${origin} ${entity}`)
      const known = this.#desk.find(token)
      if (known?.state === 'running') return
      if (known !== undefined) continue
      this.#begin({
        ...{ entity, name: spec.name ?? origin, origin, spec, token },
        ...{ input: {}, by: 'weir', reason: 'the entity has come to be' },
      })
      return
    }
  }

  #begin(wish: RunWish): void {
    this.#desk.begin(wish).catch((thrown: unknown) => {
      const { origin } = wish
      this.#ports.log.warn('a workflow could not be begun', { origin, reason: failureOf(thrown).message })
    })
  }

  #forget(there: ReadonlySet<string>): void {
    const gone = this.#desk.list().filter(({ origin, entity }) => isOne(origin) && !there.has(entity))
    if (gone.length > 0) this.#desk.forget(gone.map(({ id }) => id))
  }
}

function isOne(origin: string): boolean {
  return origin.startsWith(ORIGIN)
}
