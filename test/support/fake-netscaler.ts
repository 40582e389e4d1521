import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isJsonObject, type Json, type JsonObject } from '../../engine/index.js'
import { textOf } from '../../locations/netscaler/nitro-client.js'

/** What goes wrong with a request, instead of or after what it asks for. */
export type NitroFault =
  | { readonly kind: 'lost-before' | 'lost-after' }
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly errorcode?: number
      readonly message: string
    }

/**
 * A NetScaler as far as its NITRO API is used: virtual servers that are there, service groups and their bindings, with its answers
 * for what is not there, is there already, or is asked by somebody else.
 *
 * @source NetScaler NITRO API reference: lbvserver, servicegroup, servicegroup_servicegroupmember_binding, lbvserver_servicegroup_binding
 */
export class FakeNetscaler {
  readonly groups: Map<string, { [key: string]: Json }> = new Map<string, { [key: string]: Json }>()
  readonly members: Map<string, JsonObject[]> = new Map<string, JsonObject[]>()
  /** Groups that each virtual server is bound to. */
  readonly fronts: Map<string, string[]> = new Map<string, string[]>([['shop-front', []]])
  /** What was asked that changes something, as `METHOD kind`. */
  readonly changes: string[] = []
  /** The next request that matches meets this; then it is forgotten. */
  fault: { readonly on: RegExp; readonly is: NitroFault } | undefined
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response))

  /** Listens on loopback; gives the URL. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Addresses and ports of a group. */
  boundTo(name: string): readonly string[] {
    return (this.members.get(name) ?? []).map(({ ip, port }) => `${textOf(ip)}:${textOf(port)}`).sort()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const { method = '', url = '' } = request
    const [path = '', query = ''] = url.replace('/nitro/v1/config/', '').split('?')
    const [kind = '', name] = path.split('/').map(decodeURIComponent)
    const asked = `${method} ${kind}`
    const fault = this.fault?.on.test(asked) === true ? this.fault.is : undefined
    if (fault !== undefined) this.fault = undefined
    const answer =
      fault?.kind === 'lost-before'
        ? undefined
        : this.#judge(request, asked, fault, { name, query, of: body[kind] ?? {} })
    if (answer === undefined || fault?.kind === 'lost-after') request.socket.destroy()
    else say(response, ...answer)
  }

  #judge(request: IncomingMessage, asked: string, fault: NitroFault | undefined, what: Asked): Answer {
    if (fault?.kind === 'answer') return [fault.status, fault]
    const { 'x-nitro-user': user, 'x-nitro-pass': password } = request.headers
    if (user !== 'weir' || password !== 'open sesame')
      return [401, { errorcode: 354, message: 'Invalid username or password' }]
    if (!asked.startsWith('GET')) this.changes.push(asked)
    return this.#do(asked, what)
  }

  #do(asked: string, { name, query, of }: Asked): Answer {
    const given = isJsonObject(of) ? of : {}
    const group = textOf(given['servicegroupname'] ?? name)
    switch (asked) {
      case 'GET lbvserver':
        if (!this.fronts.has(group)) return NO_SUCH
        return done({ lbvserver: [{ name: group, ipv46: '192.0.2.80', port: 80, servicetype: 'HTTP' }] })
      case 'GET servicegroup': {
        const found = name === undefined ? [...this.groups.values()] : [this.groups.get(group)]
        const there = found.filter((one) => one !== undefined)
        return name !== undefined && there.length === 0 ? NO_SUCH : done({ servicegroup: there })
      }
      case 'POST servicegroup':
        if (this.groups.has(group)) return EXISTS
        this.groups.set(group, { ...given })
        return [201, DONE]
      case 'PUT servicegroup': {
        const known = this.groups.get(group)
        if (known === undefined) return NO_SUCH
        Object.assign(known, given)
        return done({})
      }
      case 'DELETE servicegroup':
        if (!this.groups.delete(group)) return NO_SUCH
        this.members.delete(group)
        for (const [front, bound] of this.fronts)
          this.fronts.set(
            front,
            bound.filter((one) => one !== group),
          )
        return done({})
      case 'GET servicegroup_servicegroupmember_binding': {
        if (!this.groups.has(group)) return NO_SUCH
        const bound = this.members.get(group) ?? []
        return done(bound.length === 0 ? {} : { servicegroup_servicegroupmember_binding: bound })
      }
      case 'PUT servicegroup_servicegroupmember_binding':
        return this.#bind(group, given)
      case 'DELETE servicegroup_servicegroupmember_binding':
        return this.#unbind(group, decodeURIComponent(query))
      case 'GET lbvserver_servicegroup_binding': {
        const bound = this.fronts.get(group) ?? []
        return done({
          lbvserver_servicegroup_binding: bound.map((one) => ({ name: group, servicegroupname: one })),
        })
      }
      case 'PUT lbvserver_servicegroup_binding': {
        const bound = this.fronts.get(textOf(given['name']))
        if (bound === undefined || !this.groups.has(group)) return NO_SUCH
        if (bound.includes(group)) return EXISTS
        bound.push(group)
        return [201, DONE]
      }
      default:
        return [400, { errorcode: 1090, message: `Invalid object [${asked}]`, severity: 'ERROR' }]
    }
  }

  #bind(group: string, { ip = null, port = null, weight = 1 }: JsonObject): Answer {
    if (!this.groups.has(group)) return NO_SUCH
    const bound = this.members.get(group) ?? []
    if (bound.some((one) => one['ip'] === ip && one['port'] === port)) return EXISTS
    // It tells numbers as texts.
    this.members.set(group, [...bound, { servicegroupname: group, ip, port, weight: textOf(weight) }])
    return [201, DONE]
  }

  #unbind(group: string, query: string): Answer {
    const [, ip, port] = /^args=ip:(.+),port:(\d+)$/.exec(query) ?? []
    const bound = this.members.get(group) ?? []
    const left = bound.filter((one) => one['ip'] !== ip || textOf(one['port']) !== port)
    if (left.length === bound.length) return NO_SUCH
    this.members.set(group, left)
    return done({})
  }
}

type Answer = readonly [status: number, answer: JsonObject]

/** What is asked about. */
interface Asked {
  readonly name: string | undefined
  readonly query: string
  readonly of: Json
}

const DONE = { errorcode: 0, message: 'Done', severity: 'NONE' } as const
const NO_SUCH = [404, { errorcode: 258, message: 'No such resource', severity: 'ERROR' }] as const
const EXISTS = [409, { errorcode: 273, message: 'Resource already exists', severity: 'ERROR' }] as const

function done(answer: JsonObject): Answer {
  return [200, { ...DONE, ...answer }]
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  let text = ''
  for await (const part of request) text += String(part)
  return text === '' ? {} : (JSON.parse(text) as JsonObject)
}

function say(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}
