import { afterEach, describe, expect, it } from 'vitest'
import type { EffectorSpec, EntitySpec, Json, JsonObject, Predicate } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service, software } from '../../support/specs.js'
import { does, workflow } from '../../support/workflows.js'

let bench: EngineHarness
afterEach(() => bench.close())

const MINUTE = 60_000

const broken = { verbs: ['run' as const], name: '*-web-2-*', effect: 'fail' as const, exitCode: 4 }

/** Three of a role, of which the second never comes up. */
async function opened(
  parts: Parameters<typeof role>[2] = {},
  more: readonly EntitySpec[] = [],
  rules: readonly JsonObject[] = [],
) {
  const calls = rules.length === 0 ? [broken] : rules
  bench = await EngineHarness.open({ place: { script: { calls } } })
  await bench.deploy(application([role('web', 3, parts), ...more]), 2 * MINUTE)
}

function value(name: string, path = 'web'): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

async function ask(path: string, parameters: JsonObject = {}): Promise<string> {
  const call = { effector: 'expungeMembers', parameters }
  return accepted(await bench.engine.invoke('shop', path, call, by)).id
}

const stateOf = (id: string): string => accepted(bench.engine.task(ann, id)).state

const setAside = entity('quarantine', {
  type: 'quarantine-group',
  group: { setAside: true, within: { scope: 'parent' } },
})

const inService = { 'web/1': 'running', 'web/3': 'running', 'web/4': 'running' }

describe('who is set aside', () => {
  it('is told by sensors of the role', async () => {
    await opened()
    expect(value('members.quarantined')).toEqual(['web/2'])
    expect(value('members.lastQuarantined')).toBe('web/2')
    await bench.restart()
    expect(value('members.lastQuarantined')).toBe('web/2')
  })

  it('is nobody as long as all come up', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 2)]))
    expect(value('members.quarantined')).toEqual([])
    expect(value('members.lastQuarantined')).toBe('')
  })

  it('is in a group of those, of one role or of all', async () => {
    await opened({ children: [setAside] }, [role('api', 1), { ...setAside, name: 'all' }])
    const members = (path: string) =>
      (value('members', path) as readonly { path: string }[]).map((member) => member.path)
    expect(members('web/quarantine')).toEqual(['web/2'])
    expect(members('all')).toEqual(['web/2'])
  })
})

describe('expungeMembers', () => {
  it('removes who is set aside with its machine, and nobody takes its place', async () => {
    await opened()
    const id = await ask('web')
    expect(stateOf(id)).toBe('running')
    await bench.settle(MINUTE)
    expect(stateOf(id)).toBe('succeeded')
    expect(bench.tree).toEqual(inService)
    expect(await bench.machines()).toEqual(['web/1', 'web/3', 'web/4'])
    expect(bench.shop.roles).toMatchObject([{ wanted: 3, up: 3 }])
    expect(value('members.quarantined')).toEqual([])
  })

  it('outlives the engine, and is over once they are gone', async () => {
    await opened({}, [], [broken, { verbs: ['destroy'], effect: 'lost-before', times: 2 }])
    const id = await ask('web')
    await bench.restart()
    expect(stateOf(id)).toBe('running')
    await bench.settle(5 * MINUTE)
    expect(stateOf(id)).toBe('succeeded')
    expect(bench.tree).toEqual(inService)
    await bench.after(bench.engine.scale('shop', 'web', 4, by), MINUTE)
    expect(Object.keys(bench.tree)).toEqual(['web/1', 'web/3', 'web/4', 'web/5'])
  })

  it('can be asked of a group of them, and of one that has nobody', async () => {
    await opened({ children: [setAside] })
    const id = await ask('web/quarantine')
    expect(stateOf(id)).toBe('running')
    await bench.settle(MINUTE)
    expect(stateOf(id)).toBe('succeeded')
    expect(bench.tree).toEqual({ ...inService, 'web/quarantine': 'running' })
    const again = await ask('web/quarantine')
    await bench.settle(1000)
    expect(stateOf(again)).toBe('succeeded')
  })

  it('can be called by a workflow', async () => {
    const clean: EffectorSpec = {
      name: 'clean',
      parameters: [],
      command: { kind: 'literal', value: '' },
      timeout: 0,
      workflow: workflow([does({ kind: 'invoke', effector: 'expungeMembers', arguments: {}, await: true })]),
    }
    await opened({ effectors: [clean] })
    accepted(await bench.engine.invoke('shop', 'web', { effector: 'clean', parameters: {} }, by))
    await bench.settle(MINUTE)
    expect(bench.tree).toEqual(inService)
  })

  it('removes what was asked for though it is tried again meanwhile, and another one then comes', async () => {
    await opened()
    bench.place().arm({ verbs: ['destroy'], effect: 'lost-before', times: 2 })
    await ask('web')
    await bench.after(bench.engine.recover('shop', by), 5 * MINUTE)
    expect(bench.tree).toEqual(inService)
  })
})

describe('what runs inside of a member that was set aside', () => {
  const side = service('side', { software: software({ launch: 'serve', stop: 'end side' }) })

  it.each([
    ['in good order', {}, 1],
    ['at once where firstStop is false', { firstStop: false }, 0],
  ])('ends %s', async (_how, parameters, ends) => {
    await opened({ member: { children: [side] } }, [], [{ ...broken, name: '*-web-2-1-*' }])
    expect(bench.tree).toMatchObject({ 'web/2': 'quarantined', 'web/2/side': 'running' })
    const id = await ask('web', parameters)
    await bench.settle(MINUTE)
    expect(stateOf(id)).toBe('succeeded')
    expect(Object.keys(bench.tree)).not.toContain('web/2/side')
    expect(bench.calls.filter(({ runs }) => runs?.includes('end side'))).toHaveLength(ends)
  })
})

describe('a filter of failures', () => {
  const filtered = (quarantineFilter: Predicate) => ({ rules: { quarantineFilter } })
  const four: Predicate = {
    kind: 'select',
    from: { kind: 'key', key: 'message' },
    of: { kind: 'glob', text: '*code 4*' },
  }

  it('sets aside whose failure fits', async () => {
    await opened(filtered(four))
    expect(bench.tree).toMatchObject({ ...inService, 'web/2': 'quarantined' })
  })

  it('removes whose failure does not, and another one takes its place', async () => {
    await opened(filtered({ kind: 'not', of: four }))
    expect(bench.tree).toEqual(inService)
    expect(await bench.machines()).toEqual(['web/1', 'web/3', 'web/4'])
  })

  it('removes two in a row at most, over a restart too, and more after a recovery', async () => {
    const all = [2, 3, 4, 5].map((member) => ({ ...broken, name: `*-web-${member}-*` }))
    bench = await EngineHarness.open({ place: { script: { calls: all } } })
    await bench.deploy(application([role('web', 2, filtered({ kind: 'not', of: four }))]), 2 * MINUTE)
    await bench.restart()
    await bench.settle(20 * MINUTE)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/4': 'failed' })
    await bench.after(bench.engine.recover('shop', by), 20 * MINUTE)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/6': 'running' })
  })

  it('is not asked about what its place lacks', async () => {
    const full = { verbs: ['ensure' as const], name: '*-web-2-*', effect: 'refuse' as const }
    bench = await EngineHarness.open({ place: { script: { calls: [{ ...full, cause: 'capacity' }] } } })
    const none: Predicate = { kind: 'constant', holds: false }
    await bench.deploy(application([role('web', 3, filtered(none)), service('db')]), 2 * MINUTE)
    expect(bench.tree).toMatchObject({ 'web/2': 'failed', 'web/3': 'running' })
  })
})
