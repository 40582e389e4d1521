import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { urlOf } from '../../../../server/api/index.js'
import { BROOKLYN_ROUTES } from '../../../../server/http/compat/brooklyn/routes.js'
import { eventually } from '../../../support/eventually.js'
import { type Called, type HttpFace, READER, STRANGER, TOKEN, startFace } from '../../../support/http-face.js'
import { SHOP } from '../../../support/tiny-blueprint.js'
import { GO, type GoModel, type GoType, faultsFor } from './go-models.js'

let face: HttpFace

beforeAll(async () => {
  face = await startFace({ limits: { body: 10_000 } })
})
afterAll(() => face.close())

const basic = (password: string): string => `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`

/** Asks as `br` does: the token as the password of the basic scheme, its Accept, its content types. */
const br = (method: string, path: string, how: { text?: string; type?: string } = {}): Promise<Called> =>
  face.call(method, `/compat/brooklyn${path}`, {
    token: null,
    ...how,
    headers: {
      authorization: basic(TOKEN),
      ...(method === 'GET' ? { accept: 'application/json, text/plain' } : {}),
    },
  })

/** Asks, and sees that the client's model reads the answer. */
const reads = async (model: GoModel | { listOf: GoType }, path: string): Promise<Called['body']> => {
  const { status, body } = await br('GET', path)
  expect([status, faultsFor('listOf' in model ? model : { model }, body)]).toEqual([200, []])
  return body
}
const listOf = (model: GoModel): { listOf: GoType } => ({ listOf: { model } })

const deploy = async (name: string): Promise<string> => {
  const { status, body } = await br('POST', '/v1/applications', {
    text: SHOP.replace('shop', name),
    type: 'application/json',
  })
  expect([status, faultsFor({ model: GO.TaskSummary }, body)]).toEqual([201, []])
  face.engine.settle()
  return body.entityId
}

/** Makes time pass until an answer has come. */
const answered = async (answer: Promise<Called>, pass: () => void): Promise<Called> => {
  let said: Called | undefined
  const seen = answer.then((called) => {
    said = called
  })
  await eventually('an answer', () => {
    pass()
    face.clock.advance(100)
    return said
  })
  await seen
  return answer
}

