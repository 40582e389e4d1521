import type {
  Actor,
  ChangeOptions,
  EntityView,
  Outcome,
  PoliciesApi,
  PolicyName,
  PolicyView,
} from '../../engine/index.js'

/** Policies of a fake engine: they do nothing, and rest while they are suspended. */
export class FakePolicies implements PoliciesApi {
  readonly #entity: (by: Actor, id: string, path: string) => Outcome<EntityView>
  /** Why, by application, entity and name. */
  readonly #suspended = new Map<string, string>()

  constructor(entity: (by: Actor, id: string, path: string) => Outcome<EntityView>) {
    this.#entity = entity
  }

  list(by: Actor, id: string, path: string): Outcome<readonly PolicyView[]> {
    const found = this.#entity(by, id, path)
    if (found.kind !== 'accepted') return found
    const value = found.value.policies.map((name): PolicyView => {
      const reason = this.#suspended.get(`${id}/${path}:${name}`)
      const state = reason === undefined ? 'acting' : 'suspended'
      const config = { metric: 'load' }
      return { entity: path, name, type: 'autoscale', role: 'policy', state, reason: reason ?? '', config }
    })
    return { kind: 'accepted', value }
  }

  async suspend(id: string, policy: PolicyName, options: ChangeOptions): Promise<Outcome<PolicyView>> {
    this.#suspended.set(
      `${id}/${policy.path}:${policy.name}`,
      `by ${options.by.name}: ${options.reason ?? ''}`,
    )
    return this.#view(id, policy, options)
  }

  async resume(id: string, policy: PolicyName, options: ChangeOptions): Promise<Outcome<PolicyView>> {
    this.#suspended.delete(`${id}/${policy.path}:${policy.name}`)
    return this.#view(id, policy, options)
  }

  #view(id: string, { path, name }: PolicyName, { by }: ChangeOptions): Outcome<PolicyView> {
    const all = this.list(by, id, path)
    if (all.kind !== 'accepted') return all
    const value = all.value.find((one) => one.name === name)
    return value === undefined
      ? { kind: 'not-found', what: `policy ${name} of ${path}` }
      : { kind: 'accepted', value }
  }
}
