import type { Graft } from '../../entity/graft.js'
import { ROOT, isWithin } from '../../entity/path.js'
import { EntityValue } from '../../expression/value.js'
import type { CompileWish } from '../../ports/compiler.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { EntitySpec } from '../../spec/entity-spec.js'
import { Failure, failureOf } from '../../support/failure.js'
import type { Json } from '../../support/json.js'
import type { Actor } from '../../task/task.js'
import type { EffectAnswer, RunRecord } from '../../workflow/run-record.js'
import type { TreeRequest } from '../../workflow/tree-request.js'
import type { By } from '../changes/desire.js'
import { identityKey, pathAfterMove, pathOf, type GraftWish } from '../changes/grafts.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { KeptDesk, KeptDesks } from '../kept-desk.js'
import { RunAdjuncts } from './adjuncts.js'
import { DONE, byRun, compiledFor, doneIf, isDone, refuse } from './documents.js'
import type { RunBook } from './wish.js'
import { keptValue } from './world.js'

/** Milliseconds between two looks whether another application runs: at first, and at most. */
const SOON = 250
const LATER = 2_000

/** A change of what there is that a run has announced. */
export interface TreeEffect {
  readonly token: string
  readonly request: TreeRequest
  readonly run: RunRecord
  /** Whether somebody still waits for what comes of it. */
  readonly isWanted: () => boolean
}

/**
 * Does what runs announce about the tree. What is added is known by the token of its effect, and another application has an
 * id that is made of it: asked for again after a crash, it is there already.
 */
export class RunTree {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #desks: readonly KeptDesk[]
  readonly #adjuncts: RunAdjuncts

  constructor(
    application: KeptApplication,
    ports: KeptPorts,
    { kept, settings, runs }: KeptDesks & { readonly runs: RunBook },
  ) {
    this.#application = application
    this.#ports = ports
    this.#desks = [kept, settings]
    this.#adjuncts = new RunAdjuncts(application, ports, runs)
  }

  /** What came of it; undefined where that is not known, or nobody wants to know any more. */
  async done(effect: TreeEffect): Promise<EffectAnswer | undefined> {
    try {
      return await this.#done(effect)
    } catch (thrown) {
      if (thrown instanceof Failure) return { kind: 'failed', failure: failureOf(thrown) }
      throw thrown
    }
  }

