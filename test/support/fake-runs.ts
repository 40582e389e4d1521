import type {
  EntityView,
  Outcome,
  ReplayWish,
  RunView,
  RunsApi,
  Actor,
  TaskRecord,
} from '../../engine/index.js'

/** Runs in memory: what is begun is running until it is cancelled; what has ended may be done again. */
export class FakeRuns implements RunsApi {
  readonly views: RunView[] = []
  /** How runs were asked to be done again. */
  readonly wishes: ReplayWish[] = []
  readonly #entity: (by: Actor, id: string, path: string) => Outcome<EntityView>

  constructor(entity: (by: Actor, id: string, path: string) => Outcome<EntityView>) {
    this.#entity = entity
  }

  list(by: Actor, id: string, path: string): Outcome<readonly RunView[]> {
    const found = this.#entity(by, id, path)
    if (found.kind !== 'accepted') return found
    return { kind: 'accepted', value: this.views.filter(({ entity }) => entity === path) }
  }

  get(_by: Actor, _id: string, run: string): Outcome<RunView> {
    const value = this.views.find(({ id }) => id === run)
    return value === undefined ? { kind: 'not-found', what: `run ${run}` } : { kind: 'accepted', value }
  }

  begin: RunsApi['begin'] = (id, path, { workflow }, options) => {
    const found = this.#entity(options.by, id, path)
    if (found.kind !== 'accepted') return Promise.resolve(found)
    const run: RunView = {
      ...{
        id: `run${this.views.length + 1}`,
        entity: path,
        name: workflow.name ?? 'workflow',
        origin: 'workflow',
      },
      ...{ by: options.by.name, reason: options.reason ?? '', task: `task of run${this.views.length + 1}` },
      ...{
        state: 'running',
        startedAt: 0,
        waits: ['the end of its sleep'],
        steps: [],
        replay: [],
        points: [],
      },
    }
    this.views.push(run)
    return Promise.resolve({ kind: 'accepted', value: taskOf(run, id) })
  }

  cancel: RunsApi['cancel'] = (id, run, options) => {
    const at = this.views.findIndex((one) => one.id === run)
    const view = this.views[at]
    if (view !== undefined) this.views[at] = { ...view, state: 'cancelled', waits: [], replay: ['start'] }
    return this.get(options.by, id, run)
  }

  replay: RunsApi['replay'] = (id, run, wish) => {
    const { force } = wish
    this.wishes.push(wish)
    const view = this.views.find((one) => one.id === run)
    if (view === undefined) return Promise.resolve({ kind: 'not-found', what: `run ${run}` })
    if (view.state === 'running' && !force)
      return Promise.resolve({ kind: 'invalid', reason: 'it has not ended' })
    return Promise.resolve({ kind: 'accepted', value: taskOf(view, id) })
  }
}

function taskOf({ task, entity, name, by, reason }: RunView, application: string): TaskRecord {
  return {
    ...{ kind: 'task', id: task, tenant: 'main', application, entity, name, by, reason },
    ...{ state: 'running', startedAt: 0 },
  }
}
