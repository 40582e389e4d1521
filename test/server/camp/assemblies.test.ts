import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, type CampFace, startCampFace } from '../../support/camp-face.js'
import { STRANGER } from '../../support/http-face.js'

interface Problem {
  readonly code: string
  readonly file: string
  readonly range: { readonly start: { readonly line: number } }
}

const planOf = (name: string): string => `camp_version: CAMP 1.1
name: ${name}
services:
  - id: web
    name: web
    characteristics:
      - characteristic_type: software
        launch.command: ./serve
`

let face: CampFace

beforeAll(async () => {
  face = await startCampFace()
})
afterAll(() => face.close())

const deploy = async (name: string): Promise<string> => {
  const { status, headers } = await face.call('POST', `${ROOT}/assemblies`, { text: planOf(name) })
  expect(status).toBe(201)
  return headers.get('location') ?? ''
}

describe('deploying', () => {
  it('shows no links while nothing is deployed', async () => {
    const fresh = await startCampFace()
    const { status, body } = await fresh.call('GET', `${ROOT}/assemblies`)
    expect([status, body]).toEqual([
      200,
      {
        uri: `${ROOT}/assemblies`,
        name: 'assemblies',
        type: 'assemblies',
        parameter_definitions_uri: `${ROOT}/parameter_definitions/assemblies`,
      },
    ])
    await fresh.close()
  })

  it.each([
    ['from the root', (path: string) => path],
    ['relative to the collection', (path: string) => path.slice(path.indexOf('plans/'))],
    ['absolute', (path: string) => `${face.url}${path}`],
  ])(
    'a registered plan, its address %s, answers 201 with the address of the assembly',
    async (how, uriOf) => {
      const path = await face.register(planOf(`named ${how}`))
      const { status, headers, body } = await face.call('POST', `${ROOT}/assemblies`, {
        json: { plan_uri: uriOf(path) },
      })
      const location = headers.get('location') ?? ''
      expect([status, location]).toEqual([
        201,
        expect.stringMatching(/^\/camp\/camp_1_1\/assemblies\/[a-z0-9]+$/),
      ])
      expect(body).toMatchObject({ uri: location, type: 'assembly', name: `named ${how}`, plan_uri: path })
      expect(body.representation_skew).toBe('CREATING')
      const { body: all } = await face.call('GET', `${ROOT}/assemblies`)
      expect(all.assembly_links).toContainEqual({ href: location, target_name: `named ${how}` })
      expect(headers.get('etag')).toMatch(/^"\d+"$/)
    },
  )

  it('by value registers the plan too, which stays when the assembly is deleted', async () => {
    const location = await deploy('by-value')
    const { body } = await face.call('GET', location)
    expect((await face.call('GET', body.plan_uri)).body.name).toBe('by-value')
    expect((await face.call('DELETE', location)).status).toBe(204)
    const going = await face.call('GET', location)
    expect([going.status, going.body.representation_skew]).toEqual([200, 'DESTROYING'])
    face.engine.settle()
    expect((await face.call('GET', body.plan_uri)).status).toBe(200)
  })

  it('happens once for one key', async () => {
    const how = { text: planOf('once'), headers: { 'idempotency-key': 'assembly-1' } }
    const first = await face.call('POST', `${ROOT}/assemblies`, how)
    const second = await face.call('POST', `${ROOT}/assemblies`, how)
    expect([second.status, second.headers.get('location')]).toEqual([201, first.headers.get('location')])
    const { body } = await face.call('GET', `${ROOT}/plans`)
    const named = body.plan_links.filter((link: { target_name: string }) => link.target_name === 'once')
    expect(named).toHaveLength(1)
  })

  it('is refused for another plan with that key, which is not in use by that', async () => {
    const headers = { 'idempotency-key': 'assembly-2' }
    const [first, other] = [await face.register(planOf('keyed')), await face.register(planOf('a-keyed'))]
    const deployed = await face.call('POST', `${ROOT}/assemblies`, { json: { plan_uri: first }, headers })
    const again = await face.call('POST', `${ROOT}/assemblies`, { json: { plan_uri: other }, headers })
    expect([deployed.status, again.status, again.body.code]).toEqual([201, 422, 'idempotency-key-reused'])
    expect((await face.call('GET', deployed.body.uri)).body.plan_uri).toBe(first)
    expect((await face.call('DELETE', other)).status).toBe(204)
    expect((await face.call('DELETE', first)).status).toBe(409)
  })

  it('a plan that means nothing is refused with all its problems, each at its place, and is not kept', async () => {
    const text = `camp_version: CAMP 1.1
name: faulty
services:
  - id: web
    characteristics:
      - characteristic_type: org.example:Unheard
  - id: db
    nmae: db
    characteristics:
      - characteristic_type: software
        launch.command: ./db
`
    const { status, body } = await face.call('POST', `${ROOT}/assemblies`, { text })
    expect([status, body.code]).toEqual([422, 'invalid-document'])
    const told = body.problems.map((one: Problem) => [one.code, one.file, one.range.start.line])
    expect(told).toContainEqual(['BP1205', 'plan.yaml', 6])
    expect(told).toContainEqual(['BP1103', 'plan.yaml', 8])
    const { body: plans } = await face.call('GET', `${ROOT}/plans`)
    expect(JSON.stringify(plans)).not.toContain('faulty')
  })

  it.each([
    ['an empty body', { text: '', type: 'application/x-yaml' }, 400],
    ['JSON without a reference', { json: { name: 'x' } }, 400],
    ['a reference to something else', { json: { plan_uri: ROOT } }, 400],
    ['a plan that is not there', { json: { plan_uri: `${ROOT}/plans/nothing` } }, 404],
    ['an unknown content type', { text: 'x', type: 'text/html' }, 415],
  ])('%s is refused', async (_what, how, status) => {
    expect((await face.call('POST', `${ROOT}/assemblies`, how)).status).toBe(status)
  })
})

