import { afterEach, describe, expect, it } from 'vitest'
import { literal, type ApplicationSpec, type ConfigMap, type JsonObject } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, ann, accepted, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, machine, role, software, type RoleParts } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const open = async (options: HarnessOptions = {}): Promise<EngineHarness> =>
  (bench = await EngineHarness.open({ policyKinds: stockKinds, place: { boot: 1000 }, ...options }))

/** Webs of an image whose change comes to them in turns. */
function webs(image: string, settings: JsonObject = {}, parts: RoleParts = {}): ApplicationSpec {
  const config: ConfigMap = Object.fromEntries(
    Object.entries({ minHealthy: 5_000, ...settings }).map(([key, value]) => [key, literal(value)]),
  )
  const policy = { name: 'turns', type: 'rollout', config }
  return application([
    role('web', 4, {
      policies: [policy],
      ...parts,
      rules: { max: 6, ...parts.rules },
      member: { machine: machine({ image: literal(image) }), ...parts.member },
    }),
  ])
}

/** Incarnations of the members, by path. */
function incarnations(): { readonly [path: string]: number } {
  const members = Object.keys(bench.tree).filter((path) => path.startsWith('web/'))
  return Object.fromEntries(members.map((path) => [path, bench.entity(path).incarnation]))
}

/** The digests by which machines were made, by the paths of their members. */
async function digests(): Promise<{ readonly [path: string]: string }> {
  const machines = (await bench.inventory()).filter(({ kind }) => kind === 'machine')
  return Object.fromEntries(machines.map(({ marks }) => [marks?.entity ?? '', marks?.digest ?? '']))
}

const update = (spec: ApplicationSpec, ms?: number): Promise<unknown> =>
  bench.after(bench.engine.update('shop', spec, by), ms)

const why = (path: string): string => JSON.stringify(accepted(bench.engine.why(ann, 'shop', path)))

/** The same, whose service ends at once. */
const broken = (settings: JsonObject = {}): ApplicationSpec =>
  webs('bad', settings, { member: { software: software({ launch: 'exit 3' }) } })

const canary = {
  strategy: 'canary',
  steps: [
    { members: 1, pause: '30s' },
    { members: '50%', pause: 'until-admitted' },
  ],
}

const decided = (): readonly string[] =>
  accepted(bench.engine.decisions(ann, 'shop'))
    .filter(({ rule }) => rule === 'granted')
    .map(({ intent }) => intent)
    .reverse()

const versions = (): Promise<readonly (number | undefined)[]> =>
  Promise.resolve(bench.engine.versions(ann, 'shop')).then((all) =>
    accepted(all).map(({ restored }) => restored),
  )

describe('a change that comes in turns', () => {
  it('comes to one member after the other, each of which must be well first', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(webs('two'), 3_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 1, 'web/3': 1, 'web/4': 1 })
    expect(bench.shop.state).toBe('updating')
    await bench.settle(5_500)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 1, 'web/4': 1 })
    await bench.settle(40_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 2, 'web/4': 2 })
    expect(bench.shop).toMatchObject({ state: 'running', version: 2 })
    expect(bench.life.most.get('web')).toBe(5)
    expect(decided()).toEqual([
      'advance version 2 to 1 members',
      'advance version 2 to 2 members',
      'advance version 2 to 3 members',
      'advance version 2 to all members',
      'finish version 2',
    ])
  })

  it('says how far it has come, and who keeps what', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(webs('two'), 3_000)
    expect(why('web')).toContain('version 2 serves at 1 of 4 members, 1 are admitted to it')
    expect(why('web/4')).toContain('it keeps version 1 until it is admitted to version 2')
    const sensors = accepted(bench.engine.sensors(ann, 'shop', 'web'))
    expect(sensors.find(({ name }) => name === 'rollout')?.value).toMatchObject({
      ...{ version: 2, wanted: 2, through: 1, members: 4, admitted: 1, updated: 1, stalled: null },
    })
  })

  it('is shown by a plan as what it comes to', async () => {
    await open()
    await bench.deploy(webs('one'))
    const plan = accepted(await bench.engine.plan(webs('two'), { ...by, application: 'shop' }))
    expect(plan.steps.map(({ entity, action }) => `${action} ${entity}`)).toHaveLength(4)
    expect(plan.steps[0]?.reason).toContain('when its turn comes in web')
  })

  it('makes what is repaired or added in the midst from what its number says', async () => {
    await open()
    await bench.deploy(webs('one'))
    const before = (await digests())['web/4']
    await update(webs('two', canary), 3_000)
    await bench.place().vanish(bench.token('web/4'))
    await bench.after(bench.engine.scale('shop', 'web', 5, by), 15_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 1, 'web/3': 1, 'web/4': 2, 'web/5': 1 })
    const now = await digests()
    expect([now['web/4'], now['web/5']]).toEqual([before, before])
    expect(now['web/1']).not.toBe(before)
  })

  it('comes to as many again when one that has it goes', async () => {
    await open()
    await bench.deploy(webs('one', canary))
    await update(webs('two', canary), 3_000)
    await bench.after(bench.engine.scale('shop', 'web', 3, by), 60_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 1 })
  })

  it('is the same with a restart at every moment', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(webs('two'), 0)
    for (let second = 0; second < 60; second += 1) {
      await bench.restart()
      await bench.settle(1_000)
    }
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 2, 'web/4': 2 })
    expect(bench.shop).toMatchObject({ state: 'running', version: 2 })
    expect(bench.life.most.get('web')).toBe(5)
  })

  it('leaves each what it has when another comes in the midst', async () => {
    await open()
    await bench.deploy(webs('one', canary))
    await update(webs('two', canary), 40_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 1, 'web/4': 1 })
    await update(webs('three', canary), 3_000)
    expect(incarnations()).toEqual({ 'web/1': 3, 'web/2': 2, 'web/3': 1, 'web/4': 1 })
    const now = await digests()
    expect(new Set(Object.values(now)).size).toBe(3)
  })

  it('ends when a person restores what there was', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(webs('two'), 3_000)
    await bench.after(bench.engine.rollback('shop', 1, by), 20_000)
    expect(incarnations()).toEqual({ 'web/1': 3, 'web/2': 1, 'web/3': 1, 'web/4': 1 })
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
  })

  it('is not begun where the members stay as they are, nor for a role that nobody paces', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(webs('one', { minHealthy: 1_000 }), 1_000)
    expect(bench.shop).toMatchObject({ state: 'running', version: 2 })
    await update(webs('two', {}, { policies: [] }), 20_000)
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
    expect(decided()).toEqual([])
  })
})

