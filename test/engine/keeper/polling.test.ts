import { afterEach, expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, operation, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

it('goes on polling a sensor whose machine could not be reached for a while', async () => {
  const command = { verbs: ['exec'], command: '*depth*' }
  const refused = { ...command, nth: 2, effect: 'refuse', cause: 'unreachable' }
  const answer = { ...command, effect: 'answer', exitCode: 0, stdout: '7' }
  bench = await EngineHarness.open({ place: { script: { calls: [refused, answer] } } })
  const source = { kind: 'command', command: literal('depth'), period: 1_000 } as const
  await bench.deploy(application([service('web', { sensors: [{ name: 'depth', type: 'number', source }] })]))
  expect(bench.callsOf('exec').length).toBeGreaterThan(5)
  expect(accepted(bench.engine.sensors(ann, 'shop', 'web'))).toContainEqual(
    expect.objectContaining({ name: 'depth', value: 7 }),
  )
})

it('checks with the environment, the files and the limit of the check phase', async () => {
  bench = await EngineHarness.open()
  const check = operation('cat asked > page', {
    before: literal('printenv WHOM > whom'),
    after: literal('sleep 3'),
    files: [{ path: 'asked', content: literal('how are you'), mode: 0o644 }],
    environment: { WHOM: literal('web') },
    timeout: 5_000,
  })
  const phases = software({ launch: 'serve', check }, { environment: { WHOM: literal('all') } })
  await bench.deploy(application([service('web', { software: phases })]))
  expect(bench.tree).toEqual({ web: 'running' })
  const command = ['cat', 'whom', 'page']
  const ran = accepted(await bench.engine.exec('shop', 'web', command, { ...by, timeout: 1_000 }))
  expect(ran.stdout).toBe('web\nhow are you')
})

it('puts the files of a check in place once for each boot of its machine, and again after a check that failed', async () => {
  bench = await EngineHarness.open()
  const check = operation('cat asked', {
    files: [{ path: 'asked', content: literal('how are you'), mode: 0o644 }],
  })
  const health = { period: 1_000, timeout: 1_000, failures: 3, grace: 0 }
  const web = service('web', { software: software({ launch: 'serve', check }), health })
  await bench.deploy(application([web]), 20_000)
  const count = (verb: string) => bench.calls.filter((call) => call.verb === verb).length
  expect([count('copy'), count('exec') > 15]).toEqual([1, true])

  bench.place().arm({ verbs: ['exec'], effect: 'answer', exitCode: 1, times: 1 })
  await bench.settle(5_000)
  expect(bench.tree).toEqual({ web: 'running' })
  expect(count('copy')).toBe(2)

  await bench.after(bench.engine.stop('shop', by))
  await bench.after(bench.engine.start('shop', by))
  expect(bench.tree).toEqual({ web: 'running' })
  expect(count('copy')).toBe(3)
})

it('misses a check that takes longer than its limit', async () => {
  bench = await EngineHarness.open()
  const check = operation('sleep 3', { timeout: 1_000 })
  await bench.deploy(application([service('web', { software: software({ launch: 'serve', check }) })]))
  expect(bench.entity('web')).toMatchObject({
    up: false,
    reason: 'not healthy: its check ended with no answer',
  })
})
