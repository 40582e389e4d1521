import { plain } from '../../expression/value.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { RunView } from '../../entity/view.js'
import type { JsonObject } from '../../support/json.js'
import type { Actor, TaskRecord } from '../../task/task.js'
import { effectsBegunAnew, resumedRun } from '../../workflow/resume-run.js'
import { pointName, pointOf, runFrom } from '../../workflow/replay-points.js'
import type { RunRecord } from '../../workflow/run-record.js'
import { openSteps } from '../../workflow/run-step.js'
import { wordsOf } from '../../workflow/outside-step.js'
import { Application } from '../application.js'
import type { ChangeOptions, Outcome, ReplayWish, RunsApi } from '../engine-api.js'
import type { Registry } from '../registry.js'
import { nodeAt, openedValue } from './world.js'

/** Runs of workflows as people see, begin, end and repeat them. */
export class RunAdmin implements RunsApi {
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  list(by: Actor, id: string, path: string): Outcome<readonly RunView[]> {
    return this.#registry.with(by, id, (application) => {
      if (nodeAt(application, path) === undefined) return { kind: 'not-found', what: `entity ${path}` }
      const value = application.runs.desk.list(path).map((run) => this.#view(application, run))
      return { kind: 'accepted', value }
    })
  }

  get(by: Actor, id: string, run: string): Outcome<RunView> {
    return this.#registry.with(by, id, (application) => {
      const found = application.runs.desk.find(run)
      if (found === undefined) return { kind: 'not-found', what: `run ${run}` }
      return { kind: 'accepted', value: this.#view(application, found) }
    })
  }

  async begin(
    id: string,
    path: string,
    work: { readonly workflow: WorkflowSpec; readonly input: JsonObject },
    options: ChangeOptions,
  ): Promise<Outcome<TaskRecord>> {
    const application = this.#registry.find(options.by, id)
    if (!(application instanceof Application)) return application
    if (nodeAt(application, path) === undefined) return { kind: 'not-found', what: `entity ${path}` }
    const { workflow: spec, input } = work
    const value = await application.runs.desk.begin({
      ...{ entity: path, name: spec.name ?? 'workflow', origin: 'workflow', spec, input },
      ...{ by: options.by.name, reason: options.reason ?? 'asked for' },
    })
    return { kind: 'accepted', value, task: value }
  }

  cancel(id: string, run: string, options: ChangeOptions): Outcome<RunView> {
    const application = this.#registry.find(options.by, id)
    if (!(application instanceof Application)) return application
    application.runs.desk.cancel(run, options.reason ?? `cancelled by ${options.by.name}`)
    return this.get(options.by, id, run)
  }

  async replay(
    id: string,
    run: string,
    wish: ReplayWish,
    options: ChangeOptions,
  ): Promise<Outcome<TaskRecord>> {
    const application = this.#registry.find(options.by, id)
    if (!(application instanceof Application)) return application
    const { desk } = application.runs
    const [record, spec] = [desk.find(run), desk.spec(run)]
    if (record === undefined || spec === undefined) return { kind: 'not-found', what: `run ${run}` }
    const refusal = whyNot(record, spec, wish)
    if (refusal !== undefined) return { kind: 'invalid', reason: refusal }
    if (wish.from === 'start') return this.#again(application, record, spec, options)
    const { clock } = this.#registry.ports
    await desk.resume(run, (ended) => {
      const point = wish.from === 'failure' ? undefined : pointOf(ended, stepOf(wish))
      return point === undefined ? resumedRun(ended) : runFrom(ended, point, clock.now())
    })
    const task = application.tasks.get(record.task)
    return task === undefined
      ? { kind: 'not-found', what: `task ${record.task}` }
      : { kind: 'accepted', value: task, task }
  }

  async #again(
    application: Application,
    record: RunRecord,
    spec: WorkflowSpec,
    { by, reason = `run ${record.id} again` }: ChangeOptions,
  ): Promise<Outcome<TaskRecord>> {
    const { entity, name, origin, input = {} } = record
    const wish = { entity, name, origin, spec, input, by: by.name, reason }
    const value = await application.runs.desk.begin(wish)
    return { kind: 'accepted', value, task: value }
  }

  #view({ runs }: Application, run: RunRecord): RunView {
    const { seal } = this.#registry.ports
    const {
      id,
      entity,
      name,
      origin,
      by,
      reason,
      task,
      parent,
      state,
      startedAt,
      endedAt,
      waits,
      output,
      error,
    } = run
    const spec = runs.desk.spec(id)
    const ways = (['start', 'failure'] as const).filter(
      (from) => spec !== undefined && whyNot(run, spec, { from, force: false }) === undefined,
    )
    return {
      ...{ id, entity, name, origin, by, reason, task, state, startedAt, waits },
      ...(parent === undefined ? {} : { parent: parent.run }),
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(output === undefined ? {} : { output: plain(openedValue(output, seal)) }),
      ...(error === undefined ? {} : { error: error.failure }),
      steps: openSteps(run.root).map(({ index, begunAt, effect, lock }) => ({
        index,
        begunAt,
        ...(effect === undefined ? {} : { does: wordsOf(effect.request) }),
        ...(lock === undefined ? {} : { lock: `${lock.name} of ${lock.entity}` }),
      })),
      replay: ways,
      points: spec?.replay.allowed === true ? (run.points ?? []).map(pointName) : [],
    }
  }
}

/** Why a run is not done again; undefined where it may be. */
function whyNot(run: RunRecord, spec: WorkflowSpec, wish: ReplayWish): string | undefined {
  const { from, force } = wish
  if (run.state === 'running') return 'it has not ended'
  if (run.origin.startsWith('phase ')) return 'phases are done again by the engine'
  if (!spec.replay.allowed) return 'its author does not allow that it is done again'
  if (from !== 'start' && from !== 'failure') return whyNotFromPoint(run, stepOf(wish))
  if (force && (from === 'start' || run.left !== undefined)) return undefined
  return from === 'start' ? whyNotFromStart(spec) : whyNotFromFailure(run, spec)
}

/** The step that is meant; undefined for the last one. */
function stepOf({ from }: ReplayWish): string | undefined {
  return typeof from === 'object' ? from.step : undefined
}

function whyNotFromPoint(run: RunRecord, step: string | undefined): string | undefined {
  if (pointOf(run, step) !== undefined) return undefined
  const known = (run.points ?? []).map(pointName).join(', ')
  const what = step === undefined ? 'at a step' : `at the step ${step}`
  return `it did not come to "replayable: from here" ${what}${known === '' ? '' : `; it did at ${known}`}`
}

function whyNotFromStart({ replay, idempotent }: WorkflowSpec): string | undefined {
  if (replay.fromStart || idempotent) return undefined
  return 'it does not say "replayable: from start"; force it where that does no harm'
}

function whyNotFromFailure(run: RunRecord, { idempotent }: WorkflowSpec): string | undefined {
  if (run.left === undefined) return 'it has not failed, so there is nowhere to go on from'
  const harmful = effectsBegunAnew(run).find(({ request }) => !isRepeatable(request))
  if (harmful === undefined || idempotent) return undefined
  return `what failed may have been done: ${wordsOf(harmful.request)}; force it where that does no harm`
}

function isRepeatable(request: Parameters<typeof wordsOf>[0]): boolean {
  return request.kind === 'http' && request.isRepeatable
}
