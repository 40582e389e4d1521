import { ROOT } from '../../entity/path.js'
import type { CompileWish } from '../../ports/compiler.js'
import { partsOf } from '../../spec/added-parts.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import { digestOfText } from '../../support/digest.js'
import type { EffectAnswer, RunRecord } from '../../workflow/run-record.js'
import type { TreeRequest } from '../../workflow/tree-request.js'
import { addedTo, keyed, takenFrom, whyNotAltered } from '../changes/alterations.js'
import type { By } from '../changes/desire.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { byRun, compiledFor, doneIf, isDone, refuse } from './documents.js'
import type { RunBook } from './wish.js'
import { answerOf } from './writes.js'

/** Milliseconds between two looks whether a workflow that was begun has ended: at first, and at most. */
const SOON = 100
const LATER = 2_000

/** What a run adds to an entity, or takes away from it. */
export interface AdjunctEffect {
  readonly token: string
  readonly request: Extract<TreeRequest, { readonly kind: 'adjoin' | 'detach' }>
  readonly run: RunRecord
  /** Whether somebody still waits for what comes of it. */
  readonly isWanted: () => boolean
}

/**
 * Adds policies, enrichers, sensors and effectors to entities that run, and takes policies and enrichers away. What is added is
 * known by the token of its effect: asked for again after a crash, it is there already.
 */
export class RunAdjuncts {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #runs: RunBook

  constructor(application: KeptApplication, ports: KeptPorts, runs: RunBook) {
    this.#application = application
    this.#ports = ports
    this.#runs = runs
  }

  /** What came of it; undefined where that is not known. @throws Failure where it is refused */
  async done(effect: AdjunctEffect): Promise<EffectAnswer | undefined> {
    const { request } = effect
    if (request.kind === 'adjoin') return this.#adjoin(effect, request)
    const { entity, name } = request
    const by = this.#by(effect, `takes the policy ${name} away`)
    return doneIf(await this.#application.documents.alter((now) => takenFrom(now, entity, name), by))
  }

  async #adjoin(
    effect: AdjunctEffect,
    request: Extract<TreeRequest, { readonly kind: 'adjoin' }>,
  ): Promise<EffectAnswer | undefined> {
    const { documents } = this.#application
    const key = `workflow ${effect.token}`
    if (keyed(documents.current, key) === undefined && !(await this.#add(effect, request, key)))
      return undefined
    const added = keyed(documents.current, key)
    for (const [at, spec] of (added?.initial ?? []).entries()) {
      const ended = await this.#ran(effect, { at, spec })
      if (ended?.kind !== 'done') return ended
    }
    return { kind: 'done', output: namesIn(added?.parts) }
  }

  /** Whether it is there now; false where that is not known. */
  async #add(
    effect: AdjunctEffect,
    request: Extract<TreeRequest, { readonly kind: 'adjoin' }>,
    key: string,
  ): Promise<boolean> {
    const { entity, what, name } = request
    const parts = await this.#compiled(what, request)
    const wish = { entity, key, ...parts, ...(name === undefined ? {} : { name }) }
    const by = this.#by(effect, `adds to ${entity === ROOT ? 'the application' : entity}`)
    return isDone(await this.#application.documents.alter((now) => addedTo(now, wish), by))
  }

  async #compiled(
    what: CompileWish['what'],
    { entity, blueprint }: Extract<TreeRequest, { readonly kind: 'adjoin' }>,
  ): Promise<Pick<Parameters<typeof addedTo>[1], 'parts' | 'initial'>> {
    const { documents } = this.#application
    const refused = whyNotAltered(documents.current, entity)
    if (refused !== undefined) refuse('invalid', refused)
    const parent = entity === ROOT ? [] : entity.split('/')
    const within = { application: documents.current.spec, parent }
    const { root } = await compiledFor(this.#application, this.#ports, { what, within }, blueprint)
    const [holder] = root.children
    if (holder === undefined) return refuse('invalid', 'the blueprint has nothing to add')
    const { initial } = holder
    return { parts: partsOf(holder), ...(initial === undefined ? {} : { initial }) }
  }

  /** One that is run once where it is added: what came of it, when it has ended. */
  async #ran(
    { token, run, request, isWanted }: AdjunctEffect,
    { at, spec }: { readonly at: number; readonly spec: WorkflowSpec },
  ): Promise<EffectAnswer | undefined> {
    const id = digestOfText(`${token} initial ${at}`)
    await this.#runs.begin({
      ...{ entity: request.entity, name: spec.name ?? 'initializer', origin: 'initializer', spec, token: id },
      ...{ input: {}, by: run.by, reason: `added by the workflow ${run.name}` },
    })
    for (let pause = SOON; isWanted(); pause = Math.min(LATER, pause * 2)) {
      const record = this.#runs.find(id)
      if (record === undefined) return refuse('missing', 'what was begun for it is not there any more')
      if (record.state !== 'running') return answerOf(record)
      await new Promise<void>((resolve) => this.#ports.clock.schedule(pause, resolve))
    }
    return undefined
  }

  #by({ run }: AdjunctEffect, does: string): By {
    return byRun(run, does, this.#ports.clock.now())
  }
}

/** What came to be, by its kind. */
function namesIn(parts: ReturnType<typeof partsOf> | undefined): { readonly [kind: string]: string } {
  const [policy] = parts?.policies ?? []
  const [enricher] = parts?.enrichers ?? []
  return {
    ...(policy === undefined ? {} : { policy: policy.name }),
    ...(enricher === undefined ? {} : { enricher: enricher.name }),
  }
}
