import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpFace, READER, STRANGER, TOKEN, startFace } from '../../support/http-face.js'
import { SHOP } from '../../support/tiny-blueprint.js'
import { REFUSALS, ROUTES, type Route, urlOf } from '../../../server/api/index.js'

let face: HttpFace

beforeAll(async () => {
  face = await startFace({ limits: { body: 100_000 } })
})
afterAll(() => face.close())

const deploy = async (name: string, headers: Record<string, string> = {}): Promise<string> => {
  const { status, body } = await face.call('POST', '/v1/applications', {
    text: SHOP.replace('shop', name),
    headers,
  })
  expect(status).toBe(202)
  return body.application.id
}

const guarded = ROUTES.filter((route) => route.permission !== 'public')
const address = (route: Route): string =>
  urlOf(
    route.id,
    Object.fromEntries(
      Object.keys(route.params).map((name) => [
        name,
        name === 'version' ? '1' : name === 'stream' ? 'stdout' : 'x',
      ]),
    ),
  )

describe('what is not there', () => {
  it.each([
    ['POST', '/roles/nothing/scale', { count: 2 }, 'no role nothing in absent; it has store, web'],
    ['POST', '/roles/nothing/resize', { delta: 1 }, 'no role nothing'],
    ['POST', '/entities/web%2F9/replace', {}, 'no entity web/9'],
    ['POST', '/entities/web%2F9/restart', {}, 'no entity web/9'],
    [
      'GET',
      '/entities/web%2F1/sensors/laod/history',
      undefined,
      'no sensor laod of web/1; it has service.isUp, load',
    ],
    ['GET', '/entities/web%2F9/sensors/load/history', undefined, 'no entity web/9'],
  ] as const)('%s %s is answered with 404 and what there is', async (method, path, json, detail) => {
    const known = await face.call('GET', '/v1/applications/absent')
    const id = known.status === 404 ? await deploy('absent') : known.body.id
    const { status, body } = await face.call(method, `/v1/applications/${id}${path}`, { json })
    expect([status, body.detail]).toEqual([404, expect.stringContaining(detail)])
  })
})

describe('who may ask', () => {
  it.each(guarded)('$method $path refuses a request without a token', async (route) => {
    const { status, headers, body } = await face.call(route.method, address(route), { token: null })
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toContain('Bearer')
    expect(body.code).toBe('unauthenticated')
  })

  it.each(guarded.filter((route) => route.permission !== 'applications:read'))(
    '$method $path refuses a token without $permission',
    async (route) => {
      const { status, body } = await face.call(route.method, address(route), { token: READER })
      expect(status).toBe(403)
      expect(body.detail).toContain(route.permission)
    },
  )

  it.each([
    ['a wrong token', 'Bearer wrong'],
    ['another scheme', `Basic ${TOKEN}`],
    ['no scheme', TOKEN],
    ['a token with more behind it', `Bearer ${TOKEN}x`],
    ['an empty token', 'Bearer '],
  ])('refuses %s', async (_what, authorization) => {
    const { status } = await face.call('GET', '/v1/applications', { token: null, headers: { authorization } })
    expect(status).toBe(401)
  })

  it.each(['/health', '/ready', '/openapi.json', '/docs/', '/docs/errors'])(
    'shows %s to anybody',
    async (path) => {
      expect((await face.call('GET', path, { token: null })).status).toBe(200)
    },
  )

  it('shows a tenant nothing of another', async () => {
    const id = await deploy('ours')
    expect((await face.call('GET', `/v1/applications/${id}`, { token: STRANGER })).status).toBe(404)
    expect((await face.call('GET', '/v1/applications', { token: STRANGER })).body.items).toEqual([])
  })
})

