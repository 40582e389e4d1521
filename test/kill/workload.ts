import {
  type Actor,
  type ApplicationView,
  type EngineApi,
  InvariantError,
  type Outcome,
} from '../../engine/index.js'
import { Chapters } from './chapters.js'
import { shopSpec, type ShopPlace } from './landscape.js'

/** Id of the one application. */
export const SHOP = 'shop1'

/** Who asks. */
export const BY: Actor = { tenant: 'default', name: 'kill suite' }

/**
 * What is asked, in order. Each wish raises the desired generation by one, so that the books alone tell how far a
 * workload has come: what generation g + 1 asks for is ACTS[g].
 */
export const ACTS: readonly string[] = ['deploy', 'scale', 'update', 'replace', 'stop', 'start', 'remove']

/** What a workload tells its surroundings. */
export interface WorkloadHooks {
  /** The wish of this generation is fulfilled; the next one is asked for when the promise resolves. */
  settled(generation: number): Promise<void>
}

/**
 * Takes one shop through its life, wish after wish, each when the one before is settled. It keeps no memory of its own:
 * one that is begun anew over the same books goes on where the former one was.
 */
export class Workload {
  readonly #chapters: Chapters<number>
  readonly #engine: EngineApi
  readonly #place: ShopPlace
  readonly #hooks: WorkloadHooks

  constructor(engine: EngineApi, place: ShopPlace, hooks: WorkloadHooks) {
    this.#chapters = new Chapters(
      () => this.#due(),
      (due) => this.#go(due),
    )
    this.#engine = engine
    this.#place = place
    this.#hooks = hooks
  }

  /** Whether the last wish is fulfilled: nothing is left. Throws what went wrong on the way. */
  get done(): boolean {
    return this.#chapters.done
  }

  /** To be called whenever something may have changed. */
  look(): void {
    this.#chapters.look()
  }

  /** The generation that is settled: 0 before the first wish, that of the last when the shop is gone. */
  #due(): number | undefined {
    const shop = this.#engine.application(BY, SHOP)
    if (shop.kind === 'not-found') return 0
    if (shop.kind === 'gone') return ACTS.length
    if (shop.kind !== 'accepted') throw new InvariantError(`the shop is ${shop.kind}`)
    return isSettled(shop.value) && !this.#hasOpenTasks() ? shop.value.generation : undefined
  }

  #hasOpenTasks(): boolean {
    const tasks = this.#engine.tasks(BY, SHOP)
    return tasks.kind === 'accepted' && tasks.value.some((task) => task.state === 'running')
  }

  async #go(generation: number): Promise<void> {
    if (generation > 0) await this.#hooks.settled(generation)
    const act = ACTS[generation]
    if (act === undefined) {
      this.#chapters.end()
      return
    }
    const answer = await this.#act(act, generation)
    if (answer.kind !== 'accepted') throw new Error(`${act}: ${JSON.stringify(answer)}`)
  }

  #act(act: string, generation: number): Promise<Outcome<ApplicationView>> {
    const engine = this.#engine
    const options = { by: BY, reason: act, expectGeneration: generation }
    switch (act) {
      case 'deploy':
        return engine.deploy(shopSpec(1, this.#place), { by: BY, reason: act, id: SHOP })
      case 'scale':
        return engine.scale(SHOP, 'web', 4, options)
      case 'update':
        return engine.update(SHOP, shopSpec(2, this.#place), options)
      case 'replace':
        return engine.replace(SHOP, 'store/1', { ...options, incarnation: 1 })
      case 'stop':
        return engine.stop(SHOP, options)
      case 'start':
        return engine.start(SHOP, options)
      case 'remove':
        return engine.remove(SHOP, options)
      default:
        throw new InvariantError(`no act ${act}`)
    }
  }
}

function isSettled(shop: ApplicationView): boolean {
  const resting = shop.state === 'running' || shop.state === 'stopped'
  return resting && !shop.degraded && shop.observedGeneration === shop.generation
}
