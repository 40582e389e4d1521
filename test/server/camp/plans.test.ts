import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../../engine/index.js'
import { ROOT, type CampFace, startCampFace } from '../../support/camp-face.js'
import { STRANGER } from '../../support/http-face.js'

const PLAN = `camp_version: CAMP 1.1
name: shop
description: Sells things
tags: [small]
services:
  - id: web
    name: web
    characteristics:
      - characteristic_type: software
        launch.command: ./serve
`
const PATCH = 'application/json-patch+json'

let face: CampFace

beforeAll(async () => {
  face = await startCampFace()
})
afterAll(() => face.close())

const post = (text: string, how: object = {}) => face.call('POST', `${ROOT}/plans`, { text, ...how })
const patch = (path: string, json: unknown, how: object = {}) =>
  face.call('PATCH', path, { json, type: PATCH, ...how })

describe('registering a plan', () => {
  it('as YAML answers 201 with its address, and shows it there', async () => {
    const { status, headers, body } = await post(PLAN)
    const location = headers.get('location') ?? ''
    expect([status, location]).toEqual([201, expect.stringMatching(/^\/camp\/camp_1_1\/plans\/[a-z0-9]+$/)])
    expect(body).toMatchObject({
      uri: location,
      name: 'shop',
      type: 'plan',
      description: 'Sells things',
      tags: ['small'],
      camp_version: 'CAMP 1.1',
      services: [{ id: 'web', characteristics: [{ characteristic_type: 'software' }] }],
    })
    const shown = await face.call('GET', location)
    expect([shown.status, shown.body]).toEqual([200, body])
    expect(shown.headers.get('etag')).toBe(headers.get('etag'))
    const { body: plans } = await face.call('GET', `${ROOT}/plans`)
    expect(plans.plan_links).toContainEqual({ href: location, target_name: 'shop' })
  })

  it.each(['application/x-yaml', 'application/yaml', 'text/yaml', 'text/x-yaml', 'Text/YAML; charset=utf-8'])(
    'takes it as %s',
    async (type) => {
      expect((await post(PLAN, { type })).status).toBe(201)
    },
  )

  it.each(['plan_uri', 'pdp_uri'])('by reference makes a copy: %s', async (key) => {
    const first = await face.register(PLAN)
    const { status, headers, body } = await face.call('POST', `${ROOT}/plans`, { json: { [key]: first } })
    expect([status, body.name]).toEqual([201, 'shop'])
    expect(headers.get('location')).not.toBe(first)
  })

  it.each([
    ['application/xml', 415],
    ['application/octet-stream', 415],
    ['', 415],
  ])('refuses the content type "%s"', async (type, status) => {
    const bytes = new TextEncoder().encode(PLAN)
    expect((await face.call('POST', `${ROOT}/plans`, { bytes, type })).status).toBe(status)
  })

  it('refuses what is compressed', async () => {
    expect((await post(PLAN, { headers: { 'content-encoding': 'gzip' } })).status).toBe(415)
  })

  it.each([
    ['an empty body', ''],
    ['blanks', '  \n'],
    ['what is no YAML', 'camp_version: [CAMP 1.1\nname: {'],
    ['a key given twice', 'camp_version: CAMP 1.1\nname: a\nname: b\n'],
    ['a text', 'just words'],
    ['a list', '- camp_version: CAMP 1.1'],
    ['no version', 'name: shop\nservices: []\n'],
    ['another version', 'camp_version: CAMP 1.0\nname: shop\n'],
    ['a version that is no text', 'camp_version: 1.1\nname: shop\n'],
    ['services that are no list', 'camp_version: CAMP 1.1\nservices: {}\n'],
    ['artifacts that are no list', 'camp_version: CAMP 1.1\nartifacts: none\n'],
    ['a name that is no text', 'camp_version: CAMP 1.1\nname: [a]\n'],
  ])('refuses %s with 400', async (_what, text) => {
    const { status, body } = await face.call('POST', `${ROOT}/plans`, { text, type: 'application/x-yaml' })
    expect([status, body.code]).toEqual([400, 'invalid-request'])
  })

  it('says where the text is broken', async () => {
    const { body } = await post('camp_version: CAMP 1.1\nname: a\nname: b\n')
    expect(body.problems[0]).toMatchObject({
      code: 'BP1005',
      file: 'plan.yaml',
      range: { start: { line: 3 } },
    })
  })

  it.each([
    ['without a reference', {}],
    ['with both references', { plan_uri: `${ROOT}/plans/x`, pdp_uri: `${ROOT}/plans/x` }],
    ['with a reference that is no text', { plan_uri: 7 }],
    ['that is a plan itself', { camp_version: 'CAMP 1.1', services: [] }],
    ['that is a list', [`${ROOT}/plans/x`]],
    ['that points to no plan', { plan_uri: `${ROOT}/formats/json` }],
    ['that points elsewhere', { plan_uri: 'http://198.51.100.1/plan.yaml' }],
    ['that points into the file system', { plan_uri: 'file:///etc/passwd' }],
    ['whose reference is no address', { plan_uri: 'http://[' }],
  ])('refuses JSON %s with 400', async (_what, json) => {
    expect((await face.call('POST', `${ROOT}/plans`, { json })).status).toBe(400)
  })

  it('refuses what is no JSON with 400, and a reference to a plan that is not there with 404', async () => {
    const type = 'application/json'
    expect((await face.call('POST', `${ROOT}/plans`, { text: '{', type })).status).toBe(400)
    const json = { plan_uri: `${ROOT}/plans/nothing` }
    expect((await face.call('POST', `${ROOT}/plans`, { json })).status).toBe(404)
  })

  it('happens once for one key, and is refused for another plan with that key', async () => {
    const headers = { 'idempotency-key': 'plan-1' }
    const [first, second] = [await post(PLAN, { headers }), await post(PLAN, { headers })]
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect((await post(`${PLAN}origin: elsewhere\n`, { headers })).body.code).toBe('idempotency-key-reused')
  })
})