describe('what is sent', () => {
  it.each([
    ['another content type', { text: SHOP, type: 'application/xml' }, 415, 'unsupported-media-type'],
    ['another charset', { text: SHOP, type: 'text/yaml; charset=latin1' }, 415, 'unsupported-media-type'],
    [
      'a compressed body',
      { text: SHOP, headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported-media-type',
    ],
    ['text that is not JSON', { text: '{', type: 'application/json' }, 400, 'invalid-request'],
    ['JSON of the wrong kind', { json: [SHOP] }, 400, 'invalid-request'],
    ['a field that is not known', { json: { document: SHOP, fiels: {} } }, 400, 'invalid-request'],
    ['a document that is a number', { json: { document: 7 } }, 400, 'invalid-request'],
    [
      'a body that nests too deep',
      { text: '['.repeat(100), type: 'application/json' },
      400,
      'invalid-request',
    ],
    [
      'a body that nests 100,000 deep in one value',
      {
        text: `{"document":"","parameters":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
        type: 'application/json',
      },
      400,
      'invalid-request',
    ],
    [
      '__proto__ as a field',
      { text: '{"document":"name: x","__proto__":{"admin":true}}', type: 'application/json' },
      400,
      'invalid-request',
    ],
    [
      '__proto__ as the name of a file',
      { text: '{"document":"name: x","files":{"__proto__":"x"}}', type: 'application/json' },
      400,
      'invalid-request',
    ],
    ['no body at all', {}, 400, 'invalid-request'],
    ['a document with errors', { text: 'nmae: shop\nrloe: web\n' }, 422, 'invalid-document'],
    ['a document without its files', { text: 'name: x\nfile: web.js\n' }, 422, 'missing-files'],
  ])('refuses %s', async (_what, how, status, code) => {
    const answer = await face.call('POST', '/v1/applications', how)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body.title).toBe(REFUSALS[code]!.title)
  })

  it('deploys a document under an id of its own, once', async () => {
    const under = (id: string, name: string) =>
      face.call('POST', `/v1/applications?id=${id}`, { text: SHOP.replace('shop', name) })
    const { status, headers, body } = await under('own-id', 'owner')
    expect([status, body.application.id, headers.get('content-location')]).toEqual([
      202,
      'own-id',
      '/v1/applications/own-id',
    ])
    expect((await under('own-id', 'rival')).body).toMatchObject({
      status: 409,
      detail: 'the id own-id is taken',
    })
    for (const id of ['', 'Own', 'own.id', '-own', 'o'.repeat(64)])
      expect((await under(id, 'rival')).status).toBe(400)
  })

  it('tells all problems of a document at once, with places and pages', async () => {
    const { body } = await face.call('POST', '/v1/applications', { text: 'nmae: shop\nname: x\nrloe: web\n' })
    expect(body.problems).toMatchObject([
      {
        code: 'BP1103',
        file: 'blueprint.yaml',
        range: { start: { line: 1, column: 1 } },
        docs: '/docs/errors/BP1103',
      },
      { code: 'BP1103', range: { start: { line: 3, column: 1 } } },
    ])
  })

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await fetch(`${face.url}/v1/validate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/yaml' },
      body: new Uint8Array([0x6e, 0xff, 0xfe]),
    })
    expect(answer.status).toBe(400)
  })

  it.each(['constructor', 'toString', 'then', 'hasOwnProperty'])(
    'takes %s as the name of a file for a name',
    async (name) => {
      const files = { [name]: 'text' }
      const { status, body } = await face.call('POST', '/v1/validate', {
        json: { document: `name: x\nfile: ${name}\n`, files },
      })
      expect([status, body.valid]).toEqual([200, true])
      const without = await face.call('POST', '/v1/validate', {
        json: { document: `name: x\nfile: ${name}\n` },
      })
      expect(without.body.missing).toEqual([name])
    },
  )

  it('refuses a body above the limit before it has read it', async () => {
    const answer = await face.call('POST', '/v1/applications', { text: '#'.repeat(20_000_000) })
    expect([answer.status, answer.body.code]).toEqual([413, 'too-large'])
  })

  it('refuses a body above the limit that does not say its length', async () => {
    const endless = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode('#'.repeat(50_000)))
        sent += 1
        if (sent === 10) controller.close()
      },
    })
    let sent = 0
    const answer = await fetch(`${face.url}/v1/applications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/yaml' },
      body: endless,
      duplex: 'half',
    })
    expect(answer.status).toBe(413)
  })

  it.each([
    ['/v1/applications?limit=0', 'limit'],
    ['/v1/applications?limit=x', 'limit'],
    ['/v1/applications?limit=1001', 'limit'],
    ['/v1/applications?state=runing', 'state'],
    ['/v1/applications?sort=name', 'sort'],
    ['/v1/applications?__proto__=x', '__proto__'],
    ['/v1/applications?cursor=xyz', 'cursor'],
    ['/v1/applications?limit=1&limit=2', 'twice'],
    ['/v1/applications/x/diff?from=1', 'to'],
    ['/v1/applications/x/versions/zero', 'version'],
    ['/v1/applications/%E0%A4%A', 'address'],
    ['/v1/tasks/x/streams/stdall', 'stdin, stdout, stderr'],
  ])('refuses GET %s and names %s', async (path, name) => {
    const { status, body } = await face.call('GET', path)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain(name)
  })

  it.each([
    ['PATCH', '/v1/applications', 405, 'GET, POST'],
    ['DELETE', '/v1/plan', 405, 'POST'],
    ['GET', '/v2/applications', 404, null],
    ['GET', '/../etc/passwd', 404, null],
  ])('refuses %s %s with %i', async (method, path, status, allow) => {
    const answer = await face.call(method, path)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('allow')).toBe(allow)
  })
})

describe('what is answered', () => {
  it('accepts a document with the task to wait for', async () => {
    const { status, headers, body } = await face.call('POST', '/v1/applications', {
      text: SHOP.replace('shop', 'first'),
    })
    expect(status).toBe(202)
    expect(headers.get('location')).toBe(`/v1/tasks/${body.task.id}`)
    expect(headers.get('etag')).toBe('"1"')
    expect((await face.call('GET', headers.get('location')!)).body.state).toBe('running')
  })

  it('records without starting', async () => {
    const { status, headers, body } = await face.call('POST', '/v1/applications?start=false', {
      text: SHOP.replace('shop', 'idle'),
    })
    expect([status, body.application.state]).toEqual([201, 'created'])
    expect(headers.get('location')).toBe(`/v1/applications/${body.application.id}`)
  })

  it('keeps no answer in caches and lets nobody frame it', async () => {
    const { headers } = await face.call('GET', '/v1/applications')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('answers a head request with the head alone', async () => {
    const answer = await fetch(`${face.url}/health`, { method: 'HEAD' })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  it('does not tell what broke inside', async () => {
    face.engine.breaks.set('applications', new Error('a password was hunter2'))
    const { status, body } = await face.call('GET', '/v1/applications')
    expect([status, body.code]).toEqual([500, 'internal'])
    expect(JSON.stringify(body)).not.toContain('hunter2')
  })

  it('refuses a change of what has changed since it was read', async () => {
    const id = await deploy('etag')
    const stale = await face.call('POST', `/v1/applications/${id}/stop`, { headers: { 'if-match': '"9"' } })
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition-failed'])
    const malformed = await face.call('POST', `/v1/applications/${id}/stop`, { headers: { 'if-match': '1' } })
    expect(malformed.status).toBe(400)
    const fresh = await face.call('POST', `/v1/applications/${id}/stop`, { headers: { 'if-match': '"1"' } })
    expect([fresh.status, fresh.headers.get('etag')]).toEqual([202, '"2"'])
    const again = await face.call('POST', `/v1/applications/${id}/stop`)
    expect([again.status, again.body.task]).toEqual([200, undefined])
  })

  it('pages through a list', async () => {
    const names: string[] = []
    let path = '/v1/applications?limit=2'
    for (;;) {
      const { body } = await face.call('GET', path)
      names.push(...body.items.map((item: { name: string }) => item.name))
      expect(body.items.length).toBeLessThanOrEqual(2)
      if (body.next === undefined) break
      path = `/v1/applications?limit=2&cursor=${body.next}`
    }
    expect(names.length).toBeGreaterThan(2)
    expect(names).toEqual([...names].sort())
    expect(new Set(names).size).toBe(names.length)
  })

  it('finds entities by their path', async () => {
    const id = await deploy('tree')
    const paths = (await face.call('GET', `/v1/applications/${id}/entities`)).body.items.map(
      (entity: { path: string }) => entity.path,
    )
    expect(paths).toEqual(['', 'store', 'web', 'web/1', 'web/2', 'web/3'])
    expect((await face.call('GET', `/v1/applications/tree/entities/web%2F2`)).body.path).toBe('web/2')
    expect((await face.call('GET', `/v1/applications/tree/entities/-`)).body.path).toBe('')
    expect((await face.call('GET', `/v1/applications/tree/entities/..%2F..%2Fx`)).status).toBe(404)
  })
})

describe('a key makes a request happen once', () => {
  const keyed = (key: string): { headers: Record<string, string> } => ({
    headers: { 'idempotency-key': key },
  })

  it('gives the same answer again without doing it again', async () => {
    const how = { text: SHOP.replace('shop', 'once'), ...keyed('k1') }
    const first = await face.call('POST', '/v1/applications', how)
    const second = await face.call('POST', '/v1/applications', how)
    expect(second.status).toBe(202)
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(second.headers.get('idempotency-replayed')).toBe('true')
  })

  it('does the work once when both come at the same time', async () => {
    const before = face.engine.calls.filter((name) => name === 'deploy').length
    const how = { text: SHOP.replace('shop', 'together'), ...keyed('k2') }
    const answers = await Promise.all([1, 2, 3, 4].map(() => face.call('POST', '/v1/applications', how)))
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    expect(new Set(answers.map(({ body }) => body.application.id)).size).toBe(1)
    expect(face.engine.calls.filter((name) => name === 'deploy').length - before).toBe(1)
  })

  it('refuses the key for another request', async () => {
    await face.call('POST', '/v1/applications', { text: SHOP.replace('shop', 'one'), ...keyed('k3') })
    const other = await face.call('POST', '/v1/applications', {
      text: SHOP.replace('shop', 'two'),
      ...keyed('k3'),
    })
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused'])
  })

  it('lets a request that broke be made again', async () => {
    const how = { text: SHOP.replace('shop', 'broken'), ...keyed('k4') }
    face.engine.breaks.set('deploy', new Error('the disk is full'))
    expect((await face.call('POST', '/v1/applications', how)).status).toBe(500)
    expect((await face.call('POST', '/v1/applications', how)).status).toBe(202)
  })

  it('keeps keys of tenants apart', async () => {
    const how = { text: SHOP.replace('shop', 'apart'), ...keyed('k5') }
    const ours = await face.call('POST', '/v1/applications', how)
    const theirs = await face.call('POST', '/v1/applications', { ...how, token: STRANGER })
    expect([ours.status, theirs.status]).toEqual([202, 202])
    expect(theirs.body.application.tenant).toBe('other')
  })

  it.each(['', 'with space', 'x'.repeat(256)])('refuses the key %j', async (key) => {
    const { status } = await face.call('POST', '/v1/applications', { text: SHOP, ...keyed(key) })
    expect(status).toBe(400)
  })
})
