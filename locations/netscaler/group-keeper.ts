import {
  Failure,
  type CommandAnswer,
  type EnsureAnswer,
  type HoldingShape,
  type JsonObject,
  type OwnedResource,
  type ResourceRef,
  type ResourceState,
  type ResourceWant,
} from '../../engine/index.js'
import { commentOf, marksIn, type GroupMarks } from './group-marks.js'
import { changesBetween, digestOfMembers, membersIn, membersOf, type GroupMember } from './group-members.js'
import { answerFor } from './netscaler-failures.js'
import type { NetscalerConfig } from './netscaler-config.js'
import { isNoSuch, isThere, textOf, type NitroClient } from './nitro-client.js'

type SetShape = Extract<HoldingShape, { readonly kind: 'backends' }>

const BINDING = 'servicegroup_servicegroupmember_binding'
const FRONT = 'lbvserver_servicegroup_binding'

/**
 * Keeps service groups: one for each set, bound to the virtual server of its port. All that is in front stays as it is.
 *
 * @source NetScaler NITRO API reference: servicegroup, servicegroup_servicegroupmember_binding, lbvserver_servicegroup_binding
 */
export class GroupKeeper {
  readonly #client: NitroClient
  readonly #vservers: NetscalerConfig['vservers']

  constructor(client: NitroClient, { vservers }: Pick<NetscalerConfig, 'vservers'>) {
    this.#client = client
    this.#vservers = vservers
  }

  /** Makes a group have exactly the members of a set. Its comment is written last: what was broken off is seen by that. */
  async ensure(want: ResourceWant, signal: AbortSignal): Promise<EnsureAnswer> {
    if (want.shape.kind !== 'backends') return UNABLE
    try {
      return await this.#ensure(want, want.shape, signal)
    } catch (error) {
      return answerFor(error)
    }
  }

  /**
   * As it is. A group whose members are not those that were bound, or that nobody comes to, is another set: as there is none, it is asked
   * for again.
   */
  async observe({ token, kind, name }: ResourceRef, signal: AbortSignal): Promise<ResourceState> {
    const absent: ResourceState = { token, kind, state: 'absent' }
    if (kind !== 'backends') return absent
    const group = await this.#group(name, signal)
    const marks = marksIn(group?.['comment'])
    if (marks?.token !== token) return absent
    const members = await this.#members(name, signal)
    const port = await this.#portOf(name, signal)
    if (port === undefined || digestOfMembers(members) !== marks.members) return absent
    return { ...stateOf(name, marks), address: port.address, ports: { listen: { inside: port.number } } }
  }

  async destroy({ token, name, generation }: ResourceRef, signal: AbortSignal): Promise<CommandAnswer> {
    try {
      const marks = marksIn((await this.#group(name, signal))?.['comment'])
      if (marks?.token !== token) return { kind: 'done' }
      if (marks.generation > generation) return STALE
      await this.#client.ask({ method: 'DELETE', path: `servicegroup/${encodeURIComponent(name)}`, signal })
      return { kind: 'done' }
    } catch (error) {
      return isNoSuch(error) ? { kind: 'done' } : answerFor(error)
    }
  }

  /** All groups that an engine has made. */
  async owned(engine: string, signal: AbortSignal): Promise<readonly OwnedResource[]> {
    const groups = await this.#client.list('servicegroup', undefined, signal)
    return groups.flatMap(({ servicegroupname, comment }) => {
      const marks = marksIn(comment)
      const name = textOf(servicegroupname)
      return marks?.marks.engine === engine ? [{ ...stateOf(name, marks), name }] : []
    })
  }

  async #ensure(want: ResourceWant, shape: SetShape, signal: AbortSignal): Promise<EnsureAnswer> {
    const { name, token, generation, marks } = want
    const front = await this.#front(shape, signal)
    const wanted = membersOf(shape.members)
    const said = { token, generation, marks, members: digestOfMembers(wanted) }
    const known = (await this.#group(name, signal)) ?? (await this.#make(want, shape, signal))
    const before = marksIn(known['comment'])
    if (before?.token !== token) return { kind: 'conflict', holder: `the service group ${name}` }
    if (before.generation > generation) return STALE
    await this.#bind(name, wanted, signal)
    await this.#open(front.name, name, signal)
    const comment = commentOf(said)
    if (known['comment'] !== comment)
      await this.#client.ask({
        method: 'PUT',
        path: 'servicegroup',
        body: { servicegroup: { servicegroupname: name, comment } },
        signal,
      })
    const at = { address: front.address, ports: { listen: { inside: shape.port } } }
    const kind = known['isNew'] === true ? 'created' : 'found'
    return { kind, resource: { ...stateOf(name, said), ...at } }
  }

