import { afterEach, describe, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../support/engine-harness.js'
import { compileText, problemsOf, services } from './support/documents.js'

let shop: EngineHarness
afterEach(() => shop.close())

const COUNT = (name: string): readonly string[] => [
  `- let integer n = \${entity.sensor.${name}} ?? 0`,
  '- let n = ${n} + 1',
  `- set-sensor ${name} = \${n}`,
]
const flow = (word: string, ...steps: readonly string[]): readonly string[] => [
  `    ${word}:`,
  '      steps:',
  ...steps.map((step) => `        ${step}`),
]
const thing = (...lines: readonly string[]): readonly string[] => [
  '- type: workflow-entity',
  '  id: thing',
  '  brooklyn.config:',
  ...lines,
]
const START = flow('start', ...COUNT('started'), '- sleep 5s')
const STOP = flow('stop.workflow', ...COUNT('stopped'))

async function deploy(lines: readonly string[], ms = 20_000): Promise<void> {
  const result = compileText(services(...lines))
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  shop = await EngineHarness.open({ places: { local: {} } })
  await shop.deploy(result.spec, ms)
}

function sensor(name: string, path = 'thing'): unknown {
  return accepted(shop.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

async function ask(effector: string): Promise<void> {
  accepted(await shop.engine.invoke('shop', 'thing', { effector, parameters: {} }, by))
  await shop.settle(20_000)
}

describe('an entity that workflows start and stop', () => {
  it('is starting until its start has ended well, and has no machine', async () => {
    await deploy(thing(...START, ...STOP), 2_000)
    expect(shop.entity('thing').state).toBe('starting')
    await shop.settle(10_000)
    expect([shop.entity('thing').state, shop.shop.state]).toEqual(['running', 'running'])
    expect(sensor('service.isUp')).toBe(true)
    expect([sensor('started'), sensor('stopped')]).toEqual([1, undefined])
    expect(await shop.machines()).toEqual([])
  })

  it('is known by the names of the other product, and needs no location', async () => {
    shop = await EngineHarness.open()
    for (const type of ['org.apache.brooklyn.entity.stock.WorkflowStartable', 'workflow-startable'])
      expect(
        problemsOf(services(`- type: ${type}`, '  brooklyn.config: { start: { steps: [log hello] } }')),
      ).toEqual([])
  })

  it('does its stop when it is asked to, its start when it is again, and both to restart', async () => {
    await deploy(thing(...START, ...STOP))
    await ask('stop')
    expect([shop.entity('thing').state, sensor('started'), sensor('stopped')]).toEqual(['stopped', 1, 1])
    await ask('start')
    expect([shop.entity('thing').state, sensor('started'), sensor('stopped')]).toEqual(['running', 2, 1])
    await ask('restart')
    expect([shop.entity('thing').state, sensor('started'), sensor('stopped')]).toEqual(['running', 3, 2])
  })

  it('is restarted by a workflow of its own where it has one', async () => {
    await deploy(thing(...START, ...STOP, ...flow('restart', ...COUNT('again'))))
    await ask('restart')
    expect([sensor('again'), sensor('started'), sensor('stopped')]).toEqual([1, 1, undefined])
  })

  it('does its stop before it goes with its application', async () => {
    await deploy(thing(...START, ...flow('stop', '- sleep 30s')))
    accepted(await shop.engine.remove('shop', by))
    await shop.settle(10_000)
    expect(shop.entity('thing').state).toBe('stopping')
    await shop.settle(60_000)
    expect(shop.engine.application(ann, 'shop')).toMatchObject({ kind: 'gone' })
  })

  it('stays as it is over a restart of the engine, wherever that comes', async () => {
    await deploy(thing(...START, ...STOP), 2_000)
    await shop.restart()
    await shop.settle(20_000)
    await shop.restart()
    await shop.settle(20_000)
    expect([shop.entity('thing').state, sensor('started'), sensor('stopped')]).toEqual([
      'running',
      1,
      undefined,
    ])
    accepted(await shop.engine.stop('shop', by))
    await shop.settle(20_000)
    await shop.restart()
    await shop.settle(20_000)
    expect([shop.shop.state, sensor('started'), sensor('stopped')]).toEqual(['stopped', 1, 1])
  })

  it('is tried again when its start fails, and says why', async () => {
    const once = '- { step: fail message not yet, condition: { target: "${n}", less-than: 3 } }'
    await deploy(thing(...flow('start', ...COUNT('started'), once)), 1_500)
    expect(JSON.stringify(accepted(shop.engine.why(ann, 'shop', 'thing')))).toContain('not yet')
    await shop.settle(60_000)
    expect([shop.entity('thing').state, sensor('started')]).toEqual(['running', 3])
  })

  it('holds back what comes after it, and may have things with machines inside of it', async () => {
    await deploy(
      [
        ...thing(...START),
        '  brooklyn.children:',
        '  - { type: software, name: box, launch: serve, location: local }',
        '- { type: software, name: web, launch: serve, location: local, needs: [thing] }',
      ],
      3_000,
    )
    expect(shop.entity('web').state).toBe('waiting')
    await shop.settle(30_000)
    expect(shop.shop.state).toBe('running')
    expect(shop.entity('thing/box')).toMatchObject({ state: 'running', location: 'local' })
  })

  it('is no place to run commands', async () => {
    await deploy(thing(...flow('start', '- ssh echo hello')))
    expect(JSON.stringify(accepted(shop.engine.why(ann, 'shop', 'thing')))).toContain('has no machine')
  })

  it('is no location that people see', async () => {
    await deploy(thing(...START))
    expect(shop.engine.locations().map(({ name }) => name)).toEqual(['sim', 'local'])
    const again = compileText(services(...thing(...START)))
    if (again.kind !== 'compiled') throw new Error(JSON.stringify(again))
    const plan = accepted(await shop.engine.plan({ ...again.spec, name: 'other' }, by))
    expect([plan.summary, plan.capacity]).toEqual([{ create: 1 }, []])
  })

  it.each([
    [['  brooklyn.config: { stop: { steps: [log a] } }'], ['BP1104']],
    [['  brooklyn.config: { start: { steps: [lgo a] } }'], ['BP1810']],
    [['  brooklyn.config: { start: { steps: [log a] } }', '  launch: ls'], ['BP1207']],
  ])('is told of what is wrong with %s', async (lines, codes) => {
    shop = await EngineHarness.open()
    expect(problemsOf(services('- type: workflow-entity', ...lines)).map(({ code }) => code)).toEqual(codes)
  })
})
