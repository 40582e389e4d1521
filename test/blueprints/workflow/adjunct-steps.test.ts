import { afterEach, describe, expect, it } from 'vitest'
import { literal, type EntitySpec, type PolicyView } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { accepted, ann, by } from '../../support/engine-harness.js'
import { FlowBench, effectorOf } from '../../support/flow-bench.js'
import { application, entity, role } from '../../support/specs.js'

let bench: FlowBench
afterEach(() => bench.close())

const lines = (...all: readonly string[]): string => all.map((line) => `- ${line}`).join('\n')
const add = (blueprint: string, more = ''): string => `{ type: add-policy, blueprint: ${blueprint}${more} }`
const apply = (blueprint: string): string => `{ type: apply-initializer, blueprint: ${blueprint} }`

/** Tells one sensor as another. */
const COPY = '{ type: Propagator, brooklyn.config: { sensorMapping: { seed: copy } } }'
/** Counts in a sensor how often it was run. */
const ECHO =
  '{ type: workflow-policy, name: echo, triggers: [seed], steps: ["set-sensor echo = heard ${entity.sensor.seed}"] }'
const OWN: Partial<EntitySpec> = {
  policies: [{ name: 'own', type: 'restart', config: { uniqueTag: literal('mine') } }],
}

async function open(
  flows: { readonly [effector: string]: string },
  more: Partial<EntitySpec> = {},
): Promise<void> {
  bench = await FlowBench.open(flows, more, [role('box', 1)], stockKinds)
}

function policies(path = 'group'): readonly PolicyView[] {
  return accepted(bench.harness.engine.policies.list(ann, 'shop', path))
}

function names(): readonly string[] {
  return policies().map(({ name }) => name)
}

describe('the step add-policy', () => {
  it('adds an enricher that acts from then on, and gives its name', async () => {
    await open({ run: lines('set-sensor integer seed = 4', add(COPY), 'set-sensor result = ${enricher}') })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.sensor('group', 'copy')).toBe(4)
    expect(bench.sensor('group', 'result')).toBe('Propagator')
  })

  it('adds a workflow that is run when a sensor changes, which reads its values then', async () => {
    await open({ run: lines(add(ECHO), 'set-sensor seed = 5', 'set-sensor result = ${policy}') })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.sensor('group', 'echo')).toBe('heard 5')
    expect(bench.sensor('group', 'result')).toBe('echo')
  })

  it('takes a type by its name, and calls it by a tag', async () => {
    await open({ run: lines('add-policy restart at web unique-tag calm') })
    expect(await bench.run()).toBe('succeeded')
    expect(policies('web')).toMatchObject([{ name: 'calm', type: 'restart', state: 'acting' }])
  })

  it('puts one in the place of another that has its tag, also of one that the document says', async () => {
    const runs = lines(add('{ type: restart }', ', unique-tag: own'), 'add-policy replace unique-tag own')
    await open({ run: runs }, OWN)
    expect(await bench.run()).toBe('succeeded')
    expect(policies()).toMatchObject([{ name: 'own', type: 'replace' }])
  })

  it('adds one each time where none is said', async () => {
    await open({ run: lines('add-policy restart') })
    await bench.run()
    await bench.run()
    expect(names()).toEqual(['restart', 'restart-2'])
  })

  it('adds one for each time that its step is done, whatever becomes of the engine', async () => {
    await open({ run: lines(add(ECHO), 'sleep 1h') })
    expect(await bench.run()).toBe('running')
    await bench.harness.restart()
    await bench.harness.settle(10_000)
    expect(names()).toEqual(['echo'])
  })

  it('lets what a person suspended rest, also over another document', async () => {
    await open({ run: lines('add-policy restart unique-tag calm') })
    await bench.run()
    const { engine } = bench.harness
    accepted(await engine.policies.suspend('shop', { path: 'group', name: 'calm' }, by))
    await bench.run()
    const next = application([entity('group', { type: 'group', tags: ['new'] })])
    accepted(await engine.update('shop', next, by))
    await bench.harness.restart()
    expect(policies()).toMatchObject([{ name: 'calm', state: 'suspended' }])
    expect(bench.entity('group')).toMatchObject({ path: 'group' })
  })

  it('is taken back by a rollback', async () => {
    await open({ run: lines('add-policy restart') })
    await bench.run()
    accepted(await bench.harness.engine.rollback('shop', 1, by))
    expect(names()).toEqual([])
    accepted(await bench.harness.engine.rollback('shop', 2, by))
    expect(names()).toEqual(['restart'])
    accepted(await bench.harness.engine.update('shop', application([entity('group')]), by))
    expect(names()).toEqual(['restart'])
  })

  it.each<[string, string, string]>([
    ['of a type that nobody knows', 'add-policy restrat', 'there is no kind of policy "restrat"'],
    ['with a mistake in it', add('{ type: restart, attemps: 3 }'), 'unknown key "attemps"'],
    ['that is no map', add('[restart]'), 'is no blueprint of what can be added'],
  ])('refuses one %s, in words', async (_what, step, why) => {
    await open({ run: lines(step) })
    expect(await bench.run()).toContain(why)
  })

  it('refuses to add to a member, which shares what it is made from', async () => {
    const member = { effectors: [effectorOf('run', lines('add-policy restart'))] }
    bench = await FlowBench.open({}, {}, [role('box', 1, { member })], stockKinds)
    expect(await bench.run('run', 60_000, 'box/1')).toContain('made from what all members share')
  })
})