describe('a session of br', () => {
  it('logs in, deploys, looks around, invokes, and deletes', async () => {
    const { version } = await reads(GO.VersionSummary, '/v1/server/version')
    expect(version).toBe('0.0.1')

    const created = await br('POST', '/v1/applications', { text: SHOP, type: 'application/json' })
    const id: string = created.body.entityId
    expect([created.status, created.headers.get('location')]).toEqual([
      201,
      `/compat/brooklyn/v1/applications/${id}`,
    ])
    expect(created.body).toMatchObject({ entityDisplayName: 'root', currentStatus: 'In progress' })
    face.engine.settle()

    const all = await reads(listOf(GO.ApplicationSummary), '/v1/applications')
    const listed = all.find((one: { id: string }) => one.id === id)
    expect(listed).toEqual({
      id,
      spec: { name: 'shop', type: 'application', locations: ['local'] },
      status: 'RUNNING',
      links: {
        self: `/compat/brooklyn/v1/applications/${id}`,
        entities: `/compat/brooklyn/v1/applications/${id}/entities`,
      },
    })
    const application = await reads(GO.ApplicationSummary, `/v1/applications/${id}`)
    expect(application).toEqual(listed)
    await reads(GO.EntitySummary, `/v1/applications/${id}/entities/${id}`)
    await reads(GO.LocationSummary, `/v1/locations/${application.spec.locations[0]}`)

    const children = await reads(listOf(GO.EntitySummary), `/v1/applications/${id}/entities`)
    expect(children.map((one: { id: string }) => one.id)).toEqual([`${id}.store`, `${id}.web`])
    const web = `/v1/applications/${id}/entities/${id}.web`
    const members = await reads(listOf(GO.EntitySummary), `${web}/children`)
    expect(members.map((one: { id: string }) => one.id)).toEqual([1, 2, 3].map((n) => `${id}.web.${n}`))
    const member = `/v1/applications/${id}/entities/${members[1].id}`
    expect(await reads(GO.EntitySummary, member)).toMatchObject({
      type: 'software',
      links: { self: `/compat/brooklyn${member}`, parent: `/compat/brooklyn${web}` },
    })

    const sensors = await reads(listOf(GO.SensorSummary), `${member}/sensors`)
    expect(sensors.map((one: { name: string; type: string }) => [one.name, one.type])).toEqual([
      ['load', 'java.lang.Integer'],
      ['service.isUp', 'java.lang.Boolean'],
      ['service.state', 'java.lang.String'],
    ])
    expect((await br('GET', `${member}/sensors/current-state`)).body).toEqual({
      load: 7,
      'service.isUp': true,
      'service.state': 'RUNNING',
    })
    expect((await br('GET', `${member}/sensors/service.state`)).body).toBe('RUNNING')

    const effectors = await reads(listOf(GO.EffectorSummary), `${member}/effectors`)
    expect(effectors.map((one: { name: string }) => one.name)).toEqual(['restart'])
    const invoked = await br('POST', `${member}/effectors/restart`, {
      text: 'how=gently',
      type: 'application/x-www-form-urlencoded',
    })
    expect([invoked.status, invoked.body]).toEqual([202, '{"how":"gently"}'])

    const [task] = await reads(listOf(GO.TaskSummary), `${member}/activities`)
    expect(task).toMatchObject({
      displayName: 'restart',
      currentStatus: 'Completed',
      entityId: members[1].id,
    })
    expect(await reads(GO.TaskSummary, `/v1/activities/${task.id}`)).toEqual(task)
    expect(await reads(listOf(GO.TaskSummary), `/v1/activities/${task.id}/children`)).toEqual([])
    expect(task.streams.stdout).toEqual({
      link: `/compat/brooklyn/v1/activities/${task.id}/stream/stdout`,
      metadata: { name: 'stdout', size: 16, sizeText: '16 bytes' },
    })
    expect((await br('GET', `/v1/activities/${task.id}/stream/stdout`)).body).toBe('{"how":"gently"}')

    const deleted = await br('DELETE', `/v1/applications/${id}`)
    expect([deleted.status, faultsFor({ model: GO.TaskSummary }, deleted.body)]).toEqual([202, []])
    face.engine.settle()
    expect((await br('GET', `/v1/activities/${deleted.body.id}`)).body.currentStatus).toBe('Completed')
    const left = (await br('GET', '/v1/applications')).body
    expect(left.map((one: { id: string }) => one.id)).not.toContain(id)
  })
})

describe('who asks', () => {
  it.each([
    ['a token as the password', { authorization: basic(TOKEN) }, 200],
    ['a token as the bearer', { authorization: `Bearer ${TOKEN}` }, 200],
    ['a wrong password', { authorization: basic('wrong') }, 401],
    ['a password that is no token of more', { authorization: basic(`${TOKEN}:x`) }, 401],
    ['no password', { authorization: `Basic ${Buffer.from(TOKEN).toString('base64')}` }, 401],
    ['nobody', {}, 401],
  ])('%s is answered as it deserves', async (_who, headers, status) => {
    const said = await face.call('GET', '/compat/brooklyn/v1/server/version', { token: null, headers })
    expect(said.status).toBe(status)
  })

  it.each(BROOKLYN_ROUTES.map(({ method, path }) => [method, path] as const))(
    'nobody is refused at %s %s in the form that br prints',
    async (method, path) => {
      const address = `/compat/brooklyn${path.replaceAll(/\{[a-z]+\}/g, 'x')}`
      const said = await face.call(method, address, { token: null })
      expect([said.status, said.body]).toEqual([
        401,
        { message: 'No token came with the request.', error: 401 },
      ])
    },
  )

  it('a browser is not invited to remember a password', async () => {
    const { headers } = await face.call('GET', '/compat/brooklyn/v1/applications', { token: null })
    expect(headers.get('www-authenticate')).toBe('Bearer realm="weir"')
  })

  it("a stranger's page that sends a remembered password is refused", async () => {
    const from = (origin: string): Promise<Called> =>
      face.call('POST', '/compat/brooklyn/v1/applications', {
        token: null,
        text: '',
        headers: { authorization: basic(TOKEN), origin },
      })
    expect((await from('http://elsewhere.example')).status).toBe(403)
    expect((await from(face.url)).status).toBe(400)
  })

  it('the permission of the request of ours behind it is asked for', async () => {
    const id = await deploy('permitted')
    const asReader = (method: string, path: string): Promise<Called> =>
      face.call(method, `/compat/brooklyn${path}`, { token: READER })
    expect((await asReader('GET', `/v1/applications/${id}`)).status).toBe(200)
    expect((await asReader('DELETE', `/v1/applications/${id}`)).body).toEqual({
      message: 'This needs applications:write, which reader has not.',
      error: 403,
    })
    expect((await asReader('GET', '/v1/locations')).status).toBe(403)
  })

  it("another tenant's applications are not there", async () => {
    const id = await deploy('hidden')
    const said = await face.call('GET', `/compat/brooklyn/v1/applications/${id}`, { token: STRANGER })
    expect(said.status).toBe(404)
  })

  it('the name of the token is the user', async () => {
    expect((await br('GET', '/v1/server/user')).body).toBe('admin')
  })
})

