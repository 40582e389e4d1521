import type { Condition } from '../reconcile/condition.js'
import type { SlotState } from '../reconcile/landscape.js'
import type { SpecNode } from '../entity/spec-tree.js'
import type { Json } from '../support/json.js'
import type { LoadedApplication } from './books.js'
import type { DecisionView } from '../view.js'
import type { Application, ApplicationPorts } from './application.js'

/** Binds an application's policies to its books. */
export class PolicyDesk {
  readonly #application: Application
  readonly #ports: ApplicationPorts

  constructor(application: Application, ports: ApplicationPorts) {
    this.#application = application
    this.#ports = ports
  }

  attach(): void {
    void this.#application
    void this.#ports
  }

  load(_loaded: LoadedApplication): void {
    void 0
  }

  keys(): readonly string[] {
    return []
  }

  close(): void {
    void 0
  }

  restarts(_node: SpecNode): boolean {
    return false
  }

  memberChanged(_state: SlotState, _before: Condition): void {
    void 0
  }

  sampled(_path: string, _sensor: string, _value: Json, _at: number): void {
    void 0
  }

  decisions(_entity?: string): readonly DecisionView[] {
    return []
  }
}
