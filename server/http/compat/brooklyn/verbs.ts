import type { Accepted, EffectorParameter, RouteId, Task, WireObject } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type Gateway, Refused } from './gateway.js'
import { applicationOfId, pathOfId } from './ids.js'
import { type Located, entityParams } from './located.js'

/** An effector that an entity has in Brooklyn by its kind, and that is a request of its own here. */
export interface Verb {
  readonly name: string
  readonly description: string
  readonly parameters: readonly EffectorParameter[]
  /** The task that stands for it; undefined when it was so already. */
  begin(gateway: Gateway, parameters: WireObject): Promise<Task | undefined>
}

/** What an entity can be asked by its kind: an application, a cluster, a process. */
export function verbsOf(located: Located): readonly Verb[] {
  const { application, entity } = located
  if (entity.path === '') return [wish(located, 'start'), wish(located, 'stop')]
  const isCluster = application.roles.some(({ path, max }) => path === entity.path && max > 1)
  return isCluster ? [resize(located), replaceMember(located)] : [restart(located)]
}

function wish({ application }: Located, name: 'start' | 'stop'): Verb {
  const route = name === 'start' ? 'startApplication' : 'stopApplication'
  return {
    name,
    description: `Want the application ${name === 'start' ? 'running' : 'stopped'}`,
    parameters: [],
    begin: (gateway) => changed(gateway, route, { application: application.id }, {}),
  }
}

function restart({ application, entity }: Located): Verb {
  return {
    name: 'restart',
    description: 'Launch it again where it is',
    parameters: [],
    begin: (gateway) => changed(gateway, 'restartEntity', entityParams(application.id, entity.path), {}),
  }
}

function resize({ application, entity }: Located): Verb {
  return {
    name: 'resize',
    description: 'Want another number of members',
    parameters: [parameter('desiredSize', 'integer', 'How many')],
    begin: (gateway, { desiredSize }) => {
      const params = { application: application.id, role: entity.path }
      return changed(gateway, 'scaleRole', params, { count: desiredSize ?? null })
    },
  }
}

function replaceMember({ application }: Located): Verb {
  return {
    name: 'replaceMember',
    description: 'Replace a member by a new one',
    parameters: [parameter('memberId', 'string', 'The id of the member')],
    begin: (gateway, { memberId }) => {
      const id = typeof memberId === 'string' ? memberId : ''
      const path = pathOfId(applicationOfId(id), id)
      if (path === undefined || path === '' || applicationOfId(id) !== application.id)
        throw new Refused(refuse('invalid-request', 'memberId: the id of a member of this cluster'))
      return changed(gateway, 'replaceEntity', entityParams(application.id, path), {})
    },
  }
}

async function changed(
  gateway: Gateway,
  route: RouteId,
  params: { readonly [name: string]: string },
  value: WireObject,
): Promise<Task | undefined> {
  return (await gateway.read<Accepted>(route, { params, body: { kind: 'json', value } })).task
}

function parameter(name: string, type: string, description: string): EffectorParameter {
  return { name, type, description, required: true, constraints: [] }
}
