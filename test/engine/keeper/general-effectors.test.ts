import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service, software, machine } from '../../support/specs.js'
import { does, setSensor, workflow } from '../../support/workflows.js'

let shop: EngineHarness
afterEach(() => shop.close())

/** A store with phases below a web of two, in one group. */
const landscape = () =>
  application([
    entity('back', {
      type: 'group',
      children: [
        service('db', {
          priority: 10,
          software: software({ install: 'get db', customize: 'fit db', launch: 'serve db', stop: 'end db' }),
        }),
        service('api', { priority: 20 }),
      ],
    }),
    role('web', 2),
  ])

async function ask(path: string, effector: string, parameters: JsonObject = {}): Promise<string> {
  return accepted(await shop.engine.invoke('shop', path, { effector, parameters }, by)).id
}

async function refusal(path: string, effector: string, parameters: JsonObject = {}): Promise<string> {
  const outcome = await shop.engine.invoke('shop', path, { effector, parameters }, by)
  return outcome.kind === 'invalid' ? outcome.reason : outcome.kind
}

function stateOf(id: string): string {
  const { state, failure } = accepted(shop.engine.task(ann, id))
  return failure === undefined ? state : `${state}: ${failure.message}`
}

async function settled(id: string, ms = 20_000): Promise<string> {
  await shop.settle(ms)
  return stateOf(id)
}

const effectorsOf = (path: string): string => [...shop.entity(path).effectors].sort().join(' ')

describe('what an entity can be asked by what it is', () => {
  it('follows from what it is', async () => {
    shop = await EngineHarness.open()
    const counter = entity('counter', { type: 'entity' })
    const own = {
      name: 'stop',
      parameters: [],
      command: { kind: 'literal', value: 'x' },
      timeout: 0,
    } as const
    await shop.deploy(
      application([
        role('web', 1),
        service('db', { effectors: [own] }),
        counter,
        entity('g', { children: [service('in')] }),
      ]),
    )
    expect(effectorsOf('')).toBe('restart start stop')
    expect(effectorsOf('web')).toBe(
      'admitMembers expungeMembers replaceMember resize resizeByDelta restart start stop',
    )
    expect(effectorsOf('web/1')).toBe('restart start stop')
    expect(effectorsOf('counter')).toBe('')
    expect(effectorsOf('g')).toBe('restart start stop')
    expect(effectorsOf('db')).toBe('restart start stop')
    const listed = accepted(shop.engine.effectors(ann, 'shop', 'db'))
    expect(listed.filter(({ name }) => name === 'stop')).toHaveLength(1)
  })
})

