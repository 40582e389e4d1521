import { describe, expect, it } from 'vitest'
import { literal, type EffectorSpec, type RunView, type WorkflowSpec } from '../../../engine/index.js'
import { EngineHarness, TEST_SEAL, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, service } from '../../support/specs.js'
import {
  does,
  fails,
  gives,
  lit,
  plus,
  set,
  setSensor,
  that,
  variable,
  workflow,
} from '../../support/workflows.js'

const read = (sensor: string) =>
  ({ kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false }) as const
const counts = setSensor('n', plus({ kind: 'first-known', of: [read('n'), lit(0)] }, lit(1)))
const naps = does({ kind: 'sleep', duration: lit(60_000) })
const effector = (spec: WorkflowSpec): EffectorSpec => ({
  ...{ name: 'work', parameters: [{ name: 'x', type: 'any', required: false, constraints: [] }] },
  ...{ command: literal(''), timeout: 0, workflow: spec },
})

async function begun(spec: WorkflowSpec, parameters = {}): Promise<{ shop: EngineHarness; run: RunView }> {
  const shop = await EngineHarness.open()
  await shop.deploy(application([service('web', { effectors: [effector(spec)] }), entity('group')]))
  await shop.after(shop.engine.invoke('shop', 'web', { effector: 'work', parameters }, by), 1000)
  return { shop, run: runOf(shop) }
}

function runOf(shop: EngineHarness): RunView {
  const [run] = accepted(shop.engine.runs.list(ann, 'shop', 'web'))
  if (run === undefined) throw new Error('there is no run')
  return run
}

function sensor(shop: EngineHarness): unknown {
  return accepted(shop.engine.sensors(ann, 'shop', 'web')).find(({ name }) => name === 'n')?.value
}

const again = (shop: EngineHarness, from: 'start' | 'failure', force = false) =>
  shop.engine.runs.replay('shop', runOf(shop).id, { from, force }, by)

describe('runs of workflows, shown to people', () => {
  it('tell where they are and what they wait for, to why as well', async () => {
    const { shop, run } = await begun(workflow([counts, naps], { lock: { name: 'l' } }))
    expect(run).toMatchObject({
      state: 'running',
      origin: 'effector work',
      waits: ['the end of its sleep'],
      steps: [{ index: 1 }],
    })
    expect(accepted(shop.engine.why(ann, 'shop', 'web')).waits).toEqual([
      `effector work (run ${run.id}) waits for the end of its sleep`,
    ])
    expect(accepted(shop.engine.runs.get(ann, 'shop', run.id))).toEqual(run)
    await shop.close()
  })

  it('tell who holds the lock that they wait for', async () => {
    const { shop, run } = await begun(workflow([naps], { lock: { name: 'l' } }))
    await shop.after(shop.engine.invoke('shop', 'web', { effector: 'work', parameters: {} }, by), 1)
    expect(runOf(shop).waits).toEqual([`the lock l of web, which the run ${run.id} holds`])
    await shop.close()
  })

  it('give secrets by name', async () => {
    const secret = TEST_SEAL.seal('pw', 'geheim')
    const { shop, run } = await begun(workflow([gives({ kind: 'map', entries: { pw: secret } })]))
    expect(JSON.stringify(run.output)).not.toContain('geheim')
    expect(run.output).toMatchObject({ pw: expect.stringContaining('pw') as string })
    await shop.close()
  })

  it('are not found where there are none', async () => {
    const { shop } = await begun(workflow([]))
    expect(shop.engine.runs.list(ann, 'shop', 'nobody').kind).toBe('not-found')
    expect(shop.engine.runs.get(ann, 'shop', 'none').kind).toBe('not-found')
    expect(accepted(shop.engine.runs.list(ann, 'shop', 'group'))).toEqual([])
    await shop.close()
  })
})