describe('the server', () => {
  it('is up, healthy and the master when it is ready, and not before', async () => {
    const states = async (): Promise<readonly unknown[]> =>
      Promise.all(
        ['up', 'healthy', 'ha/state'].map(async (what) => (await br('GET', `/v1/server/${what}`)).body),
      )
    expect(await states()).toEqual([true, true, 'MASTER'])
    face.engine.ready = false
    expect(await states()).toEqual([false, false, 'INITIALIZING'])
    face.engine.ready = true
  })

  it('has the identity of its store', async () => {
    expect((await br('GET', '/v1/server/planeid')).body).toEqual({ planeId: 'fake' })
  })
})

describe('trees', () => {
  it('are told to the last leaf, with members and their cluster', async () => {
    const id = await deploy('tree')
    const trees = await reads(listOf(GO.Tree), '/v1/applications/fetch')
    const tree = trees.find((one: { id: string }) => one.id === id)
    const [store, web] = tree.children
    expect([store.id, store.children, store.members]).toEqual([`${id}.store`, [], []])
    expect(web.members.map((one: { id: string }) => one.id)).toEqual([1, 2, 3].map((n) => `${id}.web.${n}`))
    expect(web.children[2]).toMatchObject({ parentId: `${id}.web`, groupIds: [`${id}.web`], serviceUp: true })
  })

  it('are told as deep as asked, with the sensors that match', async () => {
    const id = await deploy('deep')
    const { body } = await br(
      'GET',
      `/v1/applications/details?includeAllApps=false&items=${id}.web.2&depth=1&sensors=service.*`,
    )
    expect(body.map((one: { id: string }) => one.id)).toEqual([`${id}.web.2`, `${id}.web`, id])
    expect(body[0].sensors).toEqual({ 'service.isUp': true, 'service.state': 'RUNNING' })
    expect(Object.keys(body[2].children[0])).toEqual(['id', 'name', 'type', 'links'])
  })

  it.each([
    ['*', ['load', 'service.isUp', 'service.state']],
    ['["load"]', ['load']],
    ['s?rvice*Up,[nothing]', ['service.isUp']],
    ['*a*e', ['service.state']],
  ])('have the sensors that %s means', async (sensors, expected) => {
    const id = await deploy(`glob${expected.length}${expected[0]}`)
    const query = `includeAllApps=false&items=${id}&sensors=${encodeURIComponent(sensors)}`
    const { body } = await br('GET', `/v1/applications/details?${query}`)
    expect(Object.keys(body[0].sensors)).toEqual(expected)
  })

  it('list descendants and one sensor of all of them', async () => {
    const id = await deploy('descendants')
    const all = await reads(listOf(GO.EntitySummary), `/v1/applications/${id}/descendants`)
    expect(all).toHaveLength(6)
    const below = `/v1/applications/${id}/entities/${id}.web/descendants`
    expect(await reads(listOf(GO.EntitySummary), below)).toHaveLength(4)
    expect((await br('GET', `${below}/sensor/service.isUp`)).body).toEqual(
      Object.fromEntries(['', '.1', '.2', '.3'].map((rest) => [`${id}.web${rest}`, true])),
    )
    expect((await br('GET', `/v1/applications/${id}/descendants/sensor/nothing`)).body).toEqual({})
    expect((await br('GET', `/v1/applications/${id}/descendants?typeRegex=.*`)).status).toBe(400)
  })
})