describe('stop and start of one entity', () => {
  it('end its service and its machine, and leave everybody else alone', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    const id = await ask('web/1', 'stop')
    expect(stateOf(id)).toBe('running')
    expect(await settled(id)).toBe('succeeded')
    expect(shop.tree).toEqual({
      back: 'running',
      'back/db': 'running',
      'back/api': 'running',
      'web/1': 'stopped',
      'web/2': 'running',
    })
    expect(shop.entity('web/1').reason).toBe('stopped by ann')
    expect(shop.shop.state).toBe('running')
    expect(await shop.machines()).toContain('web/1')
    await shop.settle(600_000)
    expect(shop.tree['web/1']).toBe('stopped')
    expect(await settled(await ask('web/1', 'start'))).toBe('succeeded')
    expect(shop.entity('web/1')).toMatchObject({ state: 'running', incarnation: 1, run: 2 })
  })

  it('hold for all that is inside, which begins in its order again', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    expect(await settled(await ask('back', 'stop'))).toBe('succeeded')
    expect(shop.tree).toMatchObject({ 'back/db': 'stopped', 'back/api': 'stopped', 'web/1': 'running' })
    expect(shop.entity('back')).toMatchObject({ state: 'stopped', up: false })
    expect(shop.entity('')).toMatchObject({ state: 'running', up: true })
    expect(await refusal('back/db', 'start')).toContain(
      'back is to be stopped, with all that is inside of it',
    )
    shop.life.shown.length = 0
    expect(await settled(await ask('back', 'start'))).toBe('succeeded')
    expect(shop.order('running')).toEqual(['back/db', 'back/api'])
    expect(shop.entity('back')).toMatchObject({ state: 'running', up: true })
  })

  it('outlive the engine and a stop of the whole', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    const id = await ask('web', 'stop')
    await shop.restart()
    expect(await settled(id)).toBe('succeeded')
    expect(shop.entity('web').state).toBe('stopped')
    await shop.after(shop.engine.stop('shop', by))
    await shop.after(shop.engine.start('shop', by))
    expect(shop.tree).toMatchObject({ 'back/api': 'running', 'web/1': 'stopped', 'web/2': 'stopped' })
    expect(await settled(await ask('', 'start'))).toBe('succeeded')
    expect(shop.tree).toMatchObject({ 'web/1': 'running', 'web/2': 'running' })
  })

  it('of the whole are the wish of the application', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    expect(await settled(await ask('', 'stop'))).toBe('succeeded')
    expect(shop.shop).toMatchObject({ state: 'stopped', wish: 'stopped' })
    expect(await refusal('web', 'start')).toContain('its application is to be stopped')
    expect(await settled(await ask('', 'start'))).toBe('succeeded')
    expect(shop.shop).toMatchObject({ state: 'running', wish: 'running' })
  })

  it('say which of them counts: the one that was asked for last', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    const stop = await ask('web/1', 'stop')
    const start = await ask('web/1', 'start')
    expect(stateOf(stop)).toBe('superseded')
    expect(await settled(start)).toBe('succeeded')
    expect(shop.tree['web/1']).toBe('running')
  })

  it.each([
    ['always', 'always', { there: false, stopped: true }],
    ['if-not-stopped', 'IF_NOT_STOPPED', { there: false, stopped: true }],
    ['never', 'always', { there: false, stopped: false }],
    ['if-not-stopped', 'never', { there: true, stopped: true }],
    ['IF_NOT_STOPPED', undefined, { there: true, stopped: true }],
  ])('with the process %s and the machine %s', async (process, machineMode, { there, stopped }) => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    shop.calls.length = 0
    const parameters = {
      stopProcessMode: process,
      ...(machineMode === undefined ? {} : { stopMachineMode: machineMode }),
    }
    expect(await settled(await ask('back/db', 'stop', parameters))).toBe('succeeded')
    expect(shop.tree['back/db']).toBe('stopped')
    expect((await shop.machines()).includes('back/db')).toBe(there)
    expect(shop.callsOf('run').includes('stop')).toBe(stopped)
    expect(shop.callsOf('stop').length > 0).toBe(machineMode === undefined)
    shop.calls.length = 0
    expect(await settled(await ask('back/db', 'start'))).toBe('succeeded')
    expect(shop.callsOf('run').filter((word) => word === 'install' || word === 'launch')).toEqual(
      there ? ['launch'] : ['install', 'launch'],
    )
    expect(shop.tree['back/db']).toBe('running')
  })

  it('refuse a mode that there is not, and change nothing for never', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    expect(await refusal('web/1', 'stop', { stopMachineMode: 'perhaps' })).toContain(
      'always, if-not-stopped or never',
    )
    expect(await refusal('web/1', 'start', { locations: ['elsewhere'] })).toContain('stands in its document')
    expect(await settled(await ask('web/1', 'stop', { stopProcessMode: 'never' }), 0)).toBe('succeeded')
    expect(shop.tree['web/1']).toBe('running')
  })
})

describe('restart', () => {
  it('stops and launches on the machine that there is', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    shop.calls.length = 0
    expect(await settled(await ask('back/db', 'restart'))).toBe('succeeded')
    expect(shop.callsOf('run').filter((word) => !word.includes('-'))).toEqual(['stop', 'launch'])
    expect(shop.entity('back/db')).toMatchObject({ incarnation: 1, run: 2, state: 'running' })
  })

  it('puts it on another machine where that is asked for', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    expect(await settled(await ask('back/db', 'restart', { restartMachine: 'true' }))).toBe('succeeded')
    expect(shop.entity('back/db')).toMatchObject({ incarnation: 2, state: 'running' })
  })

  it('takes children along where that is asked for', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(application([service('outer', { children: [service('inner')] })]))
    await settled(await ask('outer', 'restart'))
    expect([shop.entity('outer').run, shop.entity('outer/inner').run]).toEqual([2, 1])
    await settled(await ask('outer', 'restart', { restartChildren: true }))
    expect([shop.entity('outer').run, shop.entity('outer/inner').run]).toEqual([3, 2])
  })

  it('of a cluster goes one member after another, and begins what rests', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(landscape())
    await settled(await ask('web/2', 'stop'))
    expect(await settled(await ask('web', 'restart'))).toBe('succeeded')
    expect([shop.entity('web/1').run, shop.entity('web/2').run]).toEqual([2, 2])
  })

  it('fails when its service fails past its retries', async () => {
    shop = await EngineHarness.open()
    const fussy = service('fussy', { retry: { attempts: 1, then: 'give-up' } })
    await shop.deploy(application([fussy]))
    shop.place().arm({ verbs: ['run'], label: 'launch', effect: 'fail', exitCode: 3 })
    const id = await ask('fussy', 'restart')
    expect(await settled(id, 60_000)).toMatch(/^failed/)
  })
})