describe('the step delete-policy', () => {
  it.each(['own', 'mine'])('takes away what the document says, by its name or its tag: %s', async (name) => {
    await open({ run: lines(`delete-policy ${name}`) }, OWN)
    expect(names()).toEqual(['own'])
    expect(await bench.run()).toBe('succeeded')
    expect(names()).toEqual([])
    await bench.harness.restart()
    expect(names()).toEqual([])
  })

  it('keeps it away over another document that says it, until one of its name is added', async () => {
    await open({ run: lines('delete-policy own'), back: lines('add-policy restart unique-tag own') }, OWN)
    await bench.run()
    const before = bench.harness.engine
    const next = application([entity('group', { ...OWN, tags: ['new'] })])
    accepted(await before.update('shop', next, by))
    expect(names()).toEqual([])
  })

  it('takes away what was added, which then acts no more', async () => {
    await open({
      run: lines(add(COPY), 'delete-policy ${enricher}', 'set-sensor seed = 1', 'set-sensor result = done'),
    })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.sensor('group', 'copy')).toBeUndefined()
    expect(names()).toEqual([])
  })

  it('fails where there is none of the name', async () => {
    await open({ run: lines('delete-policy calm') })
    expect(await bench.run()).toContain('group has no policy calm')
  })
})

describe('the step apply-initializer', () => {
  it('adds a sensor and an effector, which the next step may call', async () => {
    const effector = '{ type: workflow-effector, name: greet, steps: [return hello] }'
    const sensor = '{ type: StaticSensor, brooklyn.config: { name: fixed, static.value: 7 } }'
    await open({
      run: lines(apply(effector), apply(sensor), 'invoke-effector greet', 'set-sensor result = ${output}'),
    })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.sensor('group', 'result')).toBe('hello')
    expect(bench.sensor('group', 'fixed')).toBe(7)
  })

  it('does what a workflow for the beginning says, once, and waits for it', async () => {
    const initial =
      '{ type: workflow-initializer, steps: ["let integer n = ${entity.sensor.n} ?? 0", "let n = ${n} + 1", sleep 5s, "set-sensor n = ${n}"] }'
    await open({ run: lines(apply(initial), 'set-sensor result = ${entity.sensor.n}', 'sleep 1h') })
    expect(await bench.run()).toBe('running')
    await bench.harness.restart()
    await bench.harness.settle(60_000)
    expect([bench.sensor('group', 'result'), bench.sensor('group', 'n')]).toEqual([1, 1])
  })

  it('fails with what fails in that', async () => {
    await open({ run: lines(apply('{ type: workflow-initializer, steps: [fail message no luck] }')) })
    expect(await bench.run()).toContain('no luck')
  })

  it('makes no machine anew', async () => {
    const effector = '{ type: workflow-effector, name: greet, steps: [return hello] }'
    await open({
      run: lines(
        '{ type: add-entity, blueprint: { type: software, name: web1, launch: serve, location: sim }, start: sync }',
        `{ type: apply-initializer, entity: web1, blueprint: ${effector} }`,
      ),
    })
    expect(await bench.run()).toBe('succeeded')
    const made = bench.harness.calls.filter(({ verb }) => verb === 'ensure').length
    await bench.harness.settle(60_000)
    expect(bench.harness.calls.filter(({ verb }) => verb === 'ensure')).toHaveLength(made)
    expect(await bench.harness.machines()).toHaveLength(2)
  })
})
