import { incarnations } from '../../reconcile/facts/condition.js'
import { NOWHERE } from '../../reconcile/facts/placement.js'
import type { SlotState } from '../../reconcile/facts/landscape.js'
import type { Step, StepOutcome, WorkflowCall } from '../../reconcile/facts/step.js'
import { failureOf } from '../../support/failure.js'
import type { RunRecord } from '../../workflow/run-record.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { WorkflowDesk } from './workflow-desk.js'

/** By what a run is one of these. */
const ORIGIN = 'phase '

/** Milliseconds before a run that is under way is asked for again, if nobody tells of its end. */
const ASK_AGAIN = 500

type Answer = StepOutcome['answer']
type Desk = Pick<WorkflowDesk, 'begin' | 'find' | 'list' | 'cancel'>

/**
 * Does phases of entities by workflows. The token of the announced step is the id of the run, so that it is begun once, found again
 * after a restart, and asked for as often as its outcome is wanted. A run whose step is no longer announced is ended.
 */
export class RunPhases {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #desk: Desk

  constructor(application: KeptApplication, ports: KeptPorts, desk: Desk) {
    this.#application = application
    this.#ports = ports
    this.#desk = desk
  }

  /** Ends what no step asks for any more; after a start, for all entities. */
  start(): void {
    for (const run of this.#desk.list()) this.#endUnwanted(run)
  }

  /** Takes a step of the keeper. */
  take(step: Step, tell: (outcome: StepOutcome) => void): void {
    this.#answer(step, step.call as WorkflowCall)
      .then((answer) => {
        tell({ step, answer })
      })
      .catch((thrown: unknown) => {
        tell({ step, answer: { kind: 'unknown', failure: failureOf(thrown) } })
      })
  }

  /** Something of a slot changed: what it does not ask for any more is ended. */
  look({ path }: SlotState): void {
    for (const run of this.#desk.list(path)) this.#endUnwanted(run)
  }

  /** A run has ended: whoever waits for it looks. */
  ended({ entity, origin }: Pick<RunRecord, 'entity' | 'origin'>): void {
    if (origin.startsWith(ORIGIN)) this.#application.keeper.wake([entity])
  }

  #endUnwanted({ id, origin, state, entity }: RunRecord): void {
    if (state !== 'running' || !origin.startsWith(ORIGIN)) return
    const record = this.#application.landscape.slots.get(entity)?.record
    const isWanted = record !== undefined && incarnations(record).some(({ step }) => step?.token === id)
    if (!isWanted) this.#desk.cancel(id, 'its phase is not wanted any more')
  }

  async #answer(step: Step, call: WorkflowCall): Promise<Answer> {
    const known = this.#desk.find(call.token)
    if (known !== undefined) return answerOf(known)
    const placed = await this.#place(step.location, call)
    if (placed !== undefined) return placed
    await this.#desk.begin({
      ...{ entity: step.key, name: call.workflow.name ?? call.phase, origin: `${ORIGIN}${call.phase}` },
      ...{ spec: call.workflow, input: {}, by: 'weir', reason: step.announcement.reason },
      ...{ token: call.token, ...(step.location === NOWHERE ? {} : { machine: call.ref.token }) },
    })
    return UNDER_WAY
  }

  /** Its files are there before it begins; an answer where they could not be put. */
  async #place(location: string, { ref, files }: WorkflowCall): Promise<Answer | undefined> {
    if (files.length === 0) return undefined
    const place = this.#ports.places.get(location)?.desk.location
    const put = await place?.copy(ref, files, { signal: new AbortController().signal })
    if (put?.kind === 'done') return undefined
    return put ?? { kind: 'not-ready', reason: `location ${location} is not there` }
  }
}

const UNDER_WAY: Answer = { kind: 'not-ready', retryAfter: ASK_AGAIN, reason: 'its workflow is under way' }

function answerOf({ state, error, origin }: RunRecord): Answer {
  if (state === 'running') return UNDER_WAY
  if (state === 'succeeded') return { kind: 'done' }
  const message = `${origin.slice(ORIGIN.length)}: ${error?.message ?? 'its workflow was cancelled'}`
  return { kind: 'refused', failure: { cause: 'command-failed', retry: 'soon', message } }
}
