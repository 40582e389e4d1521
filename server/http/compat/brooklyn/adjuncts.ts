import type { Policy } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json, pathParam, value } from './call.js'
import { type ConfigSummary, configSummary } from './config.js'
import { Refused } from './gateway.js'
import { applicationLink, entityLink } from './ids.js'
import { type Located, entityParams, namedEntity } from './located.js'
import { entityActivities } from './tasks.js'

/** A policy or an enricher as Brooklyn lists it; its name is its id. */
export interface AdjunctSummary {
  readonly id: string
  readonly name: string
  readonly adjunctType: 'POLICY' | 'ENRICHER'
  readonly state: 'RUNNING' | 'STOPPED' | 'ERROR'
  readonly links: { readonly [name: string]: string }
}

/** Policies and enrichers, or one kind of them with `adjunctType`. */
export async function listAdjuncts(call: BrooklynCall): Promise<BrooklynAnswer> {
  const type = call.query['adjunctType']?.toUpperCase()
  return json((await summaries(call)).filter(({ adjunctType }) => type === undefined || adjunctType === type))
}

/** Policies alone. */
export async function listPolicies(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json((await summaries(call)).filter(({ adjunctType }) => adjunctType === 'POLICY'))
}

/** One of them. */
export async function getAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { located, policy } = await named(call)
  return json(summaryOf(located, policy))
}

/** How one of them stands. */
export async function readAdjunctStatus(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(STATES[(await named(call)).policy.state])
}

/** Whether each policy acts, by id. */
export async function readPolicyStates(call: BrooklynCall): Promise<BrooklynAnswer> {
  const policies = (await policiesOf(call)).policies.filter(({ role }) => role === 'policy')
  return json(Object.fromEntries(policies.map(({ name, state }) => [name, STATES[state] === 'RUNNING'])))
}

/** Lets one act again that was stopped. */
export async function startAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  return changed(call, 'resumePolicy')
}

/** Lets one rest until it is started. */
export async function stopAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  return changed(call, 'suspendPolicy')
}

/** Refused: what a document says is changed in the document. */
export async function destroyAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { name } = (await named(call)).policy
  throw new Refused(
    refuse('unsupported', `${name} stands in the document: deploy a version without it, or stop it.`),
  )
}

/** The keys that are set for one. */
export async function listAdjunctConfig(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { located, policy } = await named(call)
  const self = adjunctLink(located, policy.name)
  const keys = Object.entries(policy.config).map(([key, set]): ConfigSummary =>
    configSummary(located, { key, set, self: `${self}/config/${encodeURIComponent(key)}` }),
  )
  return json(keys)
}

/** Their values, by key; secrets by name. */
export async function readAllAdjunctConfig(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json((await named(call)).policy.config)
}

/** The value of one; no content when it is not set. */
export async function readAdjunctConfig(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { config } = (await named(call)).policy
  const key = pathParam(call, 'key')
  return value(call, Object.hasOwn(config, key) ? config[key] : undefined)
}

/** The tasks that it is the author of. */
export async function listAdjunctActivities(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { policy } = await named(call)
  return json(await entityActivities(call, ({ by, name }) => [by, name].includes(policy.name)))
}

const STATES: { readonly [state in Policy['state']]: AdjunctSummary['state'] } = {
  acting: 'RUNNING',
  suspended: 'STOPPED',
  resting: 'STOPPED',
  inert: 'STOPPED',
  faulty: 'ERROR',
}

interface Policies {
  readonly located: Located
  readonly policies: readonly Policy[]
}

async function policiesOf(call: BrooklynCall): Promise<Policies> {
  const located = await namedEntity(call)
  const policies = await call.gateway.read<readonly Policy[]>('listPolicies', { params: paramsOf(located) })
  return { located, policies }
}

async function summaries(call: BrooklynCall): Promise<readonly AdjunctSummary[]> {
  const { located, policies } = await policiesOf(call)
  return policies.map((policy) => summaryOf(located, policy))
}

async function named(call: BrooklynCall): Promise<{ readonly located: Located; readonly policy: Policy }> {
  const { located, policies } = await policiesOf(call)
  const id = pathParam(call, 'adjunct')
  const policy = policies.find(({ name }) => name === id)
  if (policy !== undefined) return { located, policy }
  throw new Refused(refuse('not-found', `Cannot find adjunct '${id}' in entity '${located.entity.name}'`))
}

async function changed(call: BrooklynCall, route: 'suspendPolicy' | 'resumePolicy'): Promise<BrooklynAnswer> {
  const { located, policy } = await named(call)
  const params = { ...paramsOf(located), policy: policy.name }
  await call.gateway.ask(route, { params, body: { kind: 'json', value: {} } })
  return empty()
}

function paramsOf({ application, entity }: Located): { readonly [name: string]: string } {
  return entityParams(application.id, entity.path)
}

function adjunctLink({ application, entity }: Located, name: string): string {
  return `${entityLink(application.id, entity.path)}/adjuncts/${encodeURIComponent(name)}`
}

function summaryOf(located: Located, { name, role, state }: Policy): AdjunctSummary {
  const self = adjunctLink(located, name)
  return {
    id: name,
    name,
    adjunctType: role === 'policy' ? 'POLICY' : 'ENRICHER',
    state: STATES[state],
    links: {
      self,
      application: applicationLink(located.application.id),
      entity: entityLink(located.application.id, located.entity.path),
      config: `${self}/config`,
      start: `${self}/start`,
      stop: `${self}/stop`,
    },
  }
}
