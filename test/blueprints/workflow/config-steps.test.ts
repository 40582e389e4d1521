import { describe, expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { accepted, ann } from '../../support/engine-harness.js'
import { FlowBench } from '../../support/flow-bench.js'
import { service } from '../../support/specs.js'

/** The config of the group, as others read it. */
const SIZE = { kind: 'config', of: { scope: 'global', id: 'group' }, key: 'size' } as const
const lines = (...all: readonly string[]): string => all.map((line) => `- ${line}`).join('\n')
const child = '{ type: add-entity, blueprint: { type: group, name: a } }'

describe('steps that set config', () => {
  it.each<[string, string, unknown]>([
    [
      'are seen by the steps after them',
      lines('set-config size = 5', 'set-sensor result = ${entity.config.size}'),
      '5',
    ],
    [
      'take the type that they say',
      lines('set-config integer size = 5', 'set-sensor result = ${entity.config.size}'),
      5,
    ],
    [
      'set keys that nobody declares',
      lines('set-config colour = red', 'set-sensor result = ${entity.config.colour}'),
      'red',
    ],
    [
      'are inherited',
      lines(child, 'set-config size = 5', 'set-sensor result = ${entity.child["a"].config.size}'),
      '5',
    ],
    [
      'set those of another entity alone',
      lines(
        child,
        '{ type: set-config, config: { name: size, entity: a }, value: 9 }',
        'set-sensor result = ${entity.config.size} and ${entity.child["a"].config.size}',
      ),
      '3 and 9',
    ],
    [
      'set a part of what the document says',
      lines("set-config limits['cpu'] = 2", 'set-sensor result = ${entity.config.limits}'),
      { cpu: '2', memory: 1 },
    ],
    [
      'make it again what the document says',
      lines('set-config size = 5', 'clear-config size', 'set-sensor result = ${entity.config.size}'),
      '3',
    ],
  ])('%s', async (_what, steps, result) => {
    const config = { limits: literal({ cpu: 1, memory: 1 }) }
    const bench = await FlowBench.open({ run: steps }, { config })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.sensor('group', 'result')).toEqual(result)
    await bench.close()
  })

  it.each([
    ['takes its type', 'set-config level = 7', 'succeeded', 7],
    ['keeps its constraints', 'set-config level = 11', 'failed: config level must be at most 10', undefined],
    ['is of its type', 'set-config level = high', 'failed: config level ', undefined],
  ])('of a declared key: the value %s', async (_what, step, why, level) => {
    const parameter = { name: 'level', type: 'integer', required: false, constraints: [{ max: 10 }] }
    const bench = await FlowBench.open({ run: lines(step) }, { parameters: [parameter] })
    expect(await bench.run()).toContain(why)
    expect(bench.entity('group').config['level']).toBe(level)
    await bench.close()
  })

  it('keep what they set over a restart, and show it with the reason', async () => {
    const bench = await FlowBench.open({ run: lines('set-config size = 5') })
    await bench.run()
    await bench.harness.restart()
    expect(bench.entity('group').config).toMatchObject({ size: '5' })
    expect(accepted(bench.harness.engine.why(ann, 'shop', 'group')).next).toEqual([
      'config size was set to "5"',
      'what was made or begun before that keeps the value that it had then',
    ])
    await bench.close()
  })

  it('wake sensors that read it, and replace no machine', async () => {
    const told = { name: 'told', type: 'string', source: { kind: 'static', value: SIZE } } as const
    const bench = await FlowBench.open({ run: lines('set-config size = 5') }, {}, [
      service('server', { sensors: [told] }),
    ])
    const before = bench.harness.token('server')
    expect(bench.sensor('server', 'told')).toBe('3')
    await bench.run()
    expect(bench.sensor('server', 'told')).toBe('5')
    expect(bench.harness.token('server')).toBe(before)
    await bench.close()
  })

  it('let through what a latch holds back', async () => {
    const gate = { name: 'latch.start', stage: 'start', condition: { ...SIZE, key: 'open' } } as const
    const bench = await FlowBench.open(
      { run: lines('set-config open = yes') },
      { config: { open: literal(false) } },
      [service('latched', { gates: [gate] })],
    )
    expect(bench.harness.tree['latched']).not.toBe('running')
    await bench.run()
    expect(bench.harness.tree['latched']).toBe('running')
    await bench.close()
  })
})

it('tells the name of an entity, and of the application', async () => {
  const named = 'let s = ${entity.name} in ${entity.application.name}'
  const bench = await FlowBench.open({
    run: lines('set-entity-name the box', named, 'set-sensor said = ${s}'),
  })
  expect(await bench.run()).toBe('succeeded')
  expect(bench.sensor('group', 'said')).toBe('the box in shop')
  await bench.close()
})

describe('the step set-entity-name', () => {
  it('says what people call an entity, whose path stays', async () => {
    const bench = await FlowBench.open({ run: lines('set-entity-name box of ${entity.config.size}') })
    await bench.run()
    await bench.harness.restart()
    expect(bench.entity('group')).toMatchObject({ path: 'group', name: 'group', displayName: 'box of 3' })
    await bench.close()
  })
})
