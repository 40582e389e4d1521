import { afterEach, beforeEach, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { silentLog } from '../../../engine/index.js'
import { addChildren, removeChild } from '../../../server/handlers/child-handlers.js'
import type { HandlerContext } from '../../../server/handlers/index.js'
import type { CheckedRequest, Reply } from '../../../server/handlers/message.js'
import { EngineHarness, accepted, ann } from '../../support/engine-harness.js'
import { application, entity, service } from '../../support/specs.js'

let bench: EngineHarness
beforeEach(async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([entity('data', { type: 'group', children: [service('db')] })]))
})
afterEach(() => bench.close())

function request(path: string, text = '', given: Partial<CheckedRequest> = {}): CheckedRequest {
  const params = { application: 'shop', entity: path === '' ? '-' : path }
  return {
    route: 'addChildren',
    actor: ann,
    params,
    query: {},
    headers: {},
    body: { kind: 'text', text },
    ...given,
  }
}

async function add(path: string, text: string, given: Partial<CheckedRequest> = {}): Promise<Reply> {
  const context = { engine: bench.engine, log: silentLog, compile } as unknown as HandlerContext
  const answer = await addChildren(context, request(path, text, given))
  await bench.settle(10_000)
  return answer
}

const CACHE = `
services:
  - type: software
    name: cache
    launch: serve $DB
    env:
      DB: $brooklyn:entity("db").attributeWhenReady("host.address")
`

it('adds the services of a document, which may refer to what is there', async () => {
  expect((await add('data', CACHE)).status).toBe(202)
  expect(bench.tree['data/cache']).toBe('running')
})

it('says what is wrong with a document by the application that it is for', async () => {
  const answer = await add('data', CACHE.replace('"db"', '"dbx"'))
  expect(answer.status).toBe(422)
  expect(JSON.stringify(answer.body)).toContain('dbx')
  expect(bench.shop.version).toBe(1)
})

it('adds all services of a document, and a group where its root says more', async () => {
  await add('', 'services: [{ type: software, name: a, launch: a }, { type: software, name: b, launch: b }]')
  expect(bench.tree).toMatchObject({ a: 'running', b: 'running' })
  await add(
    '',
    'name: pair\nbrooklyn.config: { size: 2 }\nservices: [{ type: software, name: c, launch: c }]',
  )
  expect(bench.tree).toMatchObject({ 'pair/c': 'running' })
})

it('adds another one each time, unless by a key or for a request of one key', async () => {
  const plain = 'services: [{ type: software, name: x, launch: x }]'
  const keyed = { query: { key: 'k' } }
  const once = { headers: { 'idempotency-key': 'once' } }
  for (const given of [{}, {}, keyed, keyed, once, once]) await add('', plain, given)
  expect(await bench.machines()).toEqual(['data/db', 'x', 'x-2', 'x-3', 'x-4'])
})

it.each([
  ['to an entity that is not there', 'nowhere', CACHE, 404],
  ['with a network of its own', 'data', `networks: [{ name: own }]\n${CACHE}`, 400],
])('adds nothing %s', async (_case, path, text, status) => {
  expect((await add(path, text)).status).toBe(status)
  expect(bench.shop.version).toBe(1)
})

it('takes away what was added, and nothing of the document', async () => {
  await add('data', CACHE)
  const context = { engine: bench.engine } as unknown as HandlerContext
  expect((await removeChild(context, request('data/cache'))).status).toBe(202)
  await bench.settle(10_000)
  expect(await bench.machines()).toEqual(['data/db'])
  expect((await removeChild(context, request('data/db'))).status).toBe(422)
  expect(accepted(bench.engine.application(ann, 'shop')).version).toBe(3)
})
