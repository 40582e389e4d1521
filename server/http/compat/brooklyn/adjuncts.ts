import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json, pathParam } from './call.js'
import { Refused } from './gateway.js'
import { applicationLink, entityLink } from './ids.js'
import { type Located, namedEntity } from './located.js'

/** A policy as Brooklyn lists it; its name is its id. */
export interface AdjunctSummary {
  readonly id: string
  readonly name: string
  readonly adjunctType: 'POLICY'
  /** Policies act while their application is wanted running. */
  readonly state: 'RUNNING' | 'STOPPED'
  readonly links: { readonly [name: string]: string }
}

/** Policies, which are all the adjuncts that there are here. */
export async function listAdjuncts(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const type = call.query['adjunctType']
  if (type !== undefined && type.toUpperCase() !== 'POLICY') return json([])
  return json(located.entity.policies.map((name) => summaryOf(located, name)))
}

/** One of them. */
export async function getAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(await named(call))
}

/** How one of them stands. */
export async function readAdjunctStatus(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json((await named(call)).state)
}

/** Whether each of them acts, by id. */
export async function readPolicyStates(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const states = located.entity.policies.map(
    (name) => [name, summaryOf(located, name).state === 'RUNNING'] as const,
  )
  return json(Object.fromEntries(states))
}

/** What acts already is started; what does not acts as soon as its application is started. */
export async function startAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { id, state } = await named(call)
  if (state === 'RUNNING') return empty()
  throw new Refused(refuse('unsupported', `${id} acts again when its application is started.`))
}

/** Refused: what a document says is changed in the document. */
export async function stopAdjunct(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { id } = await named(call)
  throw new Refused(
    refuse('unsupported', `${id} stands in the document: deploy a version without it to be rid of it.`),
  )
}

async function named(call: BrooklynCall): Promise<AdjunctSummary> {
  const located = await namedEntity(call)
  const id = pathParam(call, 'adjunct')
  const { policies, name } = located.entity
  if (policies.includes(id)) return summaryOf(located, id)
  throw new Refused(refuse('not-found', `Cannot find adjunct '${id}' in entity '${name}'`))
}

function summaryOf({ application, entity }: Located, name: string): AdjunctSummary {
  const owner = entityLink(application.id, entity.path)
  const self = `${owner}/adjuncts/${encodeURIComponent(name)}`
  return {
    id: name,
    name,
    adjunctType: 'POLICY',
    state: application.wish === 'running' ? 'RUNNING' : 'STOPPED',
    links: {
      self,
      application: applicationLink(application.id),
      entity: owner,
      start: `${self}/start`,
      stop: `${self}/stop`,
    },
  }
}
