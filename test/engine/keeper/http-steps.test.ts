import { describe, expect, it } from 'vitest'
import {
  literal,
  type HttpCall,
  type HttpReply,
  type StepAction,
  type StepSpec,
} from '../../../engine/index.js'
import { EngineHarness, TEST_SEAL, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity } from '../../support/specs.js'
import { does, gives, lit, set, setSensor, variable, workflow } from '../../support/workflows.js'

type Http = Extract<StepAction, { readonly kind: 'http' }>

const asks = (method: string, more: Partial<Http> = {}, step: Partial<StepSpec> = {}): StepSpec =>
  does({ kind: 'http', url: lit('http://far/x'), query: {}, headers: {}, method: lit(method), ...more }, step)

/** A far end that notes what it is asked, and answers as it is told, or never. */
class Far {
  readonly calls: HttpCall[] = []
  reply: HttpReply | undefined = this.answer(200, '{"n": 4}')

  answer(status: number, body: string): HttpReply {
    return { kind: 'answered', status, headers: { 'x-made': 'yes' }, body, isCut: false }
  }

  call(request: HttpCall): Promise<HttpReply> {
    this.calls.push(request)
    const { reply } = this
    if (reply !== undefined) return Promise.resolve(reply)
    return new Promise((resolve) => {
      request.signal.addEventListener('abort', () => {
        resolve({ kind: 'failed', reason: 'aborted', mayBeDone: true })
      })
    })
  }
}

async function shopWith(far: Far, steps: readonly StepSpec[], idempotent = false): Promise<EngineHarness> {
  const work = {
    ...{ name: 'work', parameters: [], command: literal(''), timeout: 0 },
    workflow: workflow(steps, { idempotent }),
  }
  const shop = await EngineHarness.open({ engine: { caller: far } })
  await shop.deploy(application([entity('group', { effectors: [work] })]))
  return shop
}

async function begun(shop: EngineHarness): Promise<string> {
  const { id } = accepted(await shop.engine.invoke('shop', 'group', { effector: 'work', parameters: {} }, by))
  await shop.settle(100)
  return id
}

function outcome(shop: EngineHarness, id: string): string {
  const { state, failure } = accepted(shop.engine.task(ann, id))
  return failure === undefined ? state : `${state}: ${failure.message}`
}

const sensor = (shop: EngineHarness, name: string): unknown =>
  accepted(shop.engine.sensors(ann, 'shop', 'group')).find((one) => one.name === name)?.value