describe('a run', () => {
  it('of a workflow that no document has is done with its input', async () => {
    const { shop } = await begun(workflow([]))
    const work = { workflow: workflow([setSensor('n', plus(variable('x'), lit(1)))]), input: { x: 4 } }
    const task = await shop.after(shop.engine.runs.begin('shop', 'web', work, by), 100)
    expect([accepted(shop.engine.task(ann, task.id)).state, sensor(shop)]).toEqual(['succeeded', 5])
    await shop.close()
  })

  it('is ended where it is', async () => {
    const { shop, run } = await begun(workflow([naps, counts]))
    accepted(shop.engine.runs.cancel('shop', run.id, { ...by, reason: 'enough' }))
    await shop.settle(100)
    expect(runOf(shop)).toMatchObject({ state: 'cancelled', error: { message: 'enough' } })
    await shop.settle(70_000)
    expect(sensor(shop)).toBeUndefined()
    await shop.close()
  })

  const once = workflow([
    counts,
    fails('once', { condition: that(read('n'), { kind: 'order', is: 'less', than: 4 }) }),
    setSensor('n', lit(10)),
  ])

  it('that has failed goes on from there, over a restart too', async () => {
    const { shop, run } = await begun(once)
    expect(run).toMatchObject({ state: 'failed', replay: ['failure'] })
    await shop.after(again(shop, 'failure'), 100)
    expect([runOf(shop).state, runOf(shop).id, sensor(shop)]).toEqual(['failed', run.id, 1])
    await shop.after(
      shop.engine.runs.begin('shop', 'web', { workflow: workflow([setSensor('n', lit(4))]), input: {} }, by),
      100,
    )
    await shop.restart()
    const task = await shop.after(
      shop.engine.runs.replay('shop', run.id, { from: 'failure', force: false }, by),
      100,
    )
    expect([accepted(shop.engine.task(ann, task.id)).state, sensor(shop)]).toEqual(['succeeded', 10])
    await shop.close()
  })

  it('is done again from its start where its author allows it, or by force', async () => {
    const { shop } = await begun(once)
    const refused = await again(shop, 'start')
    expect(refused).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining('replayable: from start') as string,
    })
    await shop.after(again(shop, 'start', true), 100)
    expect(sensor(shop)).toBe(2)
    const free = await begun({ ...once, replay: { allowed: true, fromStart: true } })
    expect(free.run.replay).toEqual(['start', 'failure'])
    await free.shop.after(again(free.shop, 'start'), 100)
    expect(sensor(free.shop)).toBe(2)
    await Promise.all([shop.close(), free.shop.close()])
  })

  it('is not done again while it runs, or where its author forbids it', async () => {
    const { shop } = await begun(workflow([naps]))
    expect(await again(shop, 'start', true)).toMatchObject({ kind: 'invalid', reason: 'it has not ended' })
    const never = await begun({ ...once, replay: { allowed: false, fromStart: false } })
    expect((await again(never.shop, 'failure', true)).kind).toBe('invalid')
    await Promise.all([shop.close(), never.shop.close()])
  })

  it('that failed at a command is done on from there by force alone', async () => {
    const command = does({
      kind: 'command',
      script: lit('x'),
      environment: {},
      exitCode: { predicate: lit({ kind: 'equals', value: 7 }) },
    })
    const { shop } = await begun(workflow([command]))
    await shop.settle(5000)
    expect(runOf(shop)).toMatchObject({ state: 'failed', replay: [] })
    expect(await again(shop, 'failure')).toMatchObject({
      reason: expect.stringContaining('a command') as string,
    })
    expect((await again(shop, 'failure', true)).kind).toBe('accepted')
    await shop.settle(5000)
    await shop.close()
  })

  const points = workflow([
    set('v', lit(1), { id: 'a', replay: 'here' }),
    set('v', plus(variable('v'), lit(1)), { id: 'b' }),
    set('v', plus(variable('v'), lit(1)), { replay: 'here' }),
    counts,
    gives(variable('v')),
  ])
  const from = (shop: EngineHarness, step: string, force = false) =>
    shop.engine.runs.replay('shop', runOf(shop).id, { from: { step }, force }, by)

  it('is done again from a step that says so, as the same run, with what it had there', async () => {
    const { shop, run } = await begun(points)
    expect(run).toMatchObject({ state: 'succeeded', output: 3, points: ['a', '3'] })
    await shop.restart()
    const task = await shop.after(from(shop, '3'), 100)
    expect([task.id, runOf(shop).id, runOf(shop).output, sensor(shop)]).toEqual([run.task, run.id, 3, 2])
    await shop.after(from(shop, 'a'), 100)
    expect([runOf(shop).output, runOf(shop).points, sensor(shop)]).toEqual([3, ['a', '3'], 3])
    await shop.close()
  })

  it('is done again from the last of them', async () => {
    const { shop } = await begun(points)
    const { id } = runOf(shop)
    await shop.after(shop.engine.runs.replay('shop', id, { from: 'last', force: false }, by), 100)
    expect([runOf(shop).state, runOf(shop).output, sensor(shop)]).toEqual(['succeeded', 3, 2])
    await shop.close()
  })

  it('that failed goes on from a step under its lock, and takes time anew', async () => {
    const failing = {
      ...points,
      steps: [...points.steps.slice(0, 4), naps, fails('no')],
      timeout: lit(90_000),
    }
    const { shop } = await begun({ ...failing, lock: { name: 'l' } })
    await shop.settle(60_000)
    expect(runOf(shop)).toMatchObject({ state: 'failed', points: ['a', '3'] })
    await shop.after(from(shop, '3'), 1000)
    expect(runOf(shop)).toMatchObject({ state: 'running', waits: ['the end of its sleep'] })
    await shop.settle(70_000)
    expect([runOf(shop).error?.message, sensor(shop)]).toEqual(['no', 2])
    await shop.close()
  })

  it.each([
    [
      'a step that is none, even by force',
      points,
      'b',
      'did not come to "replayable: from here" at the step b; it did at a, 3',
    ],
    [
      'one before a reset',
      workflow([set('v', lit(1), { id: 'a', replay: 'here' }), set('v', lit(2), { replay: 'none' })]),
      'a',
      'did not come to "replayable: from here" at the step a',
    ],
    [
      'one before the only one',
      workflow([
        set('v', lit(1), { id: 'a', replay: 'here' }),
        set('v', lit(2), { id: 'c', replay: 'only-here' }),
      ]),
      'a',
      'it did at c',
    ],
    [
      'any where its author forbids it',
      { ...points, replay: { allowed: false, fromStart: false } },
      'a',
      'author',
    ],
  ])('is not done again from %s', async (_what, spec, step, why) => {
    const { shop } = await begun(spec)
    expect(await from(shop, step, true)).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining(why) as string,
    })
    await shop.close()
  })
})
