import { policyKey, type Suspension } from '../../entity/desired.js'
import type { PolicyView } from '../../entity/view.js'
import type { Clock } from '../../support/clock.js'
import type { Actor } from '../../task/task.js'
import { Application } from '../application.js'
import { suspensionFor } from '../changes/desire.js'
import type { ChangeOptions, Outcome, PoliciesApi, PolicyName } from '../engine-api.js'
import type { Registry } from '../registry.js'

/** Policies and enrichers as people see them, suspend and resume them. */
export class PolicyAdmin implements PoliciesApi {
  readonly #registry: Registry
  readonly #clock: Clock

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry
    this.#clock = clock
  }

  list(by: Actor, id: string, path: string): Outcome<readonly PolicyView[]> {
    return this.#registry.with(by, id, ({ policies }) => {
      const value = policies.views(path)
      return value === undefined ? { kind: 'not-found', what: `entity ${path}` } : { kind: 'accepted', value }
    })
  }

  suspend(id: string, policy: PolicyName, options: ChangeOptions): Promise<Outcome<PolicyView>> {
    const at = this.#clock.now()
    const suspension = { by: options.by.name, reason: options.reason ?? 'no reason given', at }
    return this.#change(id, policy, options, suspension)
  }

  resume(id: string, policy: PolicyName, options: ChangeOptions): Promise<Outcome<PolicyView>> {
    return this.#change(id, policy, options)
  }

  async #change(
    ...[id, policy, options, suspension]: [string, PolicyName, ChangeOptions, Suspension?]
  ): Promise<Outcome<PolicyView>> {
    const application = this.#registry.find(options.by, id)
    if (!(application instanceof Application)) return application
    const before = viewOf(application, policy)
    if (before.kind !== 'accepted') return before
    const word = suspension === undefined ? 'resumed' : 'suspended'
    const reason = `${policy.name} ${word}${options.reason === undefined ? '' : `: ${options.reason}`}`
    const by = { name: options.by.name, reason, now: this.#clock.now() }
    const key = policyKey(policy.path, policy.name)
    const result = await application.desire((desired) => suspensionFor(desired, key, suspension, by), {
      expect: options.expectGeneration,
    })
    if (result.kind === 'conflict')
      return { kind: 'conflict', reason: 'the application has changed since', moved: [] }
    return result.kind === 'invalid' || result.kind === 'quota' ? result : viewOf(application, policy)
  }
}

function viewOf({ policies, landscape }: Application, { path, name }: PolicyName): Outcome<PolicyView> {
  const value = policies.views(path)?.find((one) => one.name === name)
  if (value !== undefined) return { kind: 'accepted', value }
  return { kind: 'not-found', what: `policy ${name} of ${path === '' ? landscape.desired.name : path}` }
}
