import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { RunRecord } from '../../workflow/run-record.js'
import type { WorkflowDesk } from './workflow-desk.js'

/** By what a run is one of these. */
const ORIGIN = 'check'

/** Milliseconds for a check that has no time of its own. */
const CHECK_WITHIN = 60_000

type Desk = Pick<WorkflowDesk, 'begin' | 'find'>

/** Finds out by workflows whether software runs. Only the last run of each entity is remembered, and no task stands for one. */
export class RunChecks {
  readonly #desk: Desk
  readonly #waiting = new Map<string, (ended?: RunRecord) => void>()
  #closed = false

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** What is wrong, if anything: that the workflow failed, or that it gives false. */
  async check(entity: string, workflow: WorkflowSpec, machine: string): Promise<string | undefined> {
    const spec = {
      timeout: { kind: 'literal', value: CHECK_WITHIN } as const,
      retention: { count: 1 },
      ...workflow,
    }
    const about = {
      entity,
      name: workflow.name ?? ORIGIN,
      origin: ORIGIN,
      spec,
      machine,
      quiet: true,
    } as const
    const { id } = await this.#desk.begin({ ...about, input: {}, by: 'weir', reason: 'whether it runs' })
    const known = this.#desk.find(id)
    if (known?.state !== 'running' || this.#closed) return wrongIn(known)
    return wrongIn(await new Promise<RunRecord | undefined>((resolve) => this.#waiting.set(id, resolve)))
  }

  /** The application is closed: nobody learns any more how a check ends, and who asked for it waits for nothing. */
  close(): void {
    this.#closed = true
    for (const tell of this.#waiting.values()) tell()
    this.#waiting.clear()
  }

  ended(run: RunRecord): void {
    this.#waiting.get(run.id)?.(run)
    this.#waiting.delete(run.id)
  }
}

/** What is neither yes nor no counts as yes. @source WorkflowSoftwareProcessSshDriver */
function wrongIn(run: RunRecord | undefined): string | undefined {
  if (run?.state !== 'succeeded') return `its check failed: ${run?.error?.message ?? 'it was cancelled'}`
  return run.output === false || run.output === 'false' ? 'its check says that it does not run' : undefined
}
