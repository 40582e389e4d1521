import { expect, it } from 'vitest'
import { EngineHarness } from '../../support/engine-harness.js'
import { application, role } from '../../support/specs.js'

const MINUTE = 60_000

/** A place where machines take three minutes. */
const slow = { place: { boot: 3 * MINUTE } }

it('tells a role that is not up within the time of its start, and is content when it is', async () => {
  const shop = await EngineHarness.open(slow)
  await shop.deploy(application([role('web', 2, { rules: { startWithin: 2 * MINUTE } })]), MINUTE)
  expect([shop.shop.state, shop.shop.alerts]).toEqual(['starting', []])
  await shop.settle(MINUTE + 1_000)
  expect([shop.shop.state, shop.shop.alerts]).toEqual(['alert', ['web: 0 of 2 members are up after 2m']])
  await shop.restart()
  await shop.settle(1_000)
  expect(shop.shop.state).toBe('alert')
  await shop.settle(2 * MINUTE)
  expect([shop.shop.state, shop.shop.alerts]).toEqual(['running', []])
  await shop.close()
})

it('asks for as many as the start needs, and nothing once it has started', async () => {
  const shop = await EngineHarness.open(slow)
  const startQuorum = { kind: 'number', count: 0 } as const
  const quick = role('web', 2, { rules: { startWithin: MINUTE, startQuorum } })
  await shop.deploy(application([quick, role('db', 1, { rules: { startWithin: 10 * MINUTE } })]), 2 * MINUTE)
  expect(shop.shop.state).toBe('starting')
  await shop.settle(20 * MINUTE)
  expect(shop.shop.state).toBe('running')
  await shop.close()
})