describe('entities', () => {
  it('are found by id, by name and by path', async () => {
    const id = await deploy('named')
    for (const word of [id, 'named']) {
      expect((await br('GET', `/v1/applications/named/entities/${word}`)).body.id).toBe(id)
    }
    for (const word of [`${id}.store`, 'store']) {
      expect((await br('GET', `/v1/applications/named/entities/${word}`)).body.id).toBe(`${id}.store`)
    }
    expect((await br('GET', '/v1/applications/named/entities/web%2F2')).body.id).toBe(`${id}.web.2`)
    const missing = await br('GET', '/v1/applications/named/entities/nothing')
    expect([missing.status, missing.body.message]).toEqual([
      404,
      "Cannot find entity 'nothing' in application 'named'",
    ])
  })

  it('have a place, and the root has its document', async () => {
    const id = await deploy('placed')
    const root = `/v1/applications/${id}/entities/${id}`
    const [place] = await reads(listOf(GO.LocationSummary), `${root}/locations`)
    expect(place.id).toBe('local')
    expect((await br('GET', `${root}/spec`)).body).toBe(SHOP.replace('shop', 'placed'))
    expect((await br('GET', `/v1/applications/${id}/entities/${id}.web/spec`)).status).toBe(204)
  })

  it('say nothing of a sensor or a key that they do not have', async () => {
    const id = await deploy('silent')
    const root = `/v1/applications/${id}/entities/${id}`
    for (const path of ['sensors/nothing', 'config/nothing', 'config/toString'])
      expect((await br('GET', `${root}/${path}`)).status).toBe(204)
    expect((await br('GET', `${root}/config/current-state`)).body).toEqual({})
    expect(await reads(listOf(GO.ConfigSummary), `${root}/config`)).toEqual([])
    const plain = await face.call('GET', `/compat/brooklyn${root}/sensors/service.state`, {
      headers: { accept: 'text/plain' },
    })
    expect([plain.headers.get('content-type'), plain.body]).toEqual(['text/plain; charset=utf-8', 'RUNNING'])
  })

  it('have no policy that nobody declared', async () => {
    const id = await deploy('policies')
    const root = `/v1/applications/${id}/entities/${id}`
    expect(await reads(listOf(GO.PolicySummary), `${root}/policies`)).toEqual([])
    expect((await br('GET', `${root}/policies/current-state`)).body).toEqual({})
    expect((await br('POST', `${root}/adjuncts/size/stop`)).body.message).toBe(
      "Cannot find adjunct 'size' in entity 'root'",
    )
  })

  it('have their policies as adjuncts, which are stopped and started, and removed by the document alone', async () => {
    const text = 'name: adjuncts\nrole: web 1..6 3 size\n'
    const created = await br('POST', '/v1/applications', { text })
    const id: string = created.body.entityId
    face.engine.settle()
    const web = `/v1/applications/${id}/entities/${id}.web`
    expect(await reads(listOf(GO.PolicySummary), `${web}/policies`)).toMatchObject([
      { id: 'size', state: 'RUNNING' },
    ])
    expect((await br('GET', `${web}/policies/size/config`)).body).toMatchObject([{ name: 'metric' }])
    expect((await br('GET', `${web}/policies/size/config/metric`)).body).toBe('load')
    expect((await br('GET', `${web}/adjuncts/size/config/current-state`)).body).toEqual({ metric: 'load' })
    expect((await br('GET', `${web}/adjuncts/size/activities`)).body).toEqual([])
    expect((await br('POST', `${web}/policies/size/stop`)).status).toBe(204)
    expect((await br('GET', `${web}/policies/current-state`)).body).toEqual({ size: false })
    expect((await br('GET', `${web}/adjuncts/size/status`)).body).toBe('STOPPED')
    expect((await br('POST', `${web}/adjuncts/size/start`)).status).toBe(204)
    expect((await br('GET', `${web}/policies/size`)).body).toBe('RUNNING')
    expect((await br('POST', `${web}/policies/size/destroy`)).status).toBe(501)
  })
})

