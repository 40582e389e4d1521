import { runOfKey } from '../../reconcile/facts/naming.js'
import type { LoadedApplication } from '../books.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { KeptDesks } from '../kept-desk.js'
import { RunChecks } from './checks.js'
import { RunEffectors } from './effectors.js'
import { RunInitials } from './initials.js'
import { RunPhases } from './phases.js'
import { RunTriggers } from './triggers.js'
import { WorkflowDesk } from './workflow-desk.js'

/** All that one application does by workflows: the runs, the effectors that begin them, and those that begin by themselves. */
export class Runs {
  readonly desk: WorkflowDesk
  readonly effectors: RunEffectors
  readonly checks: RunChecks
  /** Phases of entities that are done by workflows. */
  readonly phases: RunPhases
  readonly #triggers: RunTriggers
  readonly #initials: RunInitials

  constructor(application: KeptApplication, ports: KeptPorts, { kept, settings }: KeptDesks) {
    this.effectors = new RunEffectors(application, ports)
    this.desk = new WorkflowDesk(application, ports, {
      kept,
      settings,
      invoke: this.effectors.invoker(() => this.desk),
      ended: (run) => {
        this.#triggers.ended(run.entity, run.origin)
        this.#initials.ended(run)
        this.phases.ended(run)
        this.checks.ended(run)
      },
    })
    this.#triggers = new RunTriggers(application, ports, this.desk)
    this.checks = new RunChecks(this.desk)
    this.phases = new RunPhases(application, ports, this.desk)
    this.#initials = new RunInitials(application, ports, this.desk)
  }

  load(loaded: LoadedApplication): void {
    this.desk.load(loaded)
  }

  start(): void {
    this.phases.start()
    this.desk.start()
    this.follow()
  }

  close(): void {
    this.desk.close()
    this.checks.close()
    this.#triggers.close()
  }

  /** There are other entities than before, or another wish. */
  follow(): void {
    this.#triggers.follow()
    this.#initials.follow()
  }

  /** A sensor has another value. */
  changed(path: string, sensor: string): void {
    this.#triggers.changed(path, sensor)
  }

  /** Wakes the run of a key; whether it is one's. */
  wake(key: string): boolean {
    const run = runOfKey(key)
    if (run !== undefined) this.desk.wake(run)
    return run !== undefined
  }
}