describe('changing a plan', () => {
  it('by a patch changes what it names and gives a new ETag', async () => {
    const path = await face.register(PLAN)
    const before = await face.call('GET', path)
    const { status, headers, body } = await patch(path, [
      { op: 'test', path: '/name', value: 'shop' },
      { op: 'replace', path: '/name', value: 'store' },
      { op: 'add', path: '/tags/-', value: 'mended' },
      { op: 'remove', path: '/description' },
      { op: 'add', path: '/services/0/characteristics/0/run.dir', value: '/srv' },
    ])
    expect(status).toBe(200)
    expect(body).toMatchObject({ uri: path, name: 'store', tags: ['small', 'mended'] })
    expect(body.services[0].characteristics[0]['run.dir']).toBe('/srv')
    expect(body).not.toHaveProperty('description')
    expect(headers.get('etag')).not.toBe(before.headers.get('etag'))
    expect((await face.call('GET', path)).body).toEqual(body)
  })

  it.each([
    ['no list', { op: 'remove', path: '/name' }],
    ['an operation that there is not', [{ op: 'rename', path: '/name' }]],
    ['an operation without a path', [{ op: 'remove' }]],
    ['a path that is no pointer', [{ op: 'remove', path: 'name' }]],
    ['an operation without its value', [{ op: 'add', path: '/name' }]],
    ['a version that is not spoken', [{ op: 'replace', path: '/camp_version', value: 'CAMP 9' }]],
  ])('by a patch with %s is refused with 400', async (_what, json) => {
    const path = await face.register(PLAN)
    expect((await patch(path, json)).status).toBe(400)
    expect((await face.call('GET', path)).body.name).toBe('shop')
  })

  it.each([
    ['something that is not there', [{ op: 'remove', path: '/nothing' }]],
    ['an item beyond the end', [{ op: 'add', path: '/tags/7', value: 'x' }]],
    ['a test that fails', [{ op: 'test', path: '/name', value: 'store' }]],
    ["what is the platform's", [{ op: 'replace', path: '/uri', value: '/elsewhere' }]],
    ['what is then no plan', [{ op: 'replace', path: '', value: [] }]],
    ['itself into itself', [{ op: 'move', from: '/services', path: '/services/0/x' }]],
  ])('by a patch of %s is refused with 422, and nothing of it is done', async (_what, steps) => {
    const path = await face.register(PLAN)
    const json = [{ op: 'replace', path: '/description', value: 'half' }, ...steps]
    expect((await patch(path, json)).status).toBe(422)
    expect((await face.call('GET', path)).body.description).toBe('Sells things')
  })

  it('by a patch that copies the whole into itself again and again is refused before it fills the memory', async () => {
    const path = await face.register(PLAN)
    const json = Array.from({ length: 60 }, (_none, at) => ({ op: 'copy', from: '', path: `/x${at}` }))
    const { status, body } = await patch(path, json)
    expect([status, body.detail]).toEqual([422, expect.stringContaining('grows')])
  })

  it('needs the content type of a JSON Patch, after the plan is found', async () => {
    const path = await face.register(PLAN)
    expect((await patch(path, [], { type: 'application/json' })).status).toBe(415)
    expect((await patch(`${ROOT}/plans/nothing`, [], { type: 'text/plain' })).status).toBe(404)
    expect((await face.call('PUT', `${ROOT}/plans/nothing`, { text: 'x', type: 'text/plain' })).status).toBe(
      404,
    )
  })

  it('by putting the whole removes what is not there any more', async () => {
    const path = await face.register(PLAN)
    const { status, body } = await face.call('PUT', path, {
      json: { camp_version: 'CAMP 1.1', name: 'other', services: [] },
    })
    expect([status, body]).toEqual([
      200,
      { uri: path, type: 'plan', name: 'other', camp_version: 'CAMP 1.1', services: [] },
    ])
    expect((await face.call('PUT', path, { json: { name: 'other' } })).status).toBe(400)
  })

  it('of selected attributes leaves the others as they are', async () => {
    const path = await face.register(PLAN)
    const put = await face.call('PUT', `${path}?select_attr=name,tags`, { json: { name: 'part' } })
    expect([put.status, put.body.name, put.body.description, put.body.tags]).toEqual([
      200,
      'part',
      'Sells things',
      undefined,
    ])
    const beside = await face.call('PUT', `${path}?select_attr=name`, { json: { name: 'a', origin: 'b' } })
    expect(beside.status).toBe(400)
    expect((await face.call('DELETE', `${path}?select_attr=description`)).status).toBe(204)
    const { body } = await face.call('GET', path)
    expect([body.name, body.description]).toEqual(['part', undefined])
    expect((await face.call('DELETE', `${path}?select_attr=uri`)).status).toBe(422)
  })

  it.each(['PUT', 'PATCH', 'DELETE'])(
    'is refused with 412 when it has changed since it was read: %s',
    async (method) => {
      const path = await face.register(PLAN)
      const read = await face.call('GET', path)
      const etag = read.headers.get('etag') ?? ''
      await patch(path, [{ op: 'replace', path: '/name', value: 'moved' }], { headers: { 'if-match': etag } })
      const json = method === 'PUT' ? { ...read.body, name: 'late' } : []
      const how = method === 'DELETE' ? {} : { json, type: method === 'PATCH' ? PATCH : 'application/json' }
      const late = await face.call(method, path, { ...how, headers: { 'if-match': etag } })
      expect([late.status, late.body.code]).toEqual([412, 'precondition-failed'])
      expect((await face.call('GET', path)).body.name).toBe('moved')
    },
  )
})

