import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  Failure,
  Secret,
  type Backend,
  type EnsureAnswer,
  type JsonObject,
  type Location,
  type ResourceRef,
  type ResourceState,
  type ResourceWant,
} from '../../../engine/index.js'
import { netscalerLocations } from '../../../locations/netscaler/index.js'
import { FakeNetscaler, type NitroFault } from '../../support/fake-netscaler.js'

let far: FakeNetscaler
let url: string
let place: Location
const options = { signal: new AbortController().signal }

beforeEach(async () => {
  far = new FakeNetscaler()
  url = await far.open()
  place = open()
})
afterEach(() => far.close())

function open(change: JsonObject = {}): Location {
  const password = new Secret('password', 'open sesame') as unknown as string
  const config = { url, user: 'weir', password, vservers: { '80': 'shop-front' }, timeout: 2_000, ...change }
  return netscalerLocations().open({
    kind: 'location',
    tenant: 'main',
    name: 'ns',
    driver: 'netscaler',
    config,
  })
}

function back(...hosts: readonly number[]): readonly Backend[] {
  return hosts.map((host) => ({ machine: `m${host}`, address: `10.0.0.${host}`, port: 8080 }))
}

function want(members: readonly Backend[], generation = 1, change: Partial<ResourceWant> = {}): ResourceWant {
  const marks = {
    engine: 'e1',
    application: 'shop',
    entity: 'door',
    incarnation: 0,
    digest: `d${generation}`,
  }
  const shape = { kind: 'backends', algorithm: 'round-robin', port: 80, protocol: 'tcp', members } as const
  return { token: 't1', name: 'shop-door-set-1', marks, generation, shape, ...change }
}

async function ensure(wanted: ResourceWant): Promise<EnsureAnswer> {
  const [answer] = await place.ensure([wanted], options)
  return answer!
}

const REF: ResourceRef = { token: 't1', kind: 'backends', name: 'shop-door-set-1', generation: 9 }
const observe = async (): Promise<ResourceState | undefined> => (await place.observe([REF], options))[0]

describe('a set of back ends on a NetScaler', () => {
  it('is a service group behind the virtual server of its port, with exactly its members', async () => {
    expect(await ensure(want(back(1, 2, 3, 4)))).toMatchObject({
      kind: 'created',
      resource: { state: 'running', address: '192.0.2.80', ports: { listen: { inside: 80 } } },
    })
    expect(far.fronts.get('shop-front')).toEqual(['shop-door-set-1'])
    expect(far.groups.get('shop-door-set-1')).toMatchObject({ servicetype: 'HTTP' })
    expect(await ensure(want(back(1, 2, 3, 4, 5, 6), 2))).toMatchObject({ kind: 'found' })
    expect(far.boundTo('shop-door-set-1')).toHaveLength(6)
    await ensure(want(back(2, 5), 3))
    expect(far.boundTo('shop-door-set-1')).toEqual(['10.0.0.2:8080', '10.0.0.5:8080'])
    expect(await observe()).toMatchObject({ state: 'running', marks: { digest: 'd3', entity: 'door' } })
  })

  it('is not touched where it is so already', async () => {
    await ensure(want(back(1, 2)))
    far.changes.length = 0
    await ensure(want(back(1, 2)))
    expect(far.changes).toEqual([])
  })

  it('has who comes before anybody goes, and another weight', async () => {
    await ensure(want(back(1)))
    far.changes.length = 0
    await ensure(want(back(2), 2))
    const kind = 'servicegroup_servicegroupmember_binding'
    expect(far.changes).toEqual([`PUT ${kind}`, `DELETE ${kind}`, 'PUT servicegroup'])
    await ensure(want([{ ...back(2)[0]!, weight: 5 }], 3))
    expect(far.members.get('shop-door-set-1')).toMatchObject([{ ip: '10.0.0.2', weight: '5' }])
  })

  it('takes addresses of IPv6, and none that is a name', async () => {
    await ensure(want([{ machine: 'm', address: 'fd00::1', port: 80 }]))
    expect(far.boundTo('shop-door-set-1')).toEqual(['fd00::1:80'])
    await ensure(want([], 2))
    expect(far.boundTo('shop-door-set-1')).toEqual([])
    expect(await ensure(want([{ machine: 'm', address: 'web-1', port: 80 }], 3))).toMatchObject({
      failure: { cause: 'invalid', retry: 'never' },
    })
  })

  it('is asked for again where somebody has changed it, or taken it from its front', async () => {
    await ensure(want(back(1, 2)))
    far.members.get('shop-door-set-1')!.pop()
    expect(await observe()).toMatchObject({ state: 'absent' })
    await ensure(want(back(1, 2)))
    expect(far.boundTo('shop-door-set-1')).toHaveLength(2)
    far.fronts.set('shop-front', [])
    expect(await observe()).toMatchObject({ state: 'absent' })
    await ensure(want(back(1, 2)))
    expect(await observe()).toMatchObject({ state: 'running' })
  })

  it.each([
    'POST servicegroup',
    'PUT servicegroup_servicegroupmember_binding',
    'PUT lbvserver',
    'PUT servicegroup$',
  ])('is whole by the same call again when the answer to "%s" is lost', async (on) => {
    for (const kind of ['lost-before', 'lost-after'] as const) {
      far.fault = { on: new RegExp(on), is: { kind } }
      expect(await ensure(want(back(1, 2)))).toMatchObject({ kind: 'unknown' })
      expect(await ensure(want(back(1, 2)))).toMatchObject({ resource: { marks: { digest: 'd1' } } })
      expect([far.boundTo('shop-door-set-1').length, far.groups.size]).toEqual([2, 1])
      await place.destroy([REF], options)
    }
  })

  it('is not changed by an older command after a newer one', async () => {
    await ensure(want(back(1, 2), 5))
    expect(await ensure(want(back(1), 4))).toMatchObject({ failure: { cause: 'stale' } })
    expect(await place.destroy([{ ...REF, generation: 4 }], options)).toMatchObject([
      { failure: { cause: 'stale' } },
    ])
    expect(far.boundTo('shop-door-set-1')).toHaveLength(2)
  })

  it("leaves a stranger's group of its name as it is", async () => {
    far.groups.set('shop-door-set-1', { servicegroupname: 'shop-door-set-1', comment: 'by hand' })
    expect(await ensure(want(back(1)))).toEqual({
      kind: 'conflict',
      holder: 'the service group shop-door-set-1',
    })
    expect(await place.destroy([REF], options)).toEqual([{ kind: 'done' }])
    expect([far.groups.size, far.boundTo('shop-door-set-1')]).toEqual([1, []])
  })

  it('is listed by its engine, and gone when it is removed', async () => {
    await ensure(want(back(1)))
    expect(await place.listOwned('e1', options)).toMatchObject([{ name: 'shop-door-set-1', token: 't1' }])
    expect(await place.listOwned('e2', options)).toEqual([])
    expect(await place.destroy([REF], options)).toEqual([{ kind: 'done' }])
    expect(await place.destroy([REF], options)).toEqual([{ kind: 'done' }])
    expect([far.groups.size, far.fronts.get('shop-front'), (await observe())?.state]).toEqual([
      0,
      [],
      'absent',
    ])
  })
})

