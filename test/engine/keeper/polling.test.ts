import { afterEach, expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { EngineHarness, accepted, ann } from '../../support/engine-harness.js'
import { application, service } from '../../support/specs.js'

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
