import {
  type ApplicationSpec,
  type EngineApi,
  InvariantError,
  type Json,
  type Outcome,
} from '../../engine/index.js'
import { Chapters } from './chapters.js'
import { BY } from './workload.js'

/** Id of the one application. */
export const FLOW = 'flow1'

/** The entity whose effectors are called. */
const BOX = 'box'
/** In this order; all of them want one lock. */
const CALLS = ['work', 'after'] as const

/** What is to be told of: the application with all of its runs ended, and that it is gone. */
export const CHAPTERS = { done: 1, gone: 2 } as const

/** What is under way and what was done, as the books tell it. */
type Due = 'deploy' | (typeof CALLS)[number] | 'tell' | 'remove' | 'end'

/**
 * Deploys an application, calls its effectors, and removes it when their runs have ended. It keeps no memory of its own but
 * whether it told of the end of the runs: one that is begun anew over the same books goes on where the former one was.
 */
export class FlowWorkload {
  readonly #chapters: Chapters<Due>
  readonly #engine: EngineApi
  readonly #spec: ApplicationSpec
  readonly #tell: (chapter: number) => Promise<void>
  #told = false

  constructor(engine: EngineApi, spec: ApplicationSpec, tell: (chapter: number) => Promise<void>) {
    this.#chapters = new Chapters(
      () => this.#due(),
      (due) => this.#go(due),
    )
    this.#engine = engine
    this.#spec = spec
    this.#tell = tell
  }

  /** Whether nothing is left to do. Throws what went wrong on the way. */
  get done(): boolean {
    return this.#chapters.done
  }

  /** To be called whenever something may have changed. */
  look(): void {
    this.#chapters.look()
  }

  /** What the runs and what they gave, wherever they were, are now, a line each. */
  get runs(): readonly string[] {
    const entities = this.#engine.entities(BY, FLOW)
    if (entities.kind !== 'accepted') return []
    return entities.value.flatMap(({ path }) => {
      const runs = this.#engine.runs.list(BY, FLOW, path)
      const lines = runs.kind === 'accepted' ? runs.value : []
      return lines.map(({ name, state, output }) => `run ${path} ${name} ${state} ${textOf(output)}`)
    })
  }

  #due(): Due | undefined {
    const flow = this.#engine.application(BY, FLOW)
    if (flow.kind === 'not-found') return 'deploy'
    if (flow.kind === 'gone') return 'end'
    if (flow.kind !== 'accepted') throw new InvariantError(`the application is ${flow.kind}`)
    if (flow.value.state !== 'running' || flow.value.degraded) return undefined
    const next = CALLS.find((name) => this.#runsOf(name).length === 0)
    if (next !== undefined) return next
    if (CALLS.some((name) => this.#runsOf(name).includes('running')) || this.#hasOpenTasks()) return undefined
    return this.#told ? 'remove' : 'tell'
  }

  #runsOf(effector: string): readonly string[] {
    const runs = this.#engine.runs.list(BY, FLOW, BOX)
    if (runs.kind !== 'accepted') return []
    return runs.value.filter(({ name }) => name === effector).map(({ state }) => state)
  }

  #hasOpenTasks(): boolean {
    const tasks = this.#engine.tasks(BY, FLOW)
    return tasks.kind === 'accepted' && tasks.value.some((task) => task.state === 'running')
  }

  async #go(due: Due): Promise<void> {
    if (due === 'tell' || due === 'end') {
      await this.#tell(due === 'end' ? CHAPTERS.gone : CHAPTERS.done)
      this.#told = true
      if (due === 'end') this.#chapters.end()
      return
    }
    const answer = await this.#act(due)
    if (answer.kind !== 'accepted') throw new Error(`${due}: ${JSON.stringify(answer)}`)
  }

  #act(due: Exclude<Due, 'tell' | 'end'>): Promise<Outcome<unknown>> {
    const engine = this.#engine
    const options = { by: BY, reason: due }
    if (due === 'deploy') return engine.deploy(this.#spec, { ...options, id: FLOW })
    if (due === 'remove') return engine.remove(FLOW, options)
    return engine.invoke(FLOW, BOX, { effector: due, parameters: {} }, options)
  }
}

function textOf(value: Json | undefined): string {
  return JSON.stringify(value ?? null)
}
