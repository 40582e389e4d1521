import { describe, expect, it } from 'vitest'
import type { EntitySpec, StepSpec, WorkflowSpec } from '../../../engine/index.js'
import { RunChecks } from '../../../engine/operate/runs/checks.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, machine, operation, service, software } from '../../support/specs.js'
import { does, fails, gives, lit, plus, set, setSensor, variable, workflow } from '../../support/workflows.js'

const read = (sensor: string) =>
  ({ kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false }) as const
const sleeps = (ms: number): StepSpec => does({ kind: 'sleep', duration: lit(ms) })
const command = (script: string): StepSpec => does({ kind: 'command', script: lit(script), environment: {} })
/** Adds one to a sensor: done twice, its value tells. */
const counts = (name: string): StepSpec =>
  setSensor(name, plus({ kind: 'first-known', of: [read(name), lit(0)] }, lit(1)))
const phase = (spec: WorkflowSpec) => operation('', { workflow: spec })

/** Software whose phases are workflows. */
const flows = (
  name: string,
  phases: { readonly [phase: string]: readonly StepSpec[] },
  more: Partial<EntitySpec> = {},
): EntitySpec =>
  service(name, {
    machine: machine(),
    software: software(
      Object.fromEntries(Object.entries(phases).map(([key, steps]) => [key, phase(workflow(steps))])),
    ),
    ...more,
  })

async function shopWith(...children: readonly EntitySpec[]): Promise<EngineHarness> {
  const shop = await EngineHarness.open()
  await shop.deploy(application(children), 3000)
  return shop
}

function sensors(shop: EngineHarness, path: string): { readonly [name: string]: unknown } {
  const views = accepted(shop.engine.sensors(ann, 'shop', path))
  return Object.fromEntries(views.map(({ name, value }) => [name, value]))
}