describe('a canary', () => {
  it('rests at each step, and waits for a person where it says so', async () => {
    await open()
    await bench.deploy(webs('one', canary))
    await update(webs('two', canary), 25_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 1, 'web/3': 1, 'web/4': 1 })
    await bench.settle(3_600_000)
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 1, 'web/4': 1 })
    expect(bench.shop.state).toBe('updating')
    await bench.after(
      bench.engine.invoke('shop', 'web', { effector: 'admitMembers', parameters: {} }, by),
      60_000,
    )
    expect(incarnations()).toEqual({ 'web/1': 2, 'web/2': 2, 'web/3': 2, 'web/4': 2 })
    expect(bench.shop.state).toBe('running')
  })
})

describe('a change that does not work', () => {
  it('is taken back by itself, once', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(broken(), 60_000)
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
    expect(await versions()).toEqual([undefined, undefined, 1])
    expect(Object.keys(incarnations()).filter((path) => (incarnations()[path] ?? 0) > 1)).toEqual(['web/1'])
    expect(decided()).toEqual(['advance version 2 to 1 members', 'revert version 2'])
    const tasks = accepted(bench.engine.tasks(ann, 'shop'))
    const ended = tasks.filter(({ name }) => ['update', 'rollback'].includes(name))
    expect(ended.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'rollback succeeded',
      'update failed',
    ])
  })

  it('never leaves fewer up than there are to be', async () => {
    await open()
    await bench.deploy(webs('one'))
    await bench.after(bench.engine.update('shop', broken(), by), 0)
    for (let second = 0; second < 90; second += 1) {
      await bench.settle(1_000)
      expect(bench.shop.roles[0]?.up).toBe(4)
    }
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
  })

  it('is taken back also when the engine begins anew at every moment', async () => {
    await open()
    await bench.deploy(webs('one'))
    await update(broken(), 0)
    for (let second = 0; second < 90; second += 1) {
      await bench.restart()
      await bench.settle(1_000)
    }
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
    expect(decided().filter((one) => one.startsWith('revert'))).toHaveLength(1)
  })

  it('is not taken back where that restores what does not work either', async () => {
    await open()
    await bench.deploy(broken(), 30_000)
    await update(webs('one'), 3_000)
    await bench.after(bench.engine.rollback('shop', 1, by), 900_000)
    expect(await versions()).toEqual([undefined, undefined, 1])
    expect(bench.shop).toMatchObject({ state: 'alert', version: 3 })
  })

  it('goes no further where a person is to look, and on by that person’s word', async () => {
    await open()
    await bench.deploy(webs('one'))
    const paused = { onFailure: 'pause' }
    await update(broken(paused), 60_000)
    expect(bench.shop).toMatchObject({ state: 'alert', version: 2 })
    expect(bench.shop.alerts.join()).toContain('web: web/1 has failed 3 times in a row')
    expect(incarnations()).toMatchObject({ 'web/2': 1, 'web/3': 1, 'web/4': 1 })
    await update(webs('two', paused), 60_000)
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
  })

  it('has failed when it does not come to a member in time', async () => {
    await open()
    await bench.deploy(webs('one'))
    bench.place().arm({ verbs: ['ensure'], effect: 'refuse', cause: 'invalid' })
    await update(webs('two', { memberDeadline: 20_000 }), 120_000)
    expect(await versions()).toEqual([undefined, undefined, 1])
  })
})
