import { afterEach, describe, expect, it } from 'vitest'
import { literal, type EffectorSpec, type Expression, type TaskRecord } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, sensorOf, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const effector = (name: string, command: Expression): EffectorSpec => ({
  name,
  parameters: [{ name: 'times', type: 'integer', required: false, constraints: [{ max: 3 }] }],
  command,
  timeout: 2_000,
})

const effectors = [
  effector('fail', literal('echo so far; exit 3')),
  effector('hang', literal('sleep 60')),
  effector('wait', sensorOf('db', 'depth')),
  effector('tell', {
    kind: 'format',
    pattern: 'login %s',
    arguments: [{ kind: 'secret', name: 'pin', sealed: '2retnuh' }],
  }),
]

async function open(options: HarnessOptions = {}, settings = {}): Promise<void> {
  bench = await EngineHarness.open(options)
  await bench.deploy(application([service('db', { effectors })], { settings }))
}

async function invoked(name: string): Promise<TaskRecord> {
  const call = { effector: name, parameters: {} }
  const { id } = accepted(await bench.engine.invoke('shop', 'db', call, by))
  await bench.settle(10_000)
  return accepted(bench.engine.task(ann, id))
}

describe('an effector', () => {
  it('fails with what its command printed and the code that it ended with', async () => {
    await open()
    expect(await invoked('fail')).toMatchObject({
      state: 'failed',
      streams: { stdout: 'so far\n', exitCode: 3 },
    })
  })

  it('fails without a code when its command takes too long', async () => {
    await open()
    const { state, streams } = await invoked('hang')
    expect([state, streams?.exitCode]).toEqual(['failed', undefined])
  })

  it.each([
    ['is not known yet', 'wait'],
    ['holds a secret, which command lines would show', 'tell'],
  ])('fails, and runs nothing, when its command %s', async (_why, name) => {
    await open()
    const task = await invoked(name)
    expect(task).toMatchObject({ state: 'failed', failure: { cause: 'invalid', retry: 'never' } })
    expect(bench.callsOf('exec')).toEqual([])
    expect(JSON.stringify(task)).not.toContain('hunter2')
  })

  it('fails with the reason when its place cannot be reached', async () => {
    await open()
    await bench.place().cutOff(60_000)
    expect(await invoked('fail')).toMatchObject({ state: 'failed', failure: { cause: 'unreachable' } })
  })

  it('is refused with parameters that do not fit, and no task is begun', async () => {
    await open()
    const call = { effector: 'fail', parameters: { times: 4 } }
    expect(await bench.engine.invoke('shop', 'db', call, by)).toEqual({
      kind: 'invalid',
      reason: 'effector fail has a parameter times that must be at most 3',
    })
    expect(accepted(bench.engine.tasks(ann, 'shop', 'db')).filter(({ name }) => name === 'fail')).toEqual([])
  })
})

describe('what is asked of a machine', () => {
  const asked: [string, () => Promise<{ readonly kind: string }>][] = [
    ['a command', () => bench.engine.exec('shop', 'db', ['true'], { ...by, timeout: 1_000 })],
    ['its logs', () => bench.engine.logs('shop', 'db', { by: ann, lines: 10 })],
    ['an effector', () => bench.engine.invoke('shop', 'db', { effector: 'fail', parameters: {} }, by)],
  ]

  it.each(asked)('is refused with what is so when there is none now: %s', async (_what, ask) => {
    await open({}, { keepMachines: false })
    await bench.after(bench.engine.stop('shop', by))
    expect(await ask()).toEqual({ kind: 'conflict', reason: 'db has no machine now', moved: [] })
  })

  it.each(asked.slice(0, 2))(
    'is refused with the reason when its place does not answer: %s',
    async (_what, ask) => {
      await open()
      await bench.place().cutOff(60_000)
      const answer = ask()
      await bench.settle(60_000)
      expect(await answer).toMatchObject({ kind: 'unsupported', reason: expect.stringMatching(/\w/) })
    },
  )

  it('is not found where there is no such entity', async () => {
    await open()
    const answer = await bench.engine.logs('shop', 'nobody', { by: ann, lines: 10 })
    expect(answer).toEqual({ kind: 'not-found', what: 'entity nobody with a machine' })
  })
})
