import { afterEach, expect, it } from 'vitest'
import type { ExternalConfig, Expression } from '../../../engine/index.js'
import { EngineHarness } from '../../support/engine-harness.js'
import { application, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const password: Expression = { kind: 'external', provider: 'vault', key: 'password' }

it('gives secrets that reach the machine and stay out of the books and of what is shown', async () => {
  const asked: string[] = []
  const external: ExternalConfig = {
    get: (provider, key) => {
      asked.push(`${provider}/${key}`)
      return { kind: 'found', clear: 'hunter2' }
    },
  }
  bench = await EngineHarness.open({ engine: { external } })
  const url: Expression = { kind: 'format', pattern: 'db://:%s@db', arguments: [password] }
  const web = service('web')
  const machine = { ...web.machine!, environment: { PASSWORD: password, URL: url } }
  await bench.deploy(application([{ ...web, machine, config: { password, url } }]))
  const environments = bench.calls
    .flatMap(({ shapes = [] }) => shapes)
    .flatMap((shape) => (shape.kind === 'machine' ? [shape.environment] : []))
  const [{ PASSWORD, URL } = {}] = environments
  expect([PASSWORD, URL].map((value) => (typeof value === 'object' ? value.reveal() : value))).toEqual([
    'hunter2',
    'db://:hunter2@db',
  ])
  expect(bench.entity('web')).toMatchObject({
    state: 'running',
    config: { password: '<secret vault: password>', url: '<secret formatted text>' },
  })
  const kept = JSON.stringify((await bench.store.load('')).entries)
  expect([kept.includes('hunter2'), kept.includes('2retnuh'), asked.includes('vault/password')]).toEqual([
    false,
    false,
    true,
  ])
})

it('keeps an entity from being made while nobody supplies what it needs, and says so', async () => {
  bench = await EngineHarness.open()
  const web = service('web')
  const machine = { ...web.machine!, environment: { PASSWORD: password } }
  await bench.deploy(application([{ ...web, machine }]))
  expect(bench.entity('web')).toMatchObject({ up: false })
  expect(bench.entity('web').reason).toContain('there is no supplier "vault" of external configuration')
  expect(await bench.machines()).toEqual([])
})

it('goes on when one far away has answered, and asks again until then', async () => {
  let asked = 0
  const external: ExternalConfig = {
    get: () => {
      asked += 1
      return asked < 4
        ? { kind: 'asked', reason: 'it has not answered yet' }
        : { kind: 'found', clear: 'hunter2' }
    },
  }
  bench = await EngineHarness.open({ engine: { external } })
  const web = service('web')
  const machine = { ...web.machine!, environment: { PASSWORD: password } }
  await bench.deploy(application([{ ...web, machine }]), 120_000)
  expect(bench.entity('web')).toMatchObject({ up: true })
})