describe('an assembly', () => {
  it('has components, each with its service, its state and what is near it', async () => {
    const location = await deploy('parts')
    face.engine.settle()
    const { body } = await face.call('GET', location)
    expect(body).not.toHaveProperty('representation_skew')
    expect(body.components).toEqual([{ href: `${location}/components/web`, target_name: 'web' }])
    const { body: component } = await face.call('GET', `${location}/components/web`)
    const id = location.split('/').at(-1) ?? ''
    expect(component).toEqual({
      uri: `${location}/components/web`,
      name: 'web',
      type: 'component',
      assemblies: [{ href: location, target_name: id }],
      service: `${ROOT}/services/software`,
      status: 'RUNNING',
      external_management_resource: `/v1/applications/${id}/entities/web`,
      operations_uri: `${location}/components/web/operations`,
      sensors_uri: `${location}/components/web/sensors`,
    })
    expect((await face.call('GET', `${location}/components/nothing`)).status).toBe(404)
  })

  it('has sensors with their values and times', async () => {
    const location = await deploy('sensed')
    face.engine.settle()
    const { body } = await face.call('GET', `${location}/components/web/sensors`)
    expect(body.target_resource).toBe(`${location}/components/web`)
    const values = await Promise.all(
      body.sensor_links.map(async ({ href }: { href: string }) => (await face.call('GET', href)).body),
    )
    expect(values).toContainEqual(
      expect.objectContaining({
        name: 'service.isUp',
        sensor_type: 'Boolean',
        value: true,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      }),
    )
    expect((await face.call('GET', `${location}/components/web/sensors/nothing`)).status).toBe(404)
  })

  it('can be asked to do what its operations say, with their parameters', async () => {
    const location = await deploy('asked')
    face.engine.settle()
    const { body } = await face.call('GET', `${location}/components/web/operations`)
    const [{ href }] = body.operation_links
    expect(href).toBe(`${location}/components/web/operations/restart`)
    const { body: parameters } = await face.call('GET', `${href}/parameter_definitions`)
    expect(parameters.type).toBe('parameter_definitions')
    const asked = await face.call('POST', href, { json: {} })
    expect([asked.status, asked.headers.get('location')]).toEqual([
      202,
      expect.stringMatching(/^\/v1\/tasks\//),
    ])
    expect((await face.call('POST', href)).status).toBe(202)
    expect((await face.call('POST', href, { json: ['hard'] })).status).toBe(400)
    expect((await face.call('POST', href, { text: 'x' })).status).toBe(415)
    expect((await face.call('POST', `${location}/operations/nothing`)).status).toBe(404)
  })

  it('is deleted only as it was read', async () => {
    const location = await deploy('matched')
    const { headers } = await face.call('GET', location)
    const etag = headers.get('etag') ?? ''
    const late = await face.call('DELETE', location, { headers: { 'if-match': '"999"' } })
    expect([late.status, late.body.code]).toEqual([412, 'precondition-failed'])
    expect((await face.call('DELETE', location, { headers: { 'if-match': etag } })).status).toBe(204)
    face.engine.settle()
    const { body } = await face.call('GET', `${ROOT}/assemblies`)
    expect(JSON.stringify(body)).not.toContain(location)
  })

  it('is not there for another tenant', async () => {
    const location = await deploy('private')
    for (const path of ['', '/components/web', '/operations', '/sensors']) {
      expect((await face.call('GET', `${location}${path}`, { token: STRANGER })).status).toBe(404)
    }
    expect((await face.call('DELETE', location, { token: STRANGER })).status).toBe(404)
  })
})