describe('a step that makes a request', () => {
  it('gives status, headers, content, and content as data', async () => {
    const far = new Far()
    const shop = await shopWith(far, [
      asks('GET', { query: { q: lit('a b') }, headers: { 'X-Who': lit('ann') } }),
      setSensor('got', { kind: 'variable', of: 'output', path: [] }),
    ])
    await begun(shop)
    expect(far.calls.map(({ method, url, headers }) => [method, url, headers])).toEqual([
      ['GET', 'http://far/x?q=a+b', { 'x-who': 'ann' }],
    ])
    expect(sensor(shop, 'got')).toEqual({
      status_code: 200,
      headers: { 'x-made': 'yes' },
      content: '{"n": 4}',
      content_json: { n: 4 },
      duration: 0,
    })
    await shop.close()
  })

  it('sends values as JSON, texts as they are, and secrets in the clear to the far end alone', async () => {
    const far = new Far()
    const secret = TEST_SEAL.seal('pw', 'geheim')
    const map = { kind: 'map', entries: { a: lit(1), pw: secret } } as const
    const shop = await shopWith(far, [
      asks('POST', { body: map, login: { user: lit('ann'), password: secret } }),
      asks('POST', { body: lit('text') }),
    ])
    await begun(shop)
    const [first, second] = far.calls
    expect(first?.body).toBe('{"a":1,"pw":"geheim"}')
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: `Basic ${btoa('ann:geheim')}`,
    })
    expect([second?.body, second?.headers['content-type']]).toEqual(['text', undefined])
    expect(JSON.stringify((await shop.store.load('')).entries)).not.toContain('geheim')
    await shop.close()
  })

  it.each([
    [204, undefined, 'succeeded'],
    [399, undefined, 'succeeded'],
    [404, undefined, 'failed: it was answered with status 404'],
    [404, 404, 'succeeded'],
    [200, 404, 'failed: it was answered with status 200'],
  ])('answered with %d, where %s is wanted, has %s', async (status, wanted, expected) => {
    const far = new Far()
    far.reply = far.answer(status, '')
    const more = wanted === undefined ? {} : { status: { predicate: lit({ kind: 'equals', value: wanted }) } }
    const shop = await shopWith(far, [asks('GET', more)])
    expect(outcome(shop, await begun(shop))).toBe(expected)
    await shop.close()
  })

  it('can be handled, with what was answered', async () => {
    const far = new Far()
    far.reply = far.answer(500, 'oh')
    const shop = await shopWith(far, [
      asks('GET', {}, { onError: { steps: [setSensor('code', variable('status_code'))] } }),
    ])
    expect(outcome(shop, await begun(shop))).toBe('succeeded')
    expect(sensor(shop, 'code')).toBe(500)
    await shop.close()
  })

  it('says whether what was not answered may have been received', async () => {
    const far = new Far()
    far.reply = { kind: 'failed', reason: 'closed', mayBeDone: true }
    const shop = await shopWith(far, [asks('POST')])
    expect(outcome(shop, await begun(shop))).toBe('failed: no answer: closed; it may have been received')
    await shop.close()
  })

  it('is given up when its time is up', async () => {
    const far = new Far()
    far.reply = undefined
    const shop = await shopWith(far, [asks('GET', {}, { timeout: lit(5000) })])
    const id = await begun(shop)
    await shop.settle(5000)
    expect(outcome(shop, id)).toBe('failed: its time is up')
    expect([far.calls[0]?.timeout, far.calls[0]?.signal.aborted]).toEqual([5000, true])
    await shop.close()
  })
})

describe('a request that was under way when the engine ended', () => {
  const NOT_AGAIN = /^failed: the engine ended before it was answered/
  it.each([
    ['GET', {}, false, 2],
    ['PUT', {}, false, 2],
    ['POST', {}, false, 1],
    ['POST', { idempotent: true }, false, 2],
    ['POST', {}, true, 2],
    ['GET', { idempotent: false }, true, 1],
  ] as const)('by %s, %j, is made %s again: %d', async (method, step, all, times) => {
    const far = new Far()
    far.reply = undefined
    const shop = await shopWith(far, [asks(method, {}, step)], all)
    const id = await begun(shop)
    far.reply = far.answer(200, '')
    await shop.restart()
    await shop.settle(1000)
    expect(far.calls).toHaveLength(times)
    expect(outcome(shop, id)).toMatch(times === 2 ? /^succeeded$/ : NOT_AGAIN)
    const keys = new Set(far.calls.map(({ headers }) => headers['idempotency-key']))
    expect(keys.size).toBe(1)
    expect([...keys][0] === undefined).toBe(method === 'GET')
    await shop.close()
  })
})

describe('a step that loads a text', () => {
  it('puts it into a variable as its type', async () => {
    const far = new Far()
    far.reply = far.answer(200, '42')
    const shop = await shopWith(far, [
      set('x', lit(1)),
      does({
        kind: 'load',
        url: lit('http://far/n'),
        variable: { name: 'x', path: [] },
        type: 'integer',
      }),
      gives(variable('x'), { id: 'end' }),
      setSensor('x', variable('x')),
    ])
    await begun(shop)
    expect(far.calls.map(({ method, url }) => [method, url])).toEqual([['GET', 'http://far/n']])
    await shop.close()
  })

  it('fails with what was answered where that is no text', async () => {
    const far = new Far()
    far.reply = far.answer(302, '')
    const shop = await shopWith(far, [
      does({ kind: 'load', url: lit('http://far/n'), variable: { name: 'x', path: [] } }),
    ])
    expect(outcome(shop, await begun(shop))).toContain('status 302')
    await shop.close()
  })
})
