import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type Asked, type WholeServer, startWholeServer } from '../support/whole-server.js'
import { GO, type GoModel, faultsFor } from '../server/http/compat/go-models.js'

let server: WholeServer

beforeAll(async () => {
  server = await startWholeServer(26_400)
})
afterAll(() => server.close())

/** Written as for Brooklyn: a process with an effector and a policy. */
const DOCUMENT = [
  'name: Greeter',
  'location: local',
  'services:',
  '  - type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
  '    id: greeter',
  '    name: greeter',
  '    brooklyn.config:',
  '      launch.command: sleep 600 & echo $! > "${PID_FILE:-pid.txt}"',
  '    brooklyn.initializers:',
  '      - type: org.apache.brooklyn.core.effector.ssh.SshCommandEffector',
  '        brooklyn.config:',
  '          name: greet',
  '          command: echo hello; echo sorry >&2',
  '    brooklyn.policies:',
  '      - type: restart',
].join('\n')

const br = (method: string, path: string, text?: string): Promise<Asked> => {
  const password = Buffer.from(`admin:${server.token}`).toString('base64')
  return server.ask(method, `/compat/brooklyn${path}`, {
    token: null,
    ...(text === undefined ? {} : { text, type: 'application/json' }),
    headers: { authorization: `Basic ${password}`, accept: 'application/json, text/plain' },
  })
}

const reads = async (model: GoModel, path: string): Promise<Asked['body']> => {
  const { status, body } = await br('GET', path)
  const faults = (Array.isArray(body) ? body : [body]).flatMap((one) => faultsFor({ model }, one))
  expect([status, faults]).toEqual([200, []])
  return body
}

it('the whole server serves a session of br, from login to delete', async () => {
  await reads(GO.VersionSummary, '/v1/server/version')
  const created = await br('POST', '/v1/applications', DOCUMENT)
  expect([created.status, faultsFor({ model: GO.TaskSummary }, created.body)]).toEqual([201, []])
  const id: string = created.body.entityId
  await eventually(
    'it runs',
    async () => (await br('GET', `/v1/applications/${id}`)).body.status === 'RUNNING',
    60_000,
  )
  const application = await reads(GO.ApplicationSummary, `/v1/applications/${id}`)
  await reads(GO.LocationSummary, `/v1/locations/${application.spec.locations[0]}`)
  const [greeter] = await reads(GO.EntitySummary, `/v1/applications/${id}/entities`)
  const entity = `/v1/applications/${id}/entities/${greeter.id}`
  await reads(GO.SensorSummary, `${entity}/sensors`)
  expect((await br('GET', `${entity}/sensors/service.state`)).body).toBe('RUNNING')
  const effectors = await reads(GO.EffectorSummary, `${entity}/effectors`)
  expect(effectors.map((one: { name: string }) => one.name)).toEqual(['greet', 'restart', 'start', 'stop'])
  const greeted = await br('POST', `${entity}/effectors/greet`)
  expect([greeted.status, greeted.said.trim()]).toEqual([202, 'hello'])
  const tasks = await reads(GO.TaskSummary, `${entity}/activities`)
  const task = tasks.find((one: { displayName: string }) => one.displayName === 'greet')
  expect((await br('GET', `/v1/activities/${task.id}/stream/stderr`)).said.trim()).toBe('sorry')
  const [policy] = await reads(GO.PolicySummary, `${entity}/policies`)
  expect(policy.state).toBe('RUNNING')
  expect((await br('POST', `${entity}/policies/${policy.id}/start`)).status).toBe(204)
  expect((await br('POST', `${entity}/policies/${policy.id}/stop`)).status).toBe(204)
  expect((await br('GET', `${entity}/policies/${policy.id}`)).body).toBe('STOPPED')
  await reads(GO.ConfigSummary, `${entity}/config`)
  await reads(GO.Tree, '/v1/applications/fetch')
  const child = "services: [{ type: VanillaSoftwareProcess, name: helper, launch.command: 'sleep 600' }]"
  const added = await br('POST', `${entity}/children`, child)
  expect([added.status, faultsFor({ model: GO.TaskSummary }, added.body)]).toEqual([201, []])
  const [helper] = await reads(GO.EntitySummary, `${entity}/children`)
  expect(helper.name).toBe('helper')
  const deleted = await br('DELETE', `/v1/applications/${id}`)
  expect([deleted.status, deleted.body.entityId]).toEqual([202, id])
  await eventually(
    'it is gone',
    async () => (await br('GET', `/v1/applications/${id}`)).status === 404,
    60_000,
  )
  expect((await br('GET', `/v1/activities/${deleted.body.id}`)).body.currentStatus).toBe('Completed')
})

it('the whole server keeps what br adds to its catalog, gives it back, deploys it, and forgets it', async () => {
  const added = await br('POST', '/v1/catalog', CATALOG)
  expect([added.status, Object.keys(added.body)]).toEqual([201, ['greeters:1.0.0']])
  const all = await reads(GO.CatalogItemSummary, '/v1/catalog/entities')
  expect(all.map((one: { id: string }) => one.id)).toContain('greeters:1.0.0')
  const item = await reads(GO.CatalogItemSummary, '/v1/catalog/entities/greeters/1.0.0')
  expect(item.description).toBe('Greets.')

  const zip = await br('GET', '/v1/catalog/bundles/greeting/1.0.0/download')
  expect([zip.status, zip.headers.get('content-type')]).toEqual([200, 'application/zip'])
  expect((await br('POST', '/v1/catalog/bundles', CATALOG)).status).toBe(200)
  const other = await br('POST', '/v1/catalog/bundles', CATALOG.replace('sleep 600', 'sleep 700'))
  expect([other.status, other.body.message]).toEqual([409, expect.stringContaining('greeting')])

  const created = await br(
    'POST',
    '/v1/applications',
    '{ location: localhost, services: [{ type: "greeters:1.0.0" }] }',
  )
  expect(created.status).toBe(201)
  const application = `/v1/applications/${created.body.entityId}`
  await eventually('it runs', async () => (await br('GET', application)).body.status === 'RUNNING', 60_000)
  expect((await br('DELETE', '/v1/catalog/entities/greeters/1.0.0')).status).toBe(204)
  expect((await br('GET', '/v1/catalog/entities/greeters/1.0.0')).status).toBe(404)
  expect((await br('GET', application)).body.status).toBe('RUNNING')
  await br('DELETE', application)
  await eventually('it is gone', async () => (await br('GET', application)).status === 404, 60_000)
})

const CATALOG = [
  'brooklyn.catalog:',
  '  bundle: greeting',
  '  version: 1.0.0',
  '  items:',
  '    - id: greeters',
  '      itemType: entity',
  '      description: Greets.',
  '      item: { type: VanillaSoftwareProcess, launch.command: sleep 600 }',
  '',
].join('\n')
