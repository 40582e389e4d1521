import type { ConfigMap, EffectorSpec } from '../../spec/entity-spec.js'
import type { Expression } from '../../spec/expression.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { FailureRecord } from '../../support/failure.js'
import type { JsonObject } from '../../support/json.js'
import { worldFor } from '../../reconcile/facts/tracked-world.js'
import type { TaskRecord } from '../../task/task.js'
import { effectorParameters } from '../effectors/effector-command.js'
import type { Invoke } from '../effectors/invoke.js'
import type { Ask } from '../changes/asks.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { keptValue, nodeAt } from './world.js'
import type { RunWish } from './wish.js'
import type { WorkflowDesk } from './workflow-desk.js'
import { versionAt } from '../../reconcile/facts/rollout.js'

/** A call of an effector by name. */
export interface EffectorCall {
  readonly effector: string
  readonly parameters: JsonObject
  readonly by: string
  readonly reason: string
  readonly parent?: RunWish['parent']
}

/** Does what effectors stand for by runs: a workflow as it is, a command as one of a single step. */
export class RunEffectors {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  find(path: string, name: string): EffectorSpec | undefined {
    return nodeAt(this.#application, path)?.spec.effectors.find((one) => one.name === name)
  }

  /** Begins the run of an effector, or says why its parameters do not fit. */
  async begin(
    desk: Pick<WorkflowDesk, 'begin'>,
    path: string,
    call: EffectorCall,
  ): Promise<{ readonly task: TaskRecord } | { readonly reason: string } | undefined> {
    const spec = this.find(path, call.effector)
    if (spec === undefined) return undefined
    if (spec.keeps !== undefined)
      return { reason: `effector ${call.effector} keeps values, which no workflow can ask for yet` }
    const { sources } = this.#application
    const world = worldFor('', this.#ports.clock.now(), sources)
    const checked = effectorParameters(spec, call.parameters, (expression) =>
      world.evaluate(expression, path, versionAt(world.desired, path)),
    )
    if ('reason' in checked) return { reason: `effector ${call.effector} ${checked.reason}` }
    const { seal } = this.#ports
    const kept = Object.entries(checked.parameters).map(
      ([name, value]) => [name, keptValue(value, seal)] as const,
    )
    const { effector: name, by, reason, parent } = call
    const task = await desk.begin({
      entity: path,
      name,
      origin: `effector ${name}`,
      spec: workflowOf(spec, nodeAt(this.#application, path)?.spec.software?.environment),
      input: Object.fromEntries(kept),
      by,
      reason,
      ...(parent === undefined ? {} : { parent }),
    })
    return { task }
  }

  /** How a run calls an effector. */
  invoker(desk: () => Pick<WorkflowDesk, 'begin'>): Invoke {
    return async ({ token, request }, { id, by, name }) => {
      if (request.kind !== 'invoke') return failed('internal', 'it is no call of an effector')
      const { effector, entity, arguments: given } = request
      const call = { effector, parameters: given, by, reason: `called by ${name}` }
      if (this.find(entity, effector) === undefined) return this.#ask(entity, token, { ...call, parent: id })
      const begun = await this.begin(desk(), entity, { ...call, parent: { run: id, token } })
      if (begun === undefined) return failed('missing', `${entity} has no effector ${effector}`)
      return 'reason' in begun ? failed('invalid', begun.reason) : { begun: token }
    }
  }

  /** How a run asks for what an entity can be asked by what it is. */
  async #ask(entity: string, token: string, ask: Omit<Ask, 'token'>): ReturnType<Invoke> {
    const { asks } = this.#application
    const begun = await asks.invoke(entity, { ...ask, token })
    if (begun === undefined) return failed('missing', `${entity} has no effector ${ask.effector}`)
    return 'reason' in begun
      ? failed('invalid', begun.reason)
      : { begun: token, ended: () => asks.ended(token) }
  }
}

/** What an effector does: its workflow, or its command with the parameters as environment. */
function workflowOf(spec: EffectorSpec, shared: ConfigMap = {}): WorkflowSpec {
  if (spec.workflow !== undefined) return spec.workflow
  const parameters = Object.fromEntries(spec.parameters.map(({ name }) => [name, given(name)]))
  const environment = { ...shared, ...spec.environment, ...parameters }
  const does = { kind: 'command', script: spec.command, environment } as const
  const timeout = spec.timeout > 0 ? { timeout: { kind: 'literal', value: spec.timeout } as const } : {}
  return {
    steps: [{ input: {}, does, ...timeout }],
    input: {},
    replay: { allowed: true, fromStart: false },
    idempotent: false,
  }
}

/** A parameter's value; one that was not given is empty. */
function given(name: string): Expression {
  const variable = { kind: 'variable', of: 'input', path: [name] } as const
  return { kind: 'first-known', of: [variable, { kind: 'literal', value: '' }] }
}

function failed(
  cause: FailureRecord['cause'],
  message: string,
): { readonly failed: { readonly kind: 'failed'; readonly failure: FailureRecord } } {
  return { failed: { kind: 'failed', failure: { cause, retry: 'never', message } } }
}