describe('deleting a plan', () => {
  it('answers 204, and 404 from then on', async () => {
    const path = await face.register(PLAN)
    const { status, body, headers } = await face.call('DELETE', path)
    expect([status, body, headers.get('content-type')]).toEqual([204, '', null])
    expect((await face.call('GET', path)).status).toBe(404)
    expect((await face.call('DELETE', path)).status).toBe(404)
  })

  it('is refused with 409 while something is deployed from it', async () => {
    const path = await face.register(PLAN)
    const deployed = await face.call('POST', `${ROOT}/assemblies`, { json: { plan_uri: path } })
    const assembly = deployed.headers.get('location') ?? ''
    expect((await face.call('DELETE', path)).status).toBe(409)
    expect((await face.call('DELETE', assembly)).status).toBe(204)
    face.engine.settle()
    expect((await face.call('GET', path)).status).toBe(200)
    expect((await face.call('DELETE', path)).status).toBe(204)
  })
})

describe('kept plans', () => {
  it("are one tenant's", async () => {
    const path = await face.register(PLAN)
    const { body } = await face.call('GET', `${ROOT}/plans`, { token: STRANGER })
    expect(body).not.toHaveProperty('plan_links')
    for (const method of ['GET', 'DELETE']) {
      expect((await face.call(method, path, { token: STRANGER })).status).toBe(404)
    }
    const json = { plan_uri: path }
    expect((await face.call('POST', `${ROOT}/assemblies`, { json, token: STRANGER })).status).toBe(404)
  })

  it('outlive the server', async () => {
    const store = new MemoryStore()
    const first = await startCampFace(store)
    const path = await first.register(PLAN)
    const before = await first.call('GET', path)
    await first.close()
    const second = await startCampFace(store)
    const after = await second.call('GET', path)
    expect([after.body, after.headers.get('etag')]).toEqual([before.body, before.headers.get('etag')])
    expect((await second.call('PATCH', path, { json: [], type: PATCH })).status).toBe(200)
    await second.close()
  })
})
