import { describe, expect, it } from 'vitest'
import {
  literal,
  type EffectorSpec,
  type EntitySpec,
  type StepSpec,
  type WorkflowSpec,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, service } from '../../support/specs.js'
import { does, fails, gives, lit, plus, setSensor, variable, workflow } from '../../support/workflows.js'

const effector = (
  name: string,
  spec: WorkflowSpec,
  parameters: EffectorSpec['parameters'] = [],
): EffectorSpec => ({
  name,
  parameters,
  command: literal(''),
  timeout: 0,
  workflow: spec,
})
const command = (script: string, more: Partial<StepSpec> = {}): StepSpec =>
  does({ kind: 'command', script: lit(script), environment: {} }, more)
const calls = (name: string, more: Partial<StepSpec> = {}): StepSpec =>
  does({ kind: 'invoke', effector: name, arguments: {}, await: true }, more)
const read = (sensor: string) =>
  ({ kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false }) as const

async function shopWith(...children: readonly EntitySpec[]): Promise<EngineHarness> {
  const shop = await EngineHarness.open()
  await shop.deploy(application(children))
  return shop
}

async function invoke(shop: EngineHarness, path: string, name: string, parameters = {}): Promise<string> {
  const task = accepted(await shop.engine.invoke('shop', path, { effector: name, parameters }, by))
  return task.id
}

function task(shop: EngineHarness, id: string): string {
  const { state, failure } = accepted(shop.engine.task(ann, id))
  return failure === undefined ? state : `${state}: ${failure.message}`
}

function sensors(shop: EngineHarness, path: string): { readonly [name: string]: unknown } {
  const views = accepted(shop.engine.sensors(ann, 'shop', path))
  return Object.fromEntries(views.map(({ name, value }) => [name, value]))
}

describe('an effector that is a workflow', () => {
  it('sets sensors of an entity that nothing runs for, and its task ends', async () => {
    const greet = effector('greet', workflow([setSensor('said', plus(variable('n'), lit(1)))]), [
      { name: 'n', type: 'integer', required: true, constraints: [] },
    ])
    const shop = await shopWith(entity('group', { effectors: [greet] }))
    const id = await invoke(shop, 'group', 'greet', { n: 4 })
    await shop.settle(100)
    expect([task(shop, id), sensors(shop, 'group')['said']]).toEqual(['succeeded', 5])
    await shop.close()
  })

  it('reads what it has just set', async () => {
    const spec = workflow([setSensor('a', lit(1)), setSensor('b', plus(read('a'), lit(1)))])
    const shop = await shopWith(entity('group', { effectors: [effector('set', spec)] }))
    const id = await invoke(shop, 'group', 'set')
    await shop.settle(100)
    expect([task(shop, id), sensors(shop, 'group')['b']]).toEqual(['succeeded', 2])
    await shop.close()
  })

  it('runs commands on the machine, once each, as parts of its task', async () => {
    const spec = workflow([command('one'), command('two')])
    const shop = await shopWith(service('web', { effectors: [effector('work', spec)] }))
    const id = await invoke(shop, 'web', 'work')
    await shop.settle(10_000)
    expect(task(shop, id)).toBe('succeeded')
    const parts = accepted(shop.engine.tasks(ann, 'shop', 'web')).filter(({ parent }) => parent === id)
    expect(parts.map(({ state, streams }) => [state, streams?.stdin]).reverse()).toEqual([
      ['succeeded', 'one'],
      ['succeeded', 'two'],
    ])
    await shop.close()
  })

  it('calls others and goes on with what they give', async () => {
    const inner = effector('inner', workflow([gives(lit(20))]))
    const outer = effector(
      'outer',
      workflow([
        calls('inner', { id: 'in' }),
        setSensor('got', { kind: 'variable', of: 'output', path: [] }),
      ]),
    )
    const shop = await shopWith(entity('group', { effectors: [inner, outer] }))
    const id = await invoke(shop, 'group', 'outer')
    await shop.settle(100)
    expect([task(shop, id), sensors(shop, 'group')['got']]).toEqual(['succeeded', 20])
    await shop.close()
  })

  it('fails with what went wrong, also in what it called', async () => {
    const inner = effector('inner', workflow([fails('broken')]))
    const outer = effector('outer', workflow([calls('inner')]))
    const shop = await shopWith(entity('group', { effectors: [inner, outer] }))
    const id = await invoke(shop, 'group', 'outer')
    const none = await invoke(shop, 'group', 'inner')
    await shop.settle(100)
    expect([task(shop, id), task(shop, none)]).toEqual(['failed: broken', 'failed: broken'])
    await shop.close()
  })

  it('waits for a sensor of another entity, and wakes when that is set', async () => {
    const waits = workflow([
      does({
        kind: 'wait',
        for: 'value',
        value: { ...read('ready'), whenReady: true, of: { scope: 'global', id: 'db' } },
      }),
      setSensor('done', lit(true)),
    ])
    const shop = await shopWith(
      entity('group', { effectors: [effector('wait', waits)] }),
      entity('db', { effectors: [effector('ready', workflow([setSensor('ready', lit(true))]))] }),
    )
    const id = await invoke(shop, 'group', 'wait')
    await shop.settle(60_000)
    expect(task(shop, id)).toBe('running')
    await invoke(shop, 'db', 'ready')
    await shop.settle(100)
    expect([task(shop, id), sensors(shop, 'group')['done']]).toEqual(['succeeded', true])
    await shop.close()
  })

  it('sleeps over a restart and goes on by itself', async () => {
    const spec = workflow([does({ kind: 'sleep', duration: lit(60_000) }), setSensor('woke', lit(true))])
    const shop = await shopWith(entity('group', { effectors: [effector('nap', spec)] }))
    const id = await invoke(shop, 'group', 'nap')
    await shop.settle(30_000)
    await shop.restart()
    await shop.settle(29_000)
    expect(task(shop, id)).toBe('running')
    await shop.settle(2_000)
    expect([task(shop, id), sensors(shop, 'group')['woke']]).toEqual(['succeeded', true])
    await shop.close()
  })

  it('remembers the last three runs of a kind, and nothing of an application that is gone', async () => {
    const shop = await shopWith(
      entity('group', { effectors: [effector('greet', workflow([gives(lit(1))]))] }),
    )
    for (let run = 0; run < 5; run += 1) {
      await invoke(shop, 'group', 'greet')
      await shop.settle(10)
    }
    const keys = async (): Promise<readonly string[]> =>
      (await shop.store.load('workflow/')).entries.map(({ key }) => key)
    expect(await keys()).toHaveLength(6)
    await shop.after(shop.engine.remove('shop', by))
    expect(await keys()).toEqual([])
    await shop.close()
  })
})