describe('effectors', () => {
  it('of an application, a cluster and a process are those of its kind', async () => {
    const id = await deploy('kinds')
    const names = async (entity: string): Promise<string> => {
      const path = `/v1/applications/${id}/entities/${entity}/effectors`
      const effectors = await reads(listOf(GO.EffectorSummary), path)
      return effectors.map((one: { name: string }) => one.name).join(' ')
    }
    expect(await names(id)).toBe('restart start stop')
    expect(await names(`${id}.web`)).toBe('replaceMember resize restart')
  })

  it('resize a cluster and replace a member of it', async () => {
    const id = await deploy('sized')
    const web = `/v1/applications/${id}/entities/${id}.web`
    const form = { type: 'application/x-www-form-urlencoded' }
    const grown = await br('POST', `${web}/effectors/resize?timeout=always`, {
      ...form,
      text: 'desiredSize=5',
    })
    expect([grown.status, faultsFor({ model: GO.TaskSummary }, grown.body)]).toEqual([202, []])
    face.engine.settle()
    expect((await br('GET', `${web}/children`)).body).toHaveLength(5)
    const replaced = await br('POST', `${web}/effectors/replaceMember?timeout=0`, {
      text: JSON.stringify({ memberId: `${id}.web.4` }),
      type: 'application/json',
    })
    expect([replaced.status, replaced.body.displayName]).toEqual([202, 'replace'])
    face.engine.settle()
    const wrong = await br('POST', `${web}/effectors/replaceMember`, { ...form, text: 'memberId=web' })
    expect([wrong.status, wrong.body.error]).toEqual([400, 400])
    const much = await br('POST', `${web}/effectors/resize`, { ...form, text: 'desiredSize=many' })
    expect([much.status, much.body.message]).toEqual([400, expect.stringContaining('desiredSize')])
  })

  it('answer when their work has ended, with nothing when it gives nothing', async () => {
    const id = await deploy('stopped')
    const stop = br('POST', `/v1/applications/${id}/entities/${id}/effectors/stop`)
    const { status, body } = await answered(stop, () => {
      face.engine.settle()
    })
    expect([status, body]).toEqual([202, ''])
    const again = await br('POST', `/v1/applications/${id}/entities/${id}/effectors/stop`)
    expect([again.status, again.body]).toEqual([202, ''])
  })

  it('answer with the task when their work takes longer than was asked', async () => {
    const id = await deploy('patient')
    const stop = br('POST', `/v1/applications/${id}/entities/${id}/effectors/stop?timeout=1s`)
    const { body } = await answered(stop, () => undefined)
    expect(body).toMatchObject({ displayName: 'stop', currentStatus: 'In progress' })
    const looked = await br('GET', `/v1/activities/${body.id}`)
    expect(looked.status).toBe(202)
    face.engine.settle()
    expect((await br('GET', `/v1/activities/${body.id}`)).status).toBe(200)
  })

  it('that fail are told as a refusal', async () => {
    const id = await deploy('failing')
    const stop = br('POST', `/v1/applications/${id}/entities/${id}/effectors/stop`)
    const { status, body } = await answered(stop, () => {
      face.engine.fail('no room')
    })
    expect([status, body.message]).toEqual([500, 'no room'])
  })

  it.each(['soon', '-1s', '1 fortnight'])('refuse a timeout of %s', async (timeout) => {
    const id = await deploy(`timeout${timeout.length}`)
    const query = `timeout=${encodeURIComponent(timeout)}`
    const said = await br('POST', `/v1/applications/${id}/entities/${id}/effectors/stop?${query}`)
    expect(said.status).toBe(400)
  })

  it.each([
    ['nothing', '', 404],
    ['restart', '[1]', 400],
    ['restart', '{', 400],
  ])('refuse %s with %s', async (effector, text, status) => {
    const id = await deploy(`refused${status}${text.length}`)
    const path = `/v1/applications/${id}/entities/${id}/effectors/${effector}`
    expect((await br('POST', path, { text, type: 'application/json' })).status).toBe(status)
  })
})