  /** The administrator's virtual server for a port. */
  async #front({ port, protocol }: SetShape, signal: AbortSignal): Promise<Front> {
    const name = this.#vservers[String(port)]
    if (name === undefined) throw invalid(`no virtual server is named for port ${port}: add it to "vservers"`)
    const [found] = await this.#client.list('lbvserver', name, signal)
    if (found === undefined) throw missing(`there is no virtual server ${name} on the NetScaler`)
    const type = textOf(found['servicetype'])
    if (protocol === 'udp' && !type.includes('UDP')) throw invalid(`${name} takes ${type}, not udp`)
    return { name, address: textOf(found['ipv46']), type }
  }

  /** A new group takes what its front end takes. Its first comment says whose it is, and that it has no members. */
  async #make(want: ResourceWant, shape: SetShape, signal: AbortSignal): Promise<JsonObject> {
    const { name: servicegroupname, token, generation, marks } = want
    const { type: servicetype } = await this.#front(shape, signal)
    const unfinished = { ...marks, digest: '-' }
    const comment = commentOf({ token, generation, marks: unfinished, members: digestOfMembers([]) })
    try {
      const body = { servicegroup: { servicegroupname, servicetype, comment } }
      await this.#client.ask({ method: 'POST', path: 'servicegroup', body, signal })
      return { comment, isNew: true }
    } catch (error) {
      if (!isThere(error)) throw error
      return (await this.#group(servicegroupname, signal)) ?? {}
    }
  }

  async #bind(name: string, wanted: readonly GroupMember[], signal: AbortSignal): Promise<void> {
    const { bind, unbind } = changesBetween(await this.#members(name, signal), wanted)
    const renewed = new Set(bind.map(({ ip, port }) => `${ip} ${port}`))
    const [again, gone] = [
      unbind.filter(({ ip, port }) => renewed.has(`${ip} ${port}`)),
      unbind.filter(({ ip, port }) => !renewed.has(`${ip} ${port}`)),
    ]
    for (const member of again) await this.#unbind(name, member, signal)
    for (const member of bind) await this.#put(BINDING, { servicegroupname: name, ...member }, signal)
    // Who comes is there before anybody goes.
    for (const member of gone) await this.#unbind(name, member, signal)
  }

  async #unbind(name: string, { ip, port }: GroupMember, signal: AbortSignal): Promise<void> {
    const path = `${BINDING}/${encodeURIComponent(name)}?args=ip:${encodeURIComponent(ip)},port:${port}`
    try {
      await this.#client.ask({ method: 'DELETE', path, signal })
    } catch (error) {
      if (!isNoSuch(error)) throw error
    }
  }

  async #open(front: string, name: string, signal: AbortSignal): Promise<void> {
    const bound = await this.#client.list(FRONT, front, signal)
    if (bound.some(({ servicegroupname }) => servicegroupname === name)) return
    await this.#put(FRONT, { name: front, servicegroupname: name }, signal)
  }

  /** Puts a binding; one that is there already is as good. */
  async #put(kind: string, binding: JsonObject, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.ask({ method: 'PUT', path: kind, body: { [kind]: binding }, signal })
    } catch (error) {
      if (!isThere(error)) throw error
    }
  }

  async #group(name: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    const [found] = await this.#client.list('servicegroup', name, signal)
    return found
  }

  async #members(name: string, signal: AbortSignal): Promise<readonly GroupMember[]> {
    return membersIn(await this.#client.list(BINDING, name, signal))
  }

  /** Which front end a group is bound to. */
  async #portOf(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly number: number; readonly address: string } | undefined> {
    for (const [number, front] of Object.entries(this.#vservers)) {
      const bound = await this.#client.list(FRONT, front, signal)
      if (!bound.some(({ servicegroupname }) => servicegroupname === name)) continue
      const [found] = await this.#client.list('lbvserver', front, signal)
      return { number: Number(number), address: textOf(found?.['ipv46']) }
    }
    return undefined
  }
}

interface Front {
  readonly name: string
  readonly address: string
  /** What it takes, e.g. HTTP; a group behind it takes the same. */
  readonly type: string
}

function stateOf(name: string, { token, marks }: GroupMarks): ResourceState {
  return { token, kind: 'backends', state: 'running', id: name, instance: token, marks }
}

function invalid(message: string): Failure {
  return new Failure({ cause: 'invalid', retry: 'never', message })
}

function missing(message: string): Failure {
  return new Failure({ cause: 'missing', retry: 'soon', message })
}

const STALE = {
  kind: 'refused',
  failure: { cause: 'stale', retry: 'never', message: 'a newer command has been here' },
} as const

const UNABLE = {
  kind: 'refused',
  failure: {
    cause: 'unsupported',
    retry: 'never',
    message: 'a NetScaler has sets of back ends, and nothing else',
  },
} as const
