import { describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { silentLog } from '../../../engine/index.js'
import { type OfflineContext, handleOffline } from '../../../server/handlers/index.js'
import { stockBench } from '../../support/policy-trials.js'

const context: OfflineContext = {
  compile: (sources, { catalog: _catalog, ...inputs }) => compile(sources, inputs),
  policies: { ...stockBench, proofs: { ...stockBench.proofs, most: 2 } },
  log: silentLog,
}

const SHOP = { document: 'name: shop\nlocation: local\nroles: [{ name: web, launch: serve }]\n' }

async function prove(body: object) {
  const value = { blueprint: SHOP, faults: 1, steps: 0, ...body } as never
  const answer = await handleOffline(context, {
    route: 'provePolicies',
    actor: { tenant: 'default', name: 'ann' },
    params: {},
    query: {},
    headers: {},
    body: { kind: 'json', value },
  })
  if (answer.kind === 'stream') throw new Error('a stream')
  return { status: answer.status, body: answer.body as { readonly [key: string]: unknown } }
}

describe('a blueprint whose policies are proved', () => {
  it('is tried as far as one request may go, and from there in the next', async () => {
    const { status, body } = await prove({ most: 1000 })
    expect([status, body]).toEqual([200, expect.objectContaining({ schedules: 2, next: 1, firsts: 7 })])
    expect((await prove({ from: 6 })).body).not.toHaveProperty('next')
  })

  it('waits for the files that it names, and is refused where it is at fault', async () => {
    const lacking = SHOP.document.replace('launch: serve', 'launch: serve, files: [web.js]')
    expect((await prove({ blueprint: { document: lacking } })).body).toMatchObject({ missing: ['web.js'] })
    expect((await prove({ blueprint: { document: 'nonsense: 1' } })).body['code']).toBe('invalid-document')
    expect((await prove({ faults: 3 })).status).toBe(400)
  })

  it('is told what one schedule comes to', async () => {
    const schedule = [{ after: 'settled', fault: { kind: 'service-dies', of: 'web/*', which: 'first' } }]
    const { body } = await prove({ schedule })
    expect(body).toMatchObject({ schedules: 1, trial: { schedule } })
    const unknown = await prove({ schedule: [{ after: 0, fault: { kind: 'service-dies', of: 'db' } }] })
    expect(unknown.body['detail']).toBe('The schedule has a fault that cannot befall this blueprint.')
  })
})