describe('a deployment', () => {
  it('takes YAML as any content type, and a form with its plan', async () => {
    for (const type of ['application/x-yaml', 'text/plain', 'application/octet-stream']) {
      const name = type.replace(/[^a-z]/g, '')
      const said = await br('POST', '/v1/applications', { text: SHOP.replace('shop', name), type })
      expect(said.status).toBe(201)
    }
    const text = new URLSearchParams({ plan: SHOP.replace('shop', 'formed') }).toString()
    const said = await br('POST', '/v1/applications', { text, type: 'application/x-www-form-urlencoded' })
    expect(said.status).toBe(201)
    face.engine.settle()
  })

  it('that is at fault is refused with 400, every fault on a line with its place', async () => {
    const said = await br('POST', '/v1/applications', {
      text: 'nmae: x\nroel: y\n',
      type: 'application/json',
    })
    expect(said.status).toBe(400)
    expect(said.body).toEqual({
      message:
        'The document has 2 errors. blueprint.yaml:1:1 BP1103 unknown key "nmae"; did you mean "name"?',
      details:
        'blueprint.yaml:1:1 BP1103 unknown key "nmae"; did you mean "name"?\n' +
        'blueprint.yaml:2:1 BP1103 unknown key "roel"; did you mean "name"?',
      error: 400,
    })
  })

  it.each([
    ['nothing at all', '', 400],
    ['more than a body may have', `name: ${'x'.repeat(20_000)}`, 413],
  ])('of %s is refused', async (_what, text, status) => {
    expect((await br('POST', '/v1/applications', { text })).status).toBe(status)
  })

  it('under an id of its own is made once', async () => {
    const put = (id: string, name: string): Promise<Called> =>
      br('PUT', `/v1/applications/${id}`, { text: SHOP.replace('shop', name), type: 'application/json' })
    const { status, headers, body } = await put('my-own', 'owned')
    expect([status, body.entityId, headers.get('location')]).toEqual([
      201,
      'my-own',
      '/compat/brooklyn/v1/applications/my-own',
    ])
    expect((await br('GET', '/v1/applications/my-own')).body.spec.name).toBe('owned')
    const again = await put('my-own', 'another')
    expect([again.status, again.body.message]).toEqual([409, 'the id my-own is taken'])
    expect((await put('My.Own', 'another')).status).toBe(400)
  })

  it('of a name that is taken is refused', async () => {
    await deploy('taken')
    const said = await br('POST', '/v1/applications', { text: SHOP.replace('shop', 'taken') })
    expect([said.status, said.body.message]).toEqual([409, 'there is an application called taken'])
  })
})