  #done(effect: TreeEffect): Promise<EffectAnswer | undefined> {
    const { request } = effect
    switch (request.kind) {
      case 'add':
        return this.#add(effect, request)
      case 'remove':
        return this.#remove(effect, request)
      case 'move':
        return this.#move(effect, request)
      case 'deploy':
        return this.#deploy(effect, request)
      case 'adjoin':
      case 'detach':
        return this.#adjuncts.done({ ...effect, request })
    }
  }

  async #add(
    effect: TreeEffect,
    request: Extract<TreeRequest, { readonly kind: 'add' }>,
  ): Promise<EffectAnswer | undefined> {
    const { documents } = this.#application
    const { entity, blueprint, identity } = request
    if (this.#added(effect).length === 0) {
      const parent = entity === ROOT ? [] : entity.split('/')
      const within = { application: documents.current.spec, parent }
      const { root } = await this.#compiled({ what: 'children', within }, blueprint)
      const wishes = root.children.map((spec, at): GraftWish => {
        return { parent: entity, key: keyAt(effect, at), spec: named(spec, identity) }
      })
      if (wishes.length === 0) refuse('invalid', 'the blueprint has nothing to add')
      if (wishes.length > 1 && identity !== undefined)
        refuse('invalid', 'the blueprint is for more than one child')
      if (!isDone(await documents.graftAll(wishes, this.#by(effect, `adds to ${entity}`)))) return undefined
    }
    const { seal } = this.#ports
    const entities = this.#added(effect).map((graft) => keptValue(new EntityValue(pathOf(graft)), seal))
    const [first = null] = entities
    const output = entities.length === 1 ? { entities, entity: first } : { entities }
    return { kind: 'done', output: identity === undefined ? output : { ...output, created: true } }
  }

  /** What was added for this effect, in order. */
  #added(effect: TreeEffect): readonly Graft[] {
    const first = keyAt(effect, 0)
    const { grafts } = this.#application.documents.current
    return grafts.filter(({ key }) => key === first || key.startsWith(`${first} `))
  }

  async #remove(effect: TreeEffect, { entity }: TreeRequest): Promise<EffectAnswer | undefined> {
    const by = this.#by(effect, `removes ${entity}`)
    return doneIf(await this.#application.documents.prune(entity, by))
  }

  /** Its values are at the new place before it is, and leave the old one after that: none is lost, whenever we are killed. */
  async #move(
    effect: TreeEffect,
    { entity, under }: Extract<TreeRequest, { readonly kind: 'move' }>,
  ): Promise<EffectAnswer | undefined> {
    const { documents, landscape } = this.#application
    if (landscape.tree.at(entity) !== undefined) {
      if (isWithin(effect.run.entity, entity))
        refuse('unsupported', `a workflow cannot move ${entity}, where it runs itself`)
      const to = pathAfterMove(documents.current, entity, under)
      if (to !== undefined) for (const desk of this.#desks) await desk.copy(entity, to)
      const by = this.#by(effect, `moves ${entity} under ${under}`)
      if (!isDone(await documents.move(entity, under, by))) return undefined
    }
    if (landscape.tree.at(entity) === undefined)
      for (const desk of this.#desks) await desk.eraseWithin(entity)
    return DONE
  }

  async #deploy(
    effect: TreeEffect,
    { blueprint, start }: Extract<TreeRequest, { readonly kind: 'deploy' }>,
  ): Promise<EffectAnswer | undefined> {
    const { others } = this.#ports
    const by: Actor = { tenant: effect.run.tenant, name: effect.run.by }
    const id = idOf(effect.token)
    if (!others.isTaken(by, id)) {
      const spec = await this.#compiled({ what: 'application' }, blueprint)
      const reason = `deployed by the workflow ${effect.run.name} of ${this.#application.landscape.desired.name}`
      const outcome = await others.deploy(spec, { by, id, reason, start: start !== 'never' })
      if (outcome.kind !== 'accepted') refuse('conflict', 'reason' in outcome ? outcome.reason : outcome.what)
    }
    const isThere = start === 'wait' ? await this.#runs(effect, by, id) : true
    return isThere ? { kind: 'done', output: { app: id } } : undefined
  }

  /** Whether another application has come to run; false where nobody waits for that any more. */
  async #runs({ isWanted }: TreeEffect, by: Actor, id: string): Promise<boolean> {
    for (let pause = SOON; isWanted(); pause = Math.min(LATER, pause * 2)) {
      const found = this.#ports.others.application(by, id)
      if (found.kind !== 'accepted') refuse('missing', `the application ${id} is gone`)
      else if (found.value.state === 'running') return true
      else if (found.value.wish !== 'running')
        refuse('conflict', `the application ${id} is not to run any more`)
      await new Promise<void>((resolve) => this.#ports.clock.schedule(pause, resolve))
    }
    return false
  }

  #compiled(wish: Pick<CompileWish, 'what' | 'within'>, blueprint: Json): Promise<ApplicationSpec> {
    return compiledFor(this.#application, this.#ports, wish, blueprint)
  }

  #by({ run }: TreeEffect, does: string): By {
    return byRun(run, does, this.#ports.clock.now())
  }
}

function keyAt({ token, request }: TreeEffect, at: number): string {
  if (request.kind === 'add' && request.identity !== undefined)
    return identityKey(request.entity, request.identity)
  return at === 0 ? `workflow ${token}` : `workflow ${token} ${at + 1}`
}

/** What is known by its identity is called by that, as far as it can be a name. */
function named(spec: EntitySpec, identity: string | undefined): EntitySpec {
  const name = identity
    ?.replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 50)
  if (name === undefined || name === '') return spec
  const displayName = spec.displayName ?? spec.name
  return { ...spec, name: /^[0-9]+$/.test(name) ? `child-${name}` : name, displayName }
}

/** Short enough for people, and the same for the same token. */
function idOf(token: string): string {
  return `w${token.slice(0, 11)}`
}
