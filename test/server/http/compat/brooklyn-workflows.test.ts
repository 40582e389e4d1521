import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../../../blueprints/index.js'
import { TEST_SEAL } from '../../../support/engine-harness.js'
import { type Called, type HttpFace, READER, TOKEN, startFace } from '../../../support/http-face.js'
import { SHOP, compileTiny } from '../../../support/tiny-blueprint.js'
import { GO, faultsFor } from './go-models.js'

let face: HttpFace
let id: string
let base: string

beforeAll(async () => {
  face = await startFace({
    compile: (sources, inputs) =>
      sources.main.file === 'workflow.yaml'
        ? compile(sources, { ...inputs, seal: TEST_SEAL })
        : compileTiny(sources, inputs),
  })
  const { body } = await face.call('POST', '/v1/applications', { text: SHOP })
  id = String(body.application.id)
  base = `/v1/applications/${id}/entities/${id}.web`
})
afterAll(() => face.close())

const ask = (method: string, path: string, text?: string, token = TOKEN): Promise<Called> =>
  face.call(method, `/compat/brooklyn${path}`, {
    token: null,
    ...(text === undefined ? {} : { text, type: 'application/x-yaml' }),
    headers: { authorization: `Basic ${Buffer.from(`ann:${token}`).toString('base64')}` },
  })

/** The id of a run that is begun now. */
async function begun(): Promise<string> {
  const { status, headers } = await ask('POST', `${base}/workflows`, 'steps: [sleep 1h]')
  expect(status).toBe(201)
  return String(headers.get('location')).split('/').at(-1) ?? ''
}

/** The id of a run that has ended. */
async function ended(): Promise<string> {
  const run = await begun()
  await face.call('POST', `/v1/applications/${id}/runs/${run}/cancel`, { json: {} })
  return run
}

describe('workflows of an entity', () => {
  it('are run, told where they are, and shown one by one and together', async () => {
    const { status, headers, body } = await ask('POST', `${base}/workflows?timeout=0`, '- sleep 1h')
    expect([status, faultsFor({ model: GO.TaskSummary }, body)]).toEqual([201, []])
    const location = String(headers.get('location'))
    const run = location.split('/').at(-1) ?? ''
    expect(location).toBe(`/compat/brooklyn${base}/workflows/${run}`)
    const one = await ask('GET', `${base}/workflows/${run}`)
    expect(one).toMatchObject({
      status: 200,
      body: { workflowId: run, entityId: `${id}.web`, taskId: body.id, status: 'RUNNING', output: null },
    })
    expect((await ask('GET', `${base}/workflows`)).body).toMatchObject({ [run]: one.body })
  })

  it('that have ended say how, and are done again from a step, counted from 0', async () => {
    const run = await ended()
    expect((await ask('GET', `${base}/workflows/${run}`)).body.status).toBe('ERROR_CANCELLED')
    for (const step of ['start', 'last', '0', 'middle']) {
      const { status, body } = await ask('POST', `${base}/workflows/${run}/replay/from/${step}?reason=again`)
      expect([status, body.id]).toEqual([200, `task of ${run}`])
    }
    const asked = face.engine.runs.wishes.slice(-4)
    expect(asked).toEqual([
      { from: 'start', force: false },
      { from: 'last', force: false },
      { from: { step: '1' }, force: false },
      { from: { step: 'middle' }, force: false },
    ])
  })

  it('that have not ended are done again by force alone', async () => {
    const run = await begun()
    expect((await ask('POST', `${base}/workflows/${run}/replay/from/start`)).status).toBe(400)
    expect((await ask('POST', `${base}/workflows/${run}/replay/from/start?force=true`)).status).toBe(200)
  })

  it.each([
    ['GET', 'workflows/none', undefined, 404],
    ['POST', 'workflows/none/replay/from/start', undefined, 404],
    ['DELETE', 'workflows/none', undefined, 501],
    ['POST', 'workflows', ' ', 400],
    ['POST', 'workflows', '- frobnicate', 400],
    ['POST', 'workflows?timeout=soon', '- log hello', 400],
  ] as const)('are refused: %s %s %s', async (method, path, text, status) => {
    expect((await ask(method, `${base}/${path}`, text)).status).toBe(status)
  })

  it('of another entity are not found here', async () => {
    const run = await begun()
    const other = `/v1/applications/${id}/entities/${id}.store/workflows`
    expect((await ask('GET', `${other}/${run}`)).status).toBe(404)
    expect((await ask('GET', other)).body).toEqual({})
  })

  it('are run by those alone who may', async () => {
    expect((await ask('GET', `${base}/workflows`, undefined, READER)).status).toBe(200)
    expect((await ask('POST', `${base}/workflows`, '- log hello', READER)).status).toBe(403)
  })
})
