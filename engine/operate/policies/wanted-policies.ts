import type { SpecNode } from '../../entity/spec-tree.js'
import { policyKey, suspensionOf } from '../../entity/desired.js'
import { ROOT } from '../../entity/path.js'
import { EntityValue, plain, type Value } from '../../expression/value.js'
import type { HostedPolicy } from '../../policy/policy-host.js'
import type { PolicyKind, PolicySubject } from '../../ports/policy.js'
import { siteKey, sitesOf } from '../../reconcile/facts/placement.js'
import { worldFor } from '../../reconcile/facts/tracked-world.js'
import type { ConfigMap, PolicySpec } from '../../spec/entity-spec.js'
import { digestOf } from '../../support/digest.js'
import { sameJson, type Json, type JsonObject } from '../../support/json.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { versionAt } from '../../reconcile/facts/rollout.js'

/** The policies and enrichers of an application's wanted version, made ready with their settings as they are now. */
export class WantedPolicies {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #versions = new WeakMap<PolicySpec, { readonly config: JsonObject; readonly version: string }>()
  #perMember = false

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  /** Whether members have some of their own, as of the last `all`. */
  get perMember(): boolean {
    return this.#perMember
  }

  /** Each at its entity; those of a member spec at every member. */
  *all(): Generator<HostedPolicy> {
    const { landscape } = this.#application
    this.#perMember = false
    for (const node of landscape.tree.nodes) {
      if (node.spec.policies.length === 0 && node.spec.enrichers.length === 0) continue
      if (!node.pattern.includes('*')) yield* this.at(node.pattern, node)
      else this.#perMember = true
    }
    if (!this.#perMember) return
    for (const slot of landscape.slots.values()) {
      if (slot.role !== undefined && slot.node !== undefined) yield* this.at(slot.path, slot.node)
    }
  }

  /** Those of one entity; one whose settings are not known yet is left out. */
  *at(path: string, node: SpecNode): Generator<HostedPolicy> {
    const { spec } = node
    const subject = subjectOf(path, node)
    for (const policy of spec.policies) yield* this.#hosted(subject, policy, 'policy')
    for (const enricher of spec.enrichers) yield* this.#hosted(subject, enricher, 'enricher')
  }

  *#hosted(subject: PolicySubject, spec: PolicySpec, as: 'policy' | 'enricher'): Generator<HostedPolicy> {
    const { path } = subject
    if (spec.workflow !== undefined || spec.acts?.kind === 'sensor') return
    const config = this.#configOf(path, (spec.acts ?? spec).config)
    const attached = this.#kindOf(spec, as)?.attach(subject, config)
    if (attached === undefined || 'problems' in attached) {
      this.#ports.log.warn('a policy cannot act', { entity: path, policy: spec.name, type: spec.type })
      return
    }
    const { type } = spec.acts ?? spec
    const version = this.#versionOf(spec, config)
    const { desired } = this.#application.landscape
    const paused = suspensionOf(desired, policyKey(path, spec.name)) === undefined ? {} : { paused: true }
    yield { entity: path, name: spec.name, type, version, policy: attached.policy, ...paused }
  }

  #kindOf(spec: PolicySpec, as: 'policy' | 'enricher'): PolicyKind | undefined {
    const acts = spec.acts?.kind === 'policy' ? spec.acts : undefined
    const [type, role] = [acts?.type ?? spec.type, acts?.as ?? as]
    return this.#ports.policyKinds.find((one) => one.type === type && (one.role ?? 'policy') === role)
  }

  /** The members of a role have one version between them as long as their settings are the same. */
  #versionOf(spec: PolicySpec, config: JsonObject): string {
    const known = this.#versions.get(spec)
    if (known !== undefined && sameJson(known.config, config)) return known.version
    const version = digestOf([spec.type, config])
    this.#versions.set(spec, { config, version })
    return version
  }

  #configOf(path: string, settings: ConfigMap): JsonObject {
    const world = worldFor('', this.#ports.clock.now(), this.#application.sources)
    const entries = Object.entries(settings).flatMap(([key, expression]) => {
      const value = world.evaluate(expression, path, versionAt(world.desired, path))
      return value.kind === 'ready' ? [[key, settingOf(value.value)] as const] : []
    })
    return Object.fromEntries(entries)
  }
}

/** An entity is named by its path, the root by a dot. */
function settingOf(value: Value): Json {
  return value instanceof EntityValue && value.path === ROOT ? '.' : plain(value)
}

function subjectOf(path: string, { spec: { members, group }, member }: SpecNode): PolicySubject {
  if (members === undefined) return group === undefined ? { path } : { path, gathers: true }
  const sites = member === undefined ? {} : { sites: sitesOf(member).map(siteKey) }
  return { path, min: members.min, max: members.max, initial: members.initial, ...sites }
}
