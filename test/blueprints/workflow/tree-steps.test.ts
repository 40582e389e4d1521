import { describe, expect, it } from 'vitest'
import { accepted, ann } from '../../support/engine-harness.js'
import { FlowBench } from '../../support/flow-bench.js'

const lines = (...all: readonly string[]): string => all.map((line) => `- ${line}`).join('\n')
const add = (blueprint: string, more = ''): string => `{ type: add-entity, blueprint: ${blueprint}${more} }`
const SERVER = '{ type: software, name: web, launch: serve, location: sim }'

describe('steps that change what there is', () => {
  it.each<[string, string, readonly string[], unknown]>([
    [
      'add what a type stands for, and give it',
      lines('add-entity group', 'set-sensor result = ${output}'),
      ['group/group-2'],
      { entities: ['group/group-2'], entity: 'group/group-2' },
    ],
    [
      'add what is written, with values of the workflow',
      lines(
        'let n = 7',
        add('{ type: group, name: "box-${n}", brooklyn.config: { size: "${n}" } }'),
        'set-sensor result = ${output.entity.config.size}',
      ),
      ['group/box-7'],
      '7',
    ],
    [
      'add several, and give them as a list',
      lines(add('[{ type: group, name: a }, { type: group, name: b }]'), 'set-sensor result = ${output}'),
      ['group/a', 'group/b'],
      { entities: ['group/a', 'group/b'] },
    ],
    [
      'add the services of a document, which may refer to what is there',
      lines(
        add(
          '{ services: [{ type: group, name: a, brooklyn.config: { of: "$brooklyn:parent().config(\\"size\\")" } }] }',
        ),
        'set-sensor result = ${output.entity.config.of}',
      ),
      ['group/a'],
      '3',
    ],
    [
      'add one for each of a list',
      '- step: foreach n in 1..3\n  steps:\n  - { type: add-entity, blueprint: { type: group, name: "n${n}" } }\n- set-sensor result = done',
      ['group/n1', 'group/n2', 'group/n3'],
      'done',
    ],
    [
      'add under another entity',
      lines(
        add('{ type: group, name: a }'),
        add('{ type: group, name: b }', ', parent: a'),
        'set-sensor result = ${output.entity}',
      ),
      ['group/a', 'group/a/b'],
      'group/a/b',
    ],
    [
      'wait until what was added is up',
      lines(add(SERVER, ', start: sync'), 'set-sensor result = ${output.entity.sensor["service.isUp"]}'),
      ['group/web-2'],
      true,
    ],
    [
      'take away what was added',
      lines(
        add('{ type: group, name: a }'),
        'let a = ${output.entity}',
        add('{ type: group, name: b }'),
        'delete-entity ${a}',
        'set-sensor result = done',
      ),
      ['group/b'],
      'done',
    ],
    [
      'take away by name, and what is gone already without complaint',
      lines(
        add('{ type: group, name: a }'),
        'let a = ${output.entity}',
        'delete-entity a',
        'delete-entity ${a}',
        'set-sensor result = done',
      ),
      [],
      'done',
    ],
    [
      'hang what was added under something else, with all that is inside of it and its values',
      lines(
        add('{ type: group, name: a }'),
        'let a = ${output.entity}',
        add('{ type: group, name: b }'),
        'let b = ${output.entity}',
        add('{ type: group, name: c }', ', parent: "${b}"'),
        '{ type: set-sensor, sensor: { name: size, entity: c }, value: 5 }',
        'reparent-entity child ${b} under ${a}',
        'set-sensor result = ${entity.child["a"].child["b"].child["c"].sensor.size}',
      ),
      ['group/a', 'group/a/b', 'group/a/b/c'],
      5,
    ],
  ])('%s', async (_what, steps, added, result) => {
    const bench = await FlowBench.open({ run: steps })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.paths.filter((path) => path.startsWith('group/'))).toEqual(added)
    expect(bench.sensor('group', 'result')).toEqual(result)
    await bench.close()
  })

  it.each<[string, string, string]>([
    ['a type that nobody knows', lines('add-entity grup'), 'there is no type "grup"'],
    ['a mistake in what is written', lines(add('{ type: group, nam: a }')), 'unknown key "nam"'],
    ['nothing', lines(add('{ services: [] }')), 'failed: '],
    [
      'an entity of the document, to be taken away',
      lines('delete-entity web'),
      'web is part of the document: change that',
    ],
    [
      'the application, to be taken away',
      lines('delete-entity ${entity.application}'),
      'the application is part of the document',
    ],
    ['an entity that nobody knows', lines('delete-entity who'), 'there is no entity who'],
    [
      'an entity of the document, to be moved',
      lines('reparent-entity child web under group'),
      'web is part of the document',
    ],
    [
      'machines, to be moved',
      lines(add(SERVER), 'reparent-entity child ${output.entity} under web'),
      'group/web-2 has machines, which would be made anew elsewhere',
    ],
    [
      'an entity under itself',
      lines(
        add('{ type: group, name: a }'),
        'let a = ${output.entity}',
        add('{ type: group, name: b }', ', parent: a'),
        'reparent-entity child ${a} under ${output.entity}',
      ),
      'group/a/b is inside of group/a',
    ],
    [
      'an application whose name is taken',
      lines('{ type: deploy-application, blueprint: { name: shop, services: [{ type: group }] } }'),
      'an application named shop exists already',
    ],
  ])('refuse %s, in words', async (_what, steps, why) => {
    const bench = await FlowBench.open({ run: steps })
    expect(await bench.run()).toContain(why)
    await bench.close()
  })

  it('keep what they added over a restart, and do not add it again', async () => {
    const bench = await FlowBench.open({ run: lines(add('{ type: group, name: a }'), 'sleep 1h') })
    expect(await bench.run()).toBe('running')
    await bench.harness.restart()
    await bench.harness.settle(10_000)
    expect(bench.paths).toEqual(['', 'group', 'group/a', 'web'])
    await bench.close()
  })

  it('remove the machines of what is taken away', async () => {
    const bench = await FlowBench.open({ add: lines(add(SERVER)), run: lines('delete-entity web-2') })
    await bench.run('add')
    expect(await bench.harness.machines()).toEqual(['group/web-2'])
    expect(await bench.run()).toBe('succeeded')
    expect(await bench.harness.machines()).toEqual([])
    await bench.close()
  })
})

describe('the step deploy-application', () => {
  it.each([
    ['sync', 'running'],
    ['async', 'running'],
    ['disabled', 'stopped'],
  ])('begins another application with start %s', async (start, state) => {
    const document = `{ name: other, services: [${SERVER}] }`
    const bench = await FlowBench.open({
      run: lines(
        `{ type: deploy-application, blueprint: ${document}, start: ${start} }`,
        'set-sensor result = ${app}',
      ),
    })
    expect(await bench.run()).toBe('succeeded')
    const id = bench.sensor('group', 'result')
    const other = accepted(bench.harness.engine.application(ann, 'other'))
    expect(other).toMatchObject({ id, state, owner: 'ann' })
    await bench.close()
  })

  it('takes a type for the whole of it', async () => {
    const bench = await FlowBench.open({
      run: lines('deploy-application group', 'set-sensor result = ${app}'),
    })
    expect(await bench.run()).toBe('succeeded')
    const id = bench.sensor('group', 'result') as string
    expect(accepted(bench.harness.engine.application(ann, id)).state).toBe('running')
    await bench.close()
  })
})
