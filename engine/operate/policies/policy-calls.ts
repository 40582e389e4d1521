import { arbitrate } from '../../policy/arbiter.js'
import {
  callOrigin,
  callKey,
  type ArbiterState,
  type Arbitration,
  type GrantedCall,
  type RateMemory,
  type Request,
} from '../../policy/arbiter-state.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import { digestOf } from '../../support/digest.js'
import type { JsonObject } from '../../support/json.js'
import { generalEffectors } from '../effectors/general-effectors.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { nodeAt } from '../runs/world.js'
import type { WorkflowDesk } from '../runs/workflow-desk.js'

/**
 * Puts the calls that policies ask for before the arbiter, and begins those that are granted as runs. A run is known by what it is
 * called for under a version of the document: it is begun before the decision is stored, and once, however often that is decided anew after a crash.
 */
export class PolicyCalls {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #desk: () => Pick<WorkflowDesk, 'begin' | 'list'>

  constructor(
    application: KeptApplication,
    ports: KeptPorts,
    desk: () => Pick<WorkflowDesk, 'begin' | 'list'>,
  ) {
    this.#application = application
    this.#ports = ports
    this.#desk = desk
  }

  /** Gives what was decided. */
  async make(requests: readonly Request[], recent: RateMemory, now: number): Promise<Arbitration> {
    const verdict = arbitrate(this.#state(requests, recent), requests, now)
    for (const granted of verdict.calls) await this.#begin(granted)
    return verdict
  }

  #state(requests: readonly Request[], recent: RateMemory): ArbiterState {
    const named = new Set(requests.flatMap(({ intent }) => (intent.kind === 'call' ? [intent.entity] : [])))
    const callable = [...named].flatMap((path) => {
      const node = nodeAt(this.#application, path)
      if (node === undefined) return []
      const effectors = [...node.spec.effectors, ...generalEffectors(node, path)]
      return [[path, effectors.map(({ name }) => name)] as const]
    })
    return {
      desired: this.#application.landscape.desired,
      roles: {},
      members: {},
      recent,
      callable: Object.fromEntries(callable),
      calling: this.#going(),
    }
  }

  #going(): ReadonlyMap<string, number> {
    const open = new Map<string, number>()
    for (const { state, origin, entity, name } of this.#desk().list()) {
      if (state !== 'running') continue
      const key = callKey(origin, { entity, effector: name })
      open.set(key, (open.get(key) ?? 0) + 1)
    }
    return open
  }

  async #begin({ by, call }: GrantedCall): Promise<void> {
    const { entity, effector, arguments: given, key, reason } = call
    const origin = callOrigin(by)
    const { version } = this.#application.landscape.desired
    await this.#desk().begin({
      ...{ entity, name: effector, origin, input: {}, by: 'weir', reason: `${origin}: ${reason}` },
      spec: callOf(effector, given, origin),
      token: digestOf([this.#ports.engineId, this.#application.id, origin, version, key]),
    })
  }
}

/** A run of one step: the call. Those of one policy wait for each other. */
function callOf(effector: string, given: JsonObject, lock: string): WorkflowSpec {
  const values = Object.entries(given).map(([name, value]) => [name, { kind: 'literal', value }] as const)
  return {
    steps: [
      {
        input: {},
        does: { kind: 'invoke', effector, arguments: Object.fromEntries(values), await: true },
      },
    ],
    input: {},
    lock: { name: lock },
    replay: { allowed: true, fromStart: false },
    idempotent: false,
  }
}