describe('the catalog', () => {
  it('lists types and shows one with its keys', async () => {
    const { body } = await br('GET', '/v1/catalog/types')
    expect(body.map((one: { symbolicName: string }) => one.symbolicName)).toEqual(['autoscale', 'software'])
    const one = await br('GET', '/v1/catalog/types/software/latest')
    expect(one.body).toMatchObject({
      version: '0.0.1',
      containingBundle: 'weir:0.0.1',
      kind: 'SPEC',
      config: [],
    })
    expect((await br('GET', '/v1/catalog/types?supertype=policy')).body).toHaveLength(1)
    expect((await br('GET', '/v1/catalog/types?fragment=program')).body).toHaveLength(1)
    expect((await br('GET', '/v1/catalog/types?regex=.')).status).toBe(400)
    expect((await br('GET', '/v1/catalog/types/software/9.9')).status).toBe(404)
  })

  it('has them all in one bundle', async () => {
    const [bundle] = (await br('GET', '/v1/catalog/bundles?detail=true')).body
    expect([bundle.symbolicName, bundle.version, bundle.types.length]).toEqual(['weir', '0.0.1', 2])
    expect((await br('GET', '/v1/catalog/bundles/weir')).body).toHaveLength(1)
    expect((await br('GET', '/v1/catalog/bundles/weir/0.0.1')).body.types).toHaveLength(2)
    expect((await br('GET', '/v1/catalog/bundles/weir/latest/types')).body).toHaveLength(2)
    expect((await br('GET', '/v1/catalog/bundles/weir/0.0.1/types/software')).status).toBe(200)
    expect((await br('GET', '/v1/catalog/bundles/weir/0.0.1/types/software/0.0.1')).status).toBe(200)
    expect((await br('GET', '/v1/catalog/bundles/other/0.0.1')).status).toBe(404)
  })

  it.each([
    ['entities', ['software:0.0.1']],
    ['policies', ['autoscale:0.0.1']],
    ['locations', ['local:0.0.1']],
    ['applications', []],
    ['enrichers', []],
  ])('lists %s as br catalog list reads them', async (list, ids) => {
    const items = await reads(listOf(GO.CatalogItemSummary), `/v1/catalog/${list}?allVersions=true`)
    expect(items.map((one: { id: string }) => one.id)).toEqual(ids)
    for (const { symbolicName } of items) {
      await reads(GO.CatalogItemSummary, `/v1/catalog/${list}/${symbolicName}`)
      await reads(GO.CatalogItemSummary, `/v1/catalog/${list}/${symbolicName}/0.0.1`)
    }
  })

  it.each(['/v1/catalog/nothing', '/v1/catalog/entities/nothing', '/v1/catalog/entities/software/2'])(
    'has nothing at %s',
    async (path) => {
      expect((await br('GET', path)).status).toBe(404)
    },
  )

  it('shows keys with their choices', async () => {
    vi.spyOn(face.context.types, 'types').mockReturnValue([
      {
        name: 'keyed',
        kind: 'entity',
        description: '',
        schema: {
          type: 'object',
          properties: {
            size: { type: 'integer', description: 'How big.', default: 3 },
            mode: { enum: ['fast', 2] },
          },
          required: ['size'],
        },
      },
    ])
    const { config } = await reads(GO.CatalogItemSummary, '/v1/catalog/entities/keyed')
    expect(config).toMatchObject([
      { name: 'size', type: 'java.lang.Integer', description: 'How big.', defaultValue: 3, pinned: true },
      { name: 'mode', pinned: false, possibleValues: [{ value: 'fast' }, { value: '2', description: '2' }] },
    ])
  })
})

describe('the places', () => {
  it('are listed and shown', async () => {
    const places = await reads(listOf(GO.LocationSummary), '/v1/locations')
    expect(places).toMatchObject([{ id: 'local', name: 'local', spec: 'local' }])
    expect((await br('GET', '/v1/locations/nowhere')).status).toBe(404)
  })
})

describe('the page about compatibility', () => {
  const page = readFileSync(new URL('../../../../docs/compat.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => /^\| `(GET|POST|PUT|DELETE) /.test(line))
  const missing = rows.filter((row) => row.endsWith('| missing |'))
  const there = rows.filter((row) => !row.endsWith('| missing |'))

  it('has every request that is answered, and no other', () => {
    expect(there).toEqual(
      BROOKLYN_ROUTES.map(({ method, path, summary }) => `| \`${method} ${path}\` | ${summary} |`),
    )
  })

  it.each(missing.map((row) => [row.split('`')[1] ?? '']))(
    'says rightly that %s is missing',
    async (request) => {
      const [method = '', path = ''] = request.split(' ')
      const { status, body } = await br(method, path.replaceAll(/\{[a-z]+\}/gi, 'x'))
      expect([404, 405]).toContain(status)
      expect(body.error).toBe(status)
    },
  )
})

it('is a face of its own: no request of ours is answered in its form', async () => {
  const { body } = await face.call('GET', urlOf('getApplication', { application: 'none' }))
  expect(body.code).toBe('not-found')
})