describe('the members of a cluster', () => {
  it('come to the number that is asked for, within their bounds', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(application([role('web', 2, { rules: { min: 1, max: 4 } })]))
    const grown = await ask('web', 'resize', { desiredSize: 3 })
    expect(await settled(grown)).toBe('succeeded')
    expect(accepted(shop.engine.task(ann, grown)).streams?.stdout).toBe('3')
    await settled(await ask('web', 'resizeByDelta', { delta: -1 }))
    expect(Object.keys(shop.tree)).toEqual(['web/1', 'web/2'])
    await settled(await ask('web', 'resize', { desiredSize: 9 }))
    expect(Object.keys(shop.tree)).toHaveLength(4)
    expect(await refusal('web', 'resize', { desiredSize: 9 })).toContain('may have 1 to 4 members, not 9')
    expect(await refusal('web', 'resizeByDelta', { delta: -4 })).toContain('not 0')
    expect(await refusal('web', 'resize')).toContain('needs the parameter desiredSize')
  })

  it.each([['web/2'], ['2'], [2]])('are replaced one by one: %s', async (memberId) => {
    shop = await EngineHarness.open()
    await shop.deploy(application([role('web', 2)]))
    expect(await settled(await ask('web', 'replaceMember', { memberId }))).toBe('succeeded')
    expect([shop.entity('web/1').incarnation, shop.entity('web/2').incarnation]).toEqual([1, 2])
    expect(await refusal('web', 'replaceMember', { memberId: 'web/7' })).toContain('has no member "web/7"')
  })
})

describe('a workflow', () => {
  const grow = {
    name: 'grow',
    parameters: [],
    command: { kind: 'literal', value: '' },
    timeout: 0,
    workflow: workflow([
      does({
        kind: 'invoke',
        of: { scope: 'global', id: 'web' },
        effector: 'resizeByDelta',
        arguments: { delta: { kind: 'literal', value: 1 } },
        await: true,
      }),
      setSensor('size', { kind: 'variable', of: 'output', path: [] }),
    ]),
  } as const

  it('asks as anybody does, once, and goes on when it is so', async () => {
    shop = await EngineHarness.open({ place: { boot: 1000 } })
    await shop.deploy(application([role('web', 1), entity('hand', { type: 'entity', effectors: [grow] })]))
    const id = await ask('hand', 'grow')
    await shop.settle(1)
    expect(stateOf(id)).toBe('running')
    await shop.restart()
    expect(await settled(id)).toBe('succeeded')
    expect(Object.keys(shop.tree).filter((path) => path.startsWith('web/'))).toEqual(['web/1', 'web/2'])
    const sensors = accepted(shop.engine.sensors(ann, 'shop', 'hand'))
    expect(sensors.find(({ name }) => name === 'size')?.value).toBe(2)
    const parts = accepted(shop.engine.tasks(ann, 'shop', 'web')).filter(({ parent }) => parent === id)
    expect(parts.map(({ name, state }) => `${name} ${state}`)).toEqual(['resizeByDelta succeeded'])
  })

  it('is told why it is refused', async () => {
    shop = await EngineHarness.open()
    await shop.deploy(
      application([
        role('web', 1, { rules: { max: 1 } }),
        entity('hand', { type: 'entity', effectors: [grow] }),
      ]),
    )
    expect(await settled(await ask('hand', 'grow'))).toContain('web may have 0 to 1 members, not 2')
  })
})

it('ends a machine that is its own service', async () => {
  shop = await EngineHarness.open()
  await shop.deploy(application([entity('box', { machine: machine() })]))
  await settled(await ask('box', 'stop'))
  expect(shop.tree['box']).toBe('stopped')
  await settled(await ask('box', 'start'))
  expect(shop.entity('box')).toMatchObject({ state: 'running', incarnation: 1 })
})
