import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { TEST_SEAL } from '../../support/engine-harness.js'
import { type HttpFace, READER, startFace } from '../../support/http-face.js'
import { SHOP, compileTiny } from '../../support/tiny-blueprint.js'

let face: HttpFace
let base: string

beforeAll(async () => {
  face = await startFace({
    compile: (sources, inputs) =>
      sources.main.file === 'workflow.yaml'
        ? compile(sources, { ...inputs, seal: TEST_SEAL })
        : compileTiny(sources, inputs),
  })
  const { body } = await face.call('POST', '/v1/applications', { text: SHOP })
  base = `/v1/applications/${String(body.application.id)}`
})
afterAll(() => face.close())

const begin = (json: object, more: object = {}): ReturnType<HttpFace['call']> =>
  face.call('POST', `${base}/entities/web/runs`, { json, ...more })

/** The id of a run that is begun now. */
async function begun(): Promise<string> {
  expect((await begin({ workflow: '- sleep 1h', reason: 'to see' })).status).toBe(202)
  const { body } = await face.call('GET', `${base}/entities/web/runs`)
  return body.at(-1).id
}

describe('runs of workflows', () => {
  it('are begun, listed, shown and ended', async () => {
    const { status, headers, body } = await begin({ workflow: 'steps: [sleep 1h]', input: { n: 1 } })
    expect([status, headers.get('location')]).toEqual([202, `/v1/tasks/${String(body.id)}`])
    const id = await begun()
    const { body: run } = await face.call('GET', `${base}/runs/${id}`)
    expect(run).toMatchObject({ id, entity: 'web', state: 'running', reason: 'to see', points: [] })
    const ended = await face.call('POST', `${base}/runs/${id}/cancel`, { json: { reason: 'enough' } })
    expect(ended).toMatchObject({ status: 200, body: { state: 'cancelled', replay: ['start'] } })
  })

  it.each([{ from: 'start' }, { from: 'failure' }, { from: 'last' }, { step: 'middle' }])(
    'are done again once they have ended: %j',
    async (json) => {
      const id = await begun()
      const replay = (): ReturnType<HttpFace['call']> =>
        face.call('POST', `${base}/runs/${id}/replay`, { json })
      const { status, body } = await replay()
      expect([status, body.detail]).toEqual([422, expect.stringContaining('not ended')])
      await face.call('POST', `${base}/runs/${id}/cancel`, { json: {} })
      expect(await replay()).toMatchObject({ status: 202, body: { id: `task of ${id}` } })
    },
  )

  it('are done again by force', async () => {
    const id = await begun()
    const json = { force: true, reason: 'again' }
    const { status } = await face.call('POST', `${base}/runs/${id}/replay`, { json })
    expect(status).toBe(202)
  })

  it('are not what is no workflow, with the place of the mistake', async () => {
    const { status, body } = await begin({ workflow: '- log a\n- lgo b' })
    expect([status, body.problems[0].code, body.problems[0].range.start.line]).toEqual([422, 'BP1810', 2])
  })

  it.each([
    ['GET', '/entities/nobody/runs'],
    ['GET', '/runs/none'],
    ['POST', '/runs/none/cancel'],
    ['POST', '/runs/none/replay'],
  ] as const)('%s %s is answered with 404 where there is none', async (method, path) => {
    const { status } = await face.call(method, `${base}${path}`, method === 'POST' ? { json: {} } : {})
    expect(status).toBe(404)
  })

  it.each([[{ from: 'somewhere' }], [{ form: 'start' }], [{ step: 3 }]])('refuse %j', async (json) => {
    const id = await begun()
    expect((await face.call('POST', `${base}/runs/${id}/replay`, { json })).status).toBe(400)
  })

  it('may be read, and not begun, by who may only read', async () => {
    const listed = await face.call('GET', `${base}/entities/web/runs`, { token: READER })
    expect(listed.status).toBe(200)
    expect((await begin({ workflow: '- log a' }, { token: READER })).status).toBe(403)
  })
})
