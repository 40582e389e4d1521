import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type Expression,
  type Json,
  type JsonObject,
  type SensorSpec,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann } from '../../support/engine-harness.js'
import { application, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const MINUTE = 60_000

const waits = (path = 'web'): readonly string[] => accepted(bench.engine.why(ann, 'shop', path)).waits

const age = (path = 'web'): number => {
  const { waitsSince } = accepted(bench.engine.why(ann, 'shop', path))
  return bench.clock.now() - (Object.values(waitsSince)[0] ?? 0)
}

const failure = (path = 'web'): string | undefined =>
  accepted(bench.engine.why(ann, 'shop', path)).trouble?.failure.message

/** web, which needs a sensor of db for its launch. */
function waiter(limits: { readonly timeout?: number; readonly timeoutIfDown?: number }, sensor = 'token') {
  const token: Expression = {
    ...(sensorOf('db', sensor) as Extract<Expression, { kind: 'sensor' }>),
    ...limits,
  }
  return service('web', { software: software({ launch: 'serve' }, { environment: { TOKEN: token } }) })
}

const db = (sensors: readonly SensorSpec[] = []) => service('db', { sensors })

const still = (value: Json): SensorSpec => ({
  name: 'token',
  type: 'json',
  source: { kind: 'static', value: literal(value) },
})

describe('a wait for a sensor', () => {
  it.each<[what: string, sensors: readonly SensorSpec[], line: string]>([
    ['that is not there', [], 'db: sensor token has not been set'],
    ['that is false', [still(false)], 'db: sensor token is false, which is not truthy'],
    ['that is zero', [still(0)], 'db: sensor token is 0, which is not truthy'],
    ['that is empty', [still('')], 'db: sensor token is an empty text'],
    ['that is null', [still(null)], 'db: sensor token is null, which is not truthy'],
    ['that is an empty list', [still([])], 'db: sensor token is an empty list'],
    ['that is an empty map', [still({})], 'db: sensor token is an empty map'],
  ])('tells whose it is and what is missing of one %s', async (_what, sensors, line) => {
    bench = await EngineHarness.open()
    await bench.deploy(application([waiter({}), db(sensors)]), 30_000)
    expect(waits()).toEqual([line])
    expect(age()).toBeGreaterThan(20_000)
    expect(failure()).toBeUndefined()
  })

  it('that is over fails who waits, with words, and begins anew at the next attempt', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([waiter({ timeout: 2 * MINUTE }), db()]), 119_000)
    expect([failure(), bench.entity('web').state]).toEqual([undefined, 'starting'])
    await bench.settle(5_000)
    expect(failure()).toBe('db: sensor token has not been set; it was waited for 2 min and no longer')
    await bench.settle(2 * MINUTE + 10_000)
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).trouble?.attempts).toBe(2)
  })

  it('goes on counting over a restart where it has an end', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([waiter({ timeout: 2 * MINUTE }), db()]), 90_000)
    await bench.restart()
    expect(age()).toBeGreaterThan(80_000)
    await bench.settle(25_000)
    expect(failure()).toBeUndefined()
    await bench.settle(10_000)
    expect(failure()).toContain('waited for 2 min')
  })

  it('is forgotten in the books once it is over', async () => {
    bench = await EngineHarness.open({ web: () => ({ kind: 'answered', status: 200, body: body() }) })
    let ready = false
    const body = (): string => (ready ? '"x"' : '""')
    const source = { kind: 'http', url: literal('http://db'), period: 1_000 } as const
    const seen: SensorSpec = { name: 'token', type: 'json', source }
    await bench.deploy(application([waiter({ timeout: 2 * MINUTE }), db([seen])]), 30_000)
    const record = async (): Promise<JsonObject | undefined> => {
      const { entries } = await bench.store.load('slot/')
      return entries.find(({ key }) => key.endsWith('/web'))?.value
    }
    expect(await record()).toMatchObject({ waiting: { 'db token': expect.any(Number) as number } })
    ready = true
    await bench.settle(5_000)
    expect(await record()).not.toHaveProperty('waiting')
    expect(bench.entity('web').state).toBe('running')
  })

  it('for who is not up ends sooner, and not while that is up', async () => {
    bench = await EngineHarness.open()
    const limits = { timeoutIfDown: MINUTE }
    await bench.deploy(application([waiter(limits), db()]), 3 * MINUTE)
    expect([failure(), waits()]).toEqual([undefined, ['db: sensor token has not been set']])
    bench = await another(bench)
    const silent = service('db', {
      software: software({ install: 'hang', launch: 'serve db' }),
      health: { command: literal('false'), period: 1_000, timeout: 1_000, failures: 1, grace: 600_000 },
    })
    await bench.deploy(application([waiter(limits), silent]), MINUTE + 10_000)
    expect(failure()).toBe('db: sensor token has not been set; it was waited for 1 min and no longer')
  })
})

async function another(before: EngineHarness): Promise<EngineHarness> {
  await before.close()
  return EngineHarness.open()
}