describe('what goes wrong', () => {
  const answer = (status: number, errorcode?: number): NitroFault => ({
    kind: 'answer',
    status,
    message: 'no',
    ...(errorcode === undefined ? {} : { errorcode }),
  })

  it.each([
    [answer(401, 354), 'refused', 'denied', 'never'],
    [answer(403, 2138), 'refused', 'denied', 'never'],
    [answer(503), 'refused', 'throttled', 'soon'],
    [answer(500, 446), 'refused', 'throttled', 'soon'],
    [answer(400, 1090), 'refused', 'invalid', 'never'],
    [answer(502), 'unknown', 'internal', 'soon'],
  ] as const)('%o is %s, %s, again %s', async (is, kind, cause, retry) => {
    far.fault = { on: /^POST/, is }
    expect(await ensure(want(back(1)))).toMatchObject({ kind, failure: { cause, retry } })
  })

  it('is told with what is missing: a front end, its name, or the far end itself', async () => {
    const at80 = want(back(1))
    place = open({ vservers: { '443': 'shop-front' } })
    expect(await ensure(at80)).toMatchObject({ kind: 'refused', failure: { cause: 'invalid' } })
    place = open({ vservers: { '80': 'nowhere' } })
    expect(await ensure(at80)).toMatchObject({ kind: 'refused', failure: { cause: 'missing' } })
    expect(await place.test(options)).toMatchObject([{ ok: false, detail: 'it is not there' }])
    place = open({ url: 'http://127.0.0.1:9' })
    expect(await ensure(at80)).toMatchObject({ kind: 'refused', failure: { cause: 'unreachable' } })
    expect(await observe()).toBeUndefined()
    await expect(place.listOwned('e1', options)).rejects.toThrow(Failure)
  })

  it('never shows the password', async () => {
    place = open({ password: 'wrong' })
    const said = JSON.stringify([await ensure(want(back(1))), await place.test(options)])
    expect(said).toContain('denied')
    expect(said).not.toContain('wrong')
  })

  it.each([
    [{ url: 'ftp://x' }, 'url: http'],
    [{ vservers: { x: 'y' } }, 'vservers: a map'],
    [{ timeout: 0 }, 'timeout: milliseconds'],
    [{ vserver: {} }, 'vserver: not known'],
  ])('is refused when it is configured with %j', (change, why) => {
    expect(() => open(change)).toThrow(why)
  })
})
