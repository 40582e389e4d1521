import { describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { silentLog } from '../../../engine/index.js'
import type { RouteId } from '../../../server/api/index.js'
import { type OfflineContext, handleOffline } from '../../../server/handlers/index.js'
import { stockBench } from '../../support/policy-trials.js'

const context: OfflineContext = {
  compile: (sources, { catalog: _catalog, ...inputs }) => compile(sources, inputs),
  policies: { ...stockBench, most: 10_000 },
  log: silentLog,
}

const POLICY = [
  'policy: band',
  'parameters: { high: { default: 50, min: 1 } }',
  'does: { type: autoscale, lower: 10, upper: "${high}" }',
  'pool: { min: 1, max: 10, every: 10s }',
].join('\n')
const SHOP = {
  file: 'shop.yaml',
  document:
    'name: Shop\nroles:\n  - { name: web, launch: node web.js, count: { initial: 1, min: 1, max: 3 } }\n  - { name: db, launch: run }\n',
}

async function ask(route: RouteId, body: object) {
  const value = { document: POLICY, ...body } as never
  const actor = { tenant: 'default', name: 'ann' }
  const answer = await handleOffline(context, {
    route,
    actor,
    params: {},
    query: {},
    headers: {},
    body: { kind: 'json', value },
  })
  if (answer.kind === 'stream') throw new Error('a stream')
  return { status: answer.status, body: answer.body as { readonly [key: string]: unknown } }
}

describe('a policy that is checked with a blueprint', () => {
  it('is judged by the entity that it is for', async () => {
    const files = { 'web.js': '' }
    const found = await ask('checkPolicy', { blueprint: { ...SHOP, files }, entity: 'web' })
    expect(found.body).toMatchObject({
      valid: true,
      problems: [{ code: 'BP1204', severity: 'warning', file: 'policy.yaml' }],
    })
    const single = SHOP.document.replace('{ name: db, launch: run }', '{ name: db, launch: run, count: 1 }')
    expect((await ask('checkPolicy', { blueprint: { ...SHOP, document: single, files } })).status).toBe(422)
  })

  it('waits for the files that the blueprint names, and tells what is wrong with it', async () => {
    const document = 'name: Shop\nroles:\n  - { name: web, launch: node web.js, files: [web.js] }\n'
    const asked = await ask('checkPolicy', { blueprint: { document } })
    expect(asked.body).toEqual({ valid: false, problems: [], missing: ['web.js'] })
    const wrong = await ask('checkPolicy', { blueprint: { document: 'nonsense: 1', file: 'shop.yaml' } })
    expect(wrong.body).toMatchObject({ valid: false, problems: [{ file: 'shop.yaml' }] })
  })

  it('says which entities there are where it cannot tell which is meant', async () => {
    const files = { 'web.js': '' }
    const { status, body } = await ask('checkPolicy', { blueprint: { ...SHOP, files }, entity: 'wob' })
    expect([status, body['detail']]).toEqual([422, 'there is no entity "wob": did you mean "web"?'])
  })
})

describe('a policy that is played', () => {
  const data = '0,10\n60,20'

  it('is refused with its problems where its document is at fault', async () => {
    const { status, body } = await ask('testPolicy', { document: 'policy: x' })
    expect([status, body['code']]).toEqual([422, 'invalid-document'])
    const unfit = await ask('backtestPolicy', { data, parameters: { high: 0 } })
    expect(unfit.body['detail']).toBe('the parameter "high" must be at least 1')
  })

  it('is refused where data is none, with its lines', async () => {
    const { status, body } = await ask('backtestPolicy', { data: 'time,load\n0,1\nsoon,2' })
    expect([status, body['detail']]).toEqual([422, 'The data cannot be used: line 3: "soon" is no time'])
  })

  it('is refused where it would take too long, with the way out', async () => {
    const long = { load: { kind: 'constant', base: 1 }, duration: 86_400_000 }
    const { status, body } = await ask('simulatePolicy', long)
    expect(status).toBe(422)
    expect(body['detail']).toContain(
      'up to 86400 values, and 10000 are played here at most: play it with the command line',
    )
    expect((await ask('simulatePolicy', { ...long, duration: 60_000 })).status).toBe(200)
    expect(
      (await ask('simulatePolicy', { load: { kind: 'constant', base: -1 }, duration: 60_000 })).status,
    ).toBe(422)
  })

  it('does what it does over a recorded load', async () => {
    const { status, body } = await ask('backtestPolicy', { data, chart: true })
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ policy: 'band', sensor: 'load', from: 0, to: 120_000 }),
    ])
    expect(body['chart']).toContain('<svg')
  })
})
