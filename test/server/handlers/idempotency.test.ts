import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../../engine/index.js'
import {
  type HandlerContext,
  type HandlerRequest,
  type Reply,
  Idempotency,
  StoredIdempotency,
  handle,
} from '../../../server/handlers/index.js'
import { FakeEngine } from '../../support/fake-engine.js'
import { HandClock, fakeContext } from '../../support/http-face.js'
import { SHOP } from '../../support/tiny-blueprint.js'

const actor = { tenant: 'main', name: 'admin' }

const request = (rest: Partial<HandlerRequest>): HandlerRequest => ({
  route: 'deployApplication',
  actor,
  params: {},
  query: {},
  headers: {},
  body: { kind: 'text', text: SHOP },
  ...rest,
})

const ask = async (context: HandlerContext, rest: Partial<HandlerRequest> = {}): Promise<Reply> =>
  (await handle(context, request(rest))) as Reply

const keyed = (key: string): { headers: Record<string, string> } => ({ headers: { 'idempotency-key': key } })

describe('keys outlive the server', () => {
  it('an answer is given again after a restart', async () => {
    const [engine, clock, store] = [new FakeEngine(), new HandClock(), new MemoryStore()]
    const first = await ask(fakeContext(engine, clock, store), keyed('k'))
    const second = await ask(fakeContext(engine, clock, store), keyed('k'))
    expect([second.status, second.body]).toEqual([202, first.body])
    expect(engine.calls.filter((name) => name === 'deploy')).toHaveLength(1)
  })

  it('a deployment that was cut off in the middle is taken up and not made twice', async () => {
    const [engine, clock, store] = [new FakeEngine(), new HandClock(), new MemoryStore()]
    const context = fakeContext(engine, clock, store)
    const records = new StoredIdempotency(store, clock)
    const cut = new Idempotency(
      {
        find: (tenant, key) => records.find(tenant, key),
        claim: (record) => records.claim(record),
        finish: () => new Promise(() => undefined),
        release: () => Promise.resolve(),
      },
      clock,
    )
    void handle({ ...context, idempotency: cut }, request(keyed('k')))
    while (engine.applications(actor).length === 0) await new Promise((resolve) => setImmediate(resolve))
    const again = await ask(fakeContext(engine, clock, store), keyed('k'))
    expect([again.status, again.headers['location']]).toEqual([202, '/v1/tasks/task1'])
    expect(engine.applications(actor)).toHaveLength(1)
  })

  it('a command that was cut off in the middle is not run twice', async () => {
    const [engine, clock, store] = [new FakeEngine(), new HandClock(), new MemoryStore()]
    const context = fakeContext(engine, clock, store)
    await ask(context)
    const exec: Partial<HandlerRequest> = {
      route: 'execCommand',
      params: { application: 'shop', entity: 'store' },
      body: { kind: 'json', value: { command: ['pay'] } },
      ...keyed('k'),
    }
    const records = new StoredIdempotency(store, clock)
    const cut = new Idempotency(
      {
        find: (tenant, key) => records.find(tenant, key),
        claim: (record) => records.claim(record),
        finish: () => new Promise(() => undefined),
        release: () => Promise.resolve(),
      },
      clock,
    )
    void handle({ ...context, idempotency: cut }, request(exec))
    while (!engine.calls.includes('exec')) await new Promise((resolve) => setImmediate(resolve))
    const again = await ask(fakeContext(engine, clock, store), exec)
    expect([again.status, (again.body as { code: string }).code]).toEqual([409, 'outcome-unknown'])
    expect(engine.calls.filter((name) => name === 'exec')).toHaveLength(1)
  })
})

describe('keys are bounded', () => {
  const finish = async (
    records: StoredIdempotency,
    key: string,
    claimedAt: number,
    body: string | null = null,
  ): Promise<void> => {
    const record = { tenant: 'main', key, digest: 'd', claimedAt }
    expect(await records.claim(record)).toBe(true)
    await records.finish({
      ...record,
      reply: { status: 200, headers: {}, contentType: 'application/json', body },
    })
  }

  it('forgets the oldest beyond the bound, in the store too', async () => {
    const [clock, store] = [new HandClock(), new MemoryStore()]
    const records = new StoredIdempotency(store, clock, { keys: 3 })
    for (const key of ['a', 'b', 'c', 'd']) await finish(records, key, clock.now())
    expect(await records.find('main', 'a')).toBeUndefined()
    expect(await records.find('main', 'd')).toBeDefined()
    expect((await store.load('idempotency/')).entries).toHaveLength(3)
  })

  it('forgets a key after its lifetime, which may then be used again', async () => {
    const [clock, store] = [new HandClock(), new MemoryStore()]
    const records = new StoredIdempotency(store, clock, { lifetime: 1000 })
    await finish(records, 'a', clock.now())
    clock.advance(1001)
    expect(await records.find('main', 'a')).toBeUndefined()
    await finish(records, 'a', clock.now())
    expect(await records.find('main', 'a')).toMatchObject({ reply: { status: 200 } })
  })

  it('keeps status and headers alone of an answer that is too long', async () => {
    const records = new StoredIdempotency(new MemoryStore(), new HandClock(), { answer: 1000 })
    await finish(records, 'a', 1_700_000_000_000, 'x'.repeat(2000))
    expect((await records.find('main', 'a'))?.reply).toMatchObject({ status: 200, body: null })
  })

  it('lets one of two servers have a key', async () => {
    const [clock, store] = [new HandClock(), new MemoryStore()]
    const [one, other] = [new StoredIdempotency(store, clock), new StoredIdempotency(store, clock)]
    const record = { tenant: 'main', key: 'k', digest: 'd', claimedAt: clock.now() }
    await Promise.all([one.find('main', 'k'), other.find('main', 'k')])
    expect([await one.claim(record), await other.claim(record)]).toEqual([true, false])
  })

  it('keeps a key that is a name of an object apart', async () => {
    const records = new StoredIdempotency(new MemoryStore(), new HandClock())
    await finish(records, '__proto__', 1_700_000_000_000)
    expect(await records.find('main', 'constructor')).toBeUndefined()
    expect(await records.find('main', '__proto__')).toBeDefined()
  })
})

describe('what the engine and the world refuse', () => {
  it.each([
    ['unreachable', 502, 'far-end'],
    ['timeout', 504, 'far-end-timeout'],
    ['throttled', 503, 'unavailable'],
    ['denied', 502, 'far-end'],
    ['invalid', 422, 'invalid'],
    ['unsupported', 422, 'unsupported'],
    ['internal', 500, 'internal'],
  ] as const)('a failure of cause %s is %i', async (cause, status, code) => {
    const { Failure } = await import('../../../engine/index.js')
    const engine = new FakeEngine()
    engine.breaks.set(
      'testLocation',
      new Failure({ cause, retry: 'soon', message: 'so it is', retryAfter: 1500 }),
    )
    const answer = await ask(fakeContext(engine, new HandClock()), {
      route: 'testLocation',
      params: { location: 'local' },
      body: { kind: 'none' },
    })
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code])
    expect(answer.headers['retry-after']).toBe('2')
  })
})