describe('software whose phases are workflows', () => {
  it('is installed, customised and launched by them, each once', async () => {
    const shop = await shopWith(
      flows('web', {
        install: [counts('installed'), command('fetch')],
        customize: [counts('customised')],
        launch: [counts('launched'), sleeps(1000)],
      }),
    )
    expect(shop.entity('web').state).toBe('running')
    expect(sensors(shop, 'web')).toMatchObject({ installed: 1, customised: 1, launched: 1 })
    await shop.close()
  })

  it('leaves what a command of theirs has begun in the background, once that command has ended', async () => {
    const shop = await shopWith(flows('web', { launch: [command('fetch &'), counts('launched')] }))
    expect(sensors(shop, 'web')).toMatchObject({ launched: 1 })
    expect(shop.calls.filter(({ verb }) => verb === 'endRun')).toEqual([])
    await shop.close()
  })

  it('says what it is waiting for', async () => {
    const shop = await shopWith(flows('web', { launch: [sleeps(60_000)] }))
    expect(shop.entity('web').state).toBe('starting')
    expect(JSON.stringify(accepted(shop.engine.why(ann, 'shop', 'web')))).toContain(
      'launch is under way, as the workflow run',
    )
    await shop.settle(60_000)
    expect(shop.entity('web').state).toBe('running')
    await shop.close()
  })

  it('goes on with them over a restart', async () => {
    const steps = (name: string): readonly StepSpec[] => [counts(name), sleeps(4000), counts(`${name}2`)]
    const shop = await shopWith(flows('web', { install: steps('i'), launch: steps('l') }))
    await shop.restart()
    await shop.settle(3000)
    await shop.restart()
    await shop.settle(10_000)
    expect(shop.entity('web').state).toBe('running')
    expect(sensors(shop, 'web')).toMatchObject({ i: 1, i2: 1, l: 1, l2: 1 })
    await shop.close()
  })

  it('is tried again when one fails, and says why', async () => {
    const flaky = [
      counts('tries'),
      fails('not yet', {
        condition: { subject: read('tries'), predicate: lit({ kind: 'order', is: 'less', than: 3 }) },
      }),
    ]
    const shop = await shopWith(flows('web', { launch: flaky }))
    expect(shop.entity('web').reason).toContain('launch: not yet')
    await shop.settle(60_000)
    expect([shop.entity('web').state, sensors(shop, 'web')['tries']]).toEqual(['running', 3])
    await shop.close()
  })

  it('is stopped by one before its machine is', async () => {
    const shop = await shopWith(
      flows('web', { launch: [counts('up')], stop: [sleeps(2000), counts('down')] }),
    )
    await shop.after(shop.engine.stop('shop', by), 1000)
    expect(shop.entity('web').state).toBe('stopping')
    await shop.settle(5000)
    expect([shop.entity('web').state, sensors(shop, 'web')['down']]).toEqual(['stopped', 1])
    await shop.after(shop.engine.start('shop', by))
    expect([shop.entity('web').state, sensors(shop, 'web')['up']]).toEqual(['running', 2])
    await shop.close()
  })

  it('has a phase ended that nobody wants any more', async () => {
    const shop = await shopWith(flows('web', { launch: [sleeps(600_000)] }))
    await shop.after(shop.engine.stop('shop', by))
    expect(shop.entity('web').state).toBe('stopped')
    const tasks = accepted(shop.engine.tasks(ann, 'shop', 'web')).filter(({ name }) => name === 'launch')
    expect(tasks.map(({ state }) => state)).toEqual(['superseded'])
    await shop.close()
  })

  it('is launched anew by another workflow when that changes', async () => {
    const shop = await shopWith(flows('web', { launch: [setSensor('form', lit('a'))] }))
    const other = application([flows('web', { launch: [setSensor('form', lit('b'))] })])
    await shop.after(shop.engine.update('shop', other, by))
    expect([shop.entity('web').state, sensors(shop, 'web')['form']]).toEqual(['running', 'b'])
    await shop.close()
  })

  it('runs by what its check gives', async () => {
    const check = [set('ok', { kind: 'first-known', of: [read('ok'), lit(true)] }), gives(variable('ok'))]
    const toggle = (value: boolean) => ({
      ...{ name: value ? 'mend' : 'break', parameters: [], command: lit(''), timeout: 0 },
      workflow: workflow([setSensor('ok', lit(value))]),
    })
    const web = flows('web', { launch: [], check }, { effectors: [toggle(true), toggle(false)] })
    const shop = await shopWith(web)
    expect(shop.entity('web').state).toBe('running')
    await shop.after(shop.engine.invoke('shop', 'web', { effector: 'break', parameters: {} }, by))
    expect(shop.entity('web').reason).toContain('its check says that it does not run')
    expect(accepted(shop.engine.tasks(ann, 'shop', 'web')).filter(({ name }) => name === 'check')).toEqual([])
    await shop.after(shop.engine.invoke('shop', 'web', { effector: 'mend', parameters: {} }, by))
    expect(shop.entity('web').state).toBe('running')
    await shop.close()
  })

  it('tells its commands what it would tell one that is a phase, what they say themselves before that', async () => {
    const asks = does({ kind: 'command', script: lit('serve'), environment: { B: lit('own') } })
    const web = flows('web', { launch: [asks] })
    const environment = { A: lit('shell'), B: lit('shell') }
    const { phases = {} } = web.software ?? {}
    const shop = await EngineHarness.open()
    const told: string[] = []
    const watch = shop.store.watch(0).subscribe((event) => {
      if (event.kind === 'commit') told.push(JSON.stringify(event.commit.changes))
    })
    const spec = { ...software(phases), environment, runDirectory: 'here' }
    await shop.deploy(application([{ ...web, software: spec }]), 10_000)
    watch.unsubscribe()
    const run = told.find((changes) => changes.includes('"kind":"command","entity":"web"')) ?? ''
    expect(run).toContain('cd \\"$RUN_DIR\\"')
    expect(run).toContain('export PID_FILE=')
    expect(run).toMatch(/"A":"shell"/)
    expect(run).toMatch(/"B":"own"/)
    expect(run).toMatch(/"WEIR_ENTITY":"web"/)
    expect(shop.entity('web').state).toBe('running')
    await shop.close()
  })

  it('is removed with all of its runs', async () => {
    const shop = await shopWith(flows('web', { launch: [sleeps(600_000)], check: [gives(lit(true))] }))
    await shop.after(shop.engine.remove('shop', by), 30_000)
    expect((await shop.store.load('workflow/')).entries).toEqual([])
    expect(await shop.machines()).toEqual([])
    await shop.close()
  })
})

describe('a check by a workflow', () => {
  it('keeps nobody waiting when its application is closed meanwhile', async () => {
    const ended: unknown[] = []
    const desk = {
      begin: () => Promise.resolve({ id: 'one' } as never),
      find: () => ({ state: 'running' }) as never,
    }
    const checks = new RunChecks(desk)
    const asked = checks.check('web', workflow([]), 'token').then((wrong) => ended.push(wrong))
    await Promise.resolve()
    await Promise.resolve()
    checks.close()
    await asked
    expect(ended).toEqual(['its check failed: it was cancelled'])
  })
})
