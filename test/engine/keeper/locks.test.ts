import { describe, expect, it } from 'vitest'
import { literal, type EffectorSpec, type StepSpec, type WorkflowSpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity } from '../../support/specs.js'
import { does, fails, forEach, lit, plus, setSensor, variable, workflow } from '../../support/workflows.js'

const LOCK = { name: 'packages' }
const effector = (name: string, spec: WorkflowSpec): EffectorSpec => ({
  ...{ name, parameters: [{ name: 'n', type: 'any', required: false, constraints: [] }] },
  ...{ command: literal(''), timeout: 0, workflow: spec },
})
const sleeps = (ms: number): StepSpec => does({ kind: 'sleep', duration: lit(ms) })
const log = { kind: 'sensor', of: { scope: 'self' }, sensor: 'log', whenReady: false } as const
/** Adds a word to the sensor that tells what was done in which order. */
const says = (word: string): StepSpec =>
  setSensor('log', {
    kind: 'format',
    pattern: `%s ${word}%s`,
    arguments: [
      { kind: 'first-known', of: [log, lit('')] },
      { kind: 'first-known', of: [variable('n'), lit('')] },
    ],
  })
const nested = (steps: readonly StepSpec[], more: Partial<WorkflowSpec> = {}): StepSpec =>
  does({ kind: 'run', scope: 'shared', workflow: workflow(steps, { lock: LOCK, ...more }) })

async function shopWith(...effectors: readonly EffectorSpec[]): Promise<EngineHarness> {
  const shop = await EngineHarness.open()
  await shop.deploy(application([entity('a', { effectors }), entity('b', { effectors })]))
  return shop
}

async function begin(
  shop: EngineHarness,
  path: string,
  name: string,
  n: number | null = null,
): Promise<string> {
  const task = await shop.engine.invoke('shop', path, { effector: name, parameters: { n } }, by)
  await shop.settle(1)
  return accepted(task).id
}

function sensor(shop: EngineHarness, path: string, name = 'log'): unknown {
  const found = accepted(shop.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
  return typeof found === 'string' ? found.trim() : found
}

function outcome(shop: EngineHarness, id: string): string {
  const { state, failure } = accepted(shop.engine.task(ann, id))
  return failure === undefined ? state : `${state}: ${failure.message}`
}

const slow = effector('slow', workflow([says('in'), sleeps(1000), says('out')], { lock: LOCK }))

describe('a lock', () => {
  it('lets one run in at a time, in the order in which they came', async () => {
    const shop = await shopWith(slow)
    for (const n of [1, 2, 3]) await begin(shop, 'a', 'slow', n)
    expect(sensor(shop, 'a')).toBe('in1')
    await shop.settle(5000)
    expect(sensor(shop, 'a')).toBe('in1 out1 in2 out2 in3 out3')
    await shop.close()
  })

  it('belongs to one entity', async () => {
    const shop = await shopWith(slow)
    await begin(shop, 'a', 'slow')
    await begin(shop, 'b', 'slow')
    expect([sensor(shop, 'a'), sensor(shop, 'b')]).toEqual(['in', 'in'])
    await shop.close()
  })

  it('of another entity is shared by all that name it', async () => {
    const of = { scope: 'global', id: 'b' } as const
    const spec = workflow([says('in'), sleeps(1000)], { lock: { ...LOCK, of } })
    const shop = await shopWith(effector('far', spec))
    await begin(shop, 'a', 'far')
    await begin(shop, 'b', 'far')
    expect([sensor(shop, 'a'), sensor(shop, 'b')]).toEqual(['in', undefined])
    await shop.settle(1000)
    expect(sensor(shop, 'b')).toBe('in')
    await shop.close()
  })

  it('is kept over a restart, with the order of those who wait', async () => {
    const shop = await shopWith(slow)
    for (const n of [1, 2, 3]) await begin(shop, 'a', 'slow', n)
    await shop.restart()
    await begin(shop, 'a', 'slow', 4)
    expect(sensor(shop, 'a')).toBe('in1')
    await shop.settle(5000)
    expect(sensor(shop, 'a')).toBe('in1 out1 in2 out2 in3 out3 in4 out4')
    await shop.close()
  })

  it.each([
    ['fails', workflow([fails('no')], { lock: LOCK })],
    ['leaves for elsewhere', workflow([nested([says('x')]), does({ kind: 'return', value: lit(1) })])],
  ])('is free when what has it %s', async (_how, spec) => {
    const shop = await shopWith(effector('ends', spec), slow)
    await begin(shop, 'a', 'ends')
    await begin(shop, 'a', 'slow')
    expect(sensor(shop, 'a')).toMatch(/in$/)
    await shop.close()
  })

  it('is held while its error is handled', async () => {
    const onError = { steps: [sleeps(1000), says('handled')] }
    const shop = await shopWith(effector('ends', workflow([fails('no')], { lock: LOCK, onError })), slow)
    await begin(shop, 'a', 'ends')
    await begin(shop, 'a', 'slow')
    await shop.settle(3000)
    expect(sensor(shop, 'a')).toBe('handled in out')
    await shop.close()
  })

  it('is asked for by each branch of a step by itself', async () => {
    const branches = forEach([1, 2, 3], [nested([says('in'), sleeps(100), says('out')])], {
      concurrency: { kind: 'unlimited' },
    })
    const shop = await shopWith(effector('all', workflow([branches])))
    await begin(shop, 'a', 'all')
    await shop.settle(1000)
    expect(sensor(shop, 'a')).toBe('in out in out in out')
    await shop.close()
  })

  it('is held already by what is done inside, also by an effector that is called there', async () => {
    const calls = (name: string): StepSpec =>
      does({ kind: 'invoke', effector: name, arguments: {}, await: true })
    const inner = effector('inner', workflow([nested([says('inner')])], { lock: LOCK }))
    const middle = effector('middle', workflow([calls('inner')]))
    const outer = effector('outer', workflow([nested([calls('middle')])], { lock: LOCK }))
    const shop = await shopWith(inner, middle, outer)
    const id = await begin(shop, 'a', 'outer')
    await shop.settle(100)
    expect([outcome(shop, id), sensor(shop, 'a')]).toEqual(['succeeded', 'inner'])
    await shop.close()
  })

  it('is waited for without the time of the workflow counting', async () => {
    const timed = effector('timed', workflow([sleeps(500)], { lock: LOCK, timeout: lit(700) }))
    const shop = await shopWith(slow, timed)
    await begin(shop, 'a', 'slow')
    const id = await begin(shop, 'a', 'timed')
    await shop.settle(2000)
    expect(outcome(shop, id)).toBe('succeeded')
    await shop.close()
  })

  it('adds up what many runs count at once', async () => {
    const now = { kind: 'sensor', of: { scope: 'self' }, sensor: 'n', whenReady: false } as const
    const counts = workflow(
      [
        does({
          kind: 'set',
          variable: { name: 'x', path: [] },
          value: { kind: 'first-known', of: [now, lit(0)] },
        }),
        sleeps(1),
        setSensor('n', plus(variable('x'), lit(1))),
      ],
      { lock: LOCK },
    )
    const shop = await shopWith(effector('count', counts))
    for (let run = 0; run < 10; run += 1)
      void shop.engine.invoke('shop', 'a', { effector: 'count', parameters: {} }, by)
    await shop.settle(1000)
    expect(sensor(shop, 'a', 'n')).toBe(10)
    await shop.close()
  })
})
