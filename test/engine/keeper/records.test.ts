import { afterEach, describe, expect, it } from 'vitest'
import {
  MemoryStore,
  literal,
  type EventView,
  type Expression,
  type JsonObject,
  type TaskRecord,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import {
  application,
  operation,
  role,
  sensorOf,
  service,
  software,
  startsAfter,
} from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

/** Collects what is told of events from now on. */
function listen(options: { application?: string; since?: number } = {}, who = ann): EventView[] {
  const events: EventView[] = []
  bench.engine.events(who, options).subscribe((event) => {
    if ('type' in event) events.push(event)
  })
  return events
}

function tasks(entity?: string): readonly TaskRecord[] {
  return accepted(bench.engine.tasks(ann, 'shop', entity))
}

describe('events', () => {
  it('tell how each entity and the application go through their lives, in order', async () => {
    bench = await EngineHarness.open({ place: { boot: 1000 } })
    const events = listen()
    await bench.deploy(application([service('web')]))
    const of = (type: string): readonly string[] =>
      events.filter((one) => one.type === type).map((one) => one.text)
    expect([...new Set(of('application'))]).toEqual(['created', 'starting', 'running'])
    expect(of('entity').at(-1)).toBe('running: running')
    expect(of('task')).toContain('deploy succeeded')
    const revisions = events.map((event) => event.revision)
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b))
  })

  it('can be had from any revision on, and are then the same', async () => {
    bench = await EngineHarness.open()
    const live = listen()
    await bench.deploy(application([service('web')]))
    await bench.after(bench.engine.stop('shop', by))
    const middle = live[Math.floor(live.length / 2)]?.revision ?? 0
    expect(listen({ since: middle })).toEqual(live.filter((event) => event.revision > middle))
    expect(listen({ since: (live[0]?.revision ?? 0) - 1 })).toEqual(live)
  })

  it('are of one application where that is asked for, and of no other tenant', async () => {
    bench = await EngineHarness.open()
    const [all, own, other, stranger] = [
      listen(),
      listen({ application: 'shop' }),
      listen({ application: 'other' }),
      listen({}, { tenant: 'elsewhere', name: 'eve' }),
    ]
    await bench.deploy(application([service('web')]))
    expect(own.length).toBeGreaterThan(0)
    expect(own).toEqual(all)
    expect(other).toEqual([])
    expect(stranger).toEqual([])
  })

  it('say when their beginning is no longer kept', async () => {
    const store = new MemoryStore({ history: 1 })
    bench = await EngineHarness.open({ engine: { store } })
    await bench.deploy(application([service('web')]))
    const told: unknown[] = []
    bench.engine.events(ann, { since: 1 }).subscribe((event) => told.push(event))
    expect(told[0]).toMatchObject({ kind: 'compacted' })
  })

  it('end with the engine', async () => {
    bench = await EngineHarness.open()
    let ended = false
    bench.engine.events(ann, {}).subscribe({ complete: () => (ended = true) })
    await bench.engine.close()
    expect(ended).toBe(true)
    await bench.restart()
  })
})

describe('tasks', () => {
  it('stand for what was asked, by whom and why, and end when that is so', async () => {
    bench = await EngineHarness.open({ place: { boot: 3000 } })
    await bench.deploy(application([role('web', 1)]))
    await bench.after(bench.engine.scale('shop', 'web', 3, { ...by, reason: 'a rush' }), 1000)
    const [scaling] = tasks('web').filter((task) => task.name === 'scale')
    expect(scaling).toMatchObject({ by: 'ann', reason: 'a rush', state: 'running', entity: 'web' })
    await bench.settle(10_000)
    expect(tasks('web').find((task) => task.name === 'scale')).toMatchObject({ state: 'succeeded' })
    const { startedAt = 0, endedAt = 0 } = tasks('web').find((task) => task.name === 'scale') ?? {}
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(3000)
  })

  it('of commands keep what was given and what was said', async () => {
    bench = await EngineHarness.open()
    const install = operation('echo fetching it\necho careful >> /var/weir/run/notes', {
      environment: { FROM: literal('there') },
    })
    await bench.deploy(application([service('web', { software: software({ install, launch: 'serve' }) })]))
    const task = tasks('web').find((one) => one.name === 'install')
    expect(task).toMatchObject({ state: 'succeeded', streams: { stdout: 'fetching it\n', exitCode: 0 } })
    expect(task?.streams?.stdin).toContain('echo fetching it')
    expect(task?.streams?.environment).toMatchObject({ FROM: 'there', WEIR_ENTITY: 'web' })
  })

  it('of commands are parts of the operation that they serve, those of a repair of none', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(
      application([service('web', { software: software({ install: 'get', launch: 'serve' }) })]),
    )
    const installs = (): readonly TaskRecord[] => tasks('web').filter(({ name }) => name === 'install')
    expect(installs().map(({ parent }) => parent)).toEqual([tasks('').at(-1)?.id])
    await bench.after(bench.engine.replace('shop', 'web', by))
    const [second] = installs()
    expect(second?.parent).toBe(tasks('web').find(({ name }) => name === 'replace')?.id)
    await bench.place().vanish(bench.token('web'))
    await bench.settle(30_000)
    const [third] = installs()
    expect([installs().length, third?.parent]).toEqual([3, undefined])
  })

  it('of a command that outlives the engine are taken up by the next one, output and all', async () => {
    bench = await EngineHarness.open()
    const install = operation('sleep 20\necho fetched')
    await bench.deploy(application([service('web', { software: software({ install, launch: 'serve' }) })]))
    const begun = bench.clock.now()
    await bench.restart()
    await bench.settle(60_000)
    expect(bench.callsOf('run').filter((label) => label === 'install')).toHaveLength(1)
    const installs = tasks('web').filter(({ name }) => name === 'install')
    expect(installs).toMatchObject([
      { state: 'succeeded', parent: tasks('').at(-1)?.id, streams: { stdout: 'fetched\n', exitCode: 0 } },
    ])
    expect(installs[0]?.streams?.stdin).toContain('echo fetched')
    expect(installs[0]?.startedAt).toBeLessThan(begun)
  })

  it('of reloads are kept, and one that fails is shown and tried again', async () => {
    const fails = { verbs: ['run'], label: 'reload', effect: 'answer', exitCode: 3, stderr: 'bad', times: 2 }
    bench = await EngineHarness.open({ place: { script: { calls: [fails] } } })
    const count = {
      kind: 'sensor',
      of: { scope: 'global', id: 'web' },
      sensor: 'members.up',
      whenReady: true,
    }
    const content = { kind: 'template', text: 'members: {{ count }}', bindings: { count } } as const
    const files = [{ path: 'peers', mode: 0o644, content: content as Expression }]
    const reload = operation('sleep 3\necho taken up', { timeout: 5000 })
    const door = service('door', { software: software({ launch: 'serve' }, { files, reload }) })
    await bench.deploy(application([role('web', 1), door]), 30_000)
    await bench.after(bench.engine.scale('shop', 'web', 2, by), 1500)
    expect(accepted(bench.engine.why(ann, 'shop', 'door'))).toMatchObject({
      trouble: { failure: { cause: 'command-failed', message: 'reload ended with exit code 3' } },
    })
    await bench.settle(60_000)
    const reloads = tasks('door').filter(({ name }) => name === 'reload')
    expect(reloads.map(({ state }) => state)).toEqual(['succeeded', 'failed', 'failed'])
    expect(reloads[0]?.streams).toMatchObject({ stdout: 'taken up\n', exitCode: 0 })
    expect(reloads[1]?.streams).toMatchObject({ stderr: 'bad', exitCode: 3 })
    expect(bench.entity('door')).toMatchObject({ state: 'running', run: 1 })
  })

  it('of commands that failed say how, and keep what was said', async () => {
    const calls = [
      {
        verbs: ['run'],
        label: 'install',
        effect: 'answer',
        exitCode: 9,
        stdout: 'half',
        stderr: 'no such host',
        times: 1,
      },
    ]
    bench = await EngineHarness.open({ place: { script: { calls } } })
    await bench.deploy(
      application([service('web', { software: software({ install: 'get', launch: 'serve' }) })]),
      20_000,
    )
    const installs = tasks('web').filter((one) => one.name === 'install')
    expect(installs.map((one) => one.state).sort()).toEqual(['failed', 'succeeded'])
    expect(installs.find((one) => one.state === 'failed')?.streams).toMatchObject({
      stdout: 'half',
      stderr: 'no such host',
      exitCode: 9,
    })
  })

  it('are found by their id, and by nobody of another tenant', async () => {
    bench = await EngineHarness.open()
    const { task } = (await bench.engine.deploy(application([service('web')]), { ...by, id: 'shop' })) as {
      task?: TaskRecord
    }
    await bench.settle(10_000)
    expect(accepted(bench.engine.task(ann, task?.id ?? ''))).toMatchObject({
      name: 'deploy',
      state: 'succeeded',
    })
    expect(bench.engine.task({ tenant: 'other', name: 'eve' }, task?.id ?? '')).toMatchObject({
      kind: 'not-found',
    })
    expect(bench.engine.task(ann, 'nothing')).toEqual({ kind: 'not-found', what: 'task nothing' })
  })

  it('are there after the engine was restarted, open ones too', async () => {
    bench = await EngineHarness.open({ place: { boot: 5000 } })
    await bench.deploy(application([service('web')]), 1000)
    await bench.restart()
    expect(tasks('').map(({ name, state }) => [name, state])).toEqual([['deploy', 'running']])
    await bench.settle(10_000)
    expect(tasks('').map(({ name, state }) => [name, state])).toEqual([['deploy', 'succeeded']])
  })
})

describe('effectors', () => {
  const backup = {
    name: 'backup',
    parameters: [{ name: 'to', type: 'string', required: true, constraints: [] }],
    command: literal('printenv to'),
    timeout: 5000,
  }

  const kindOfSelf: Expression = { kind: 'config', of: { scope: 'self' }, key: 'kind' }
  const pin: Expression = { kind: 'secret', name: 'pin', sealed: '2retnuh' }

  it('run their command on the machine, with their parameters, as a task', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('db', { effectors: [backup] })]))
    const call = { effector: 'backup', parameters: { to: 'tape' } }
    const task = accepted(await bench.engine.invoke('shop', 'db', call, by))
    await bench.settle(5000)
    expect(accepted(bench.engine.task(ann, task.id))).toMatchObject({ name: 'backup', state: 'succeeded' })
  })

  it('tell with what they can be asked, secrets by name alone', async () => {
    bench = await EngineHarness.open()
    const told = {
      ...backup,
      description: 'Copies all.',
      parameters: [
        ...backup.parameters,
        {
          name: 'kind',
          type: 'string',
          required: false,
          default: kindOfSelf,
          constraints: [{ oneOf: ['a', 'b'] }],
        },
        { name: 'pin', type: 'secret', required: false, default: pin, constraints: [] },
      ],
    }
    await bench.deploy(application([service('db', { config: { kind: literal('a') }, effectors: [told] })]))
    const listed = accepted(bench.engine.effectors(ann, 'shop', 'db'))
    expect(listed.filter(({ name }) => name === 'backup')).toEqual([
      {
        name: 'backup',
        description: 'Copies all.',
        parameters: [
          { name: 'to', type: 'string', description: '', required: true, constraints: [] },
          {
            name: 'kind',
            type: 'string',
            description: '',
            required: false,
            default: 'a',
            constraints: [{ oneOf: ['a', 'b'] }],
          },
          {
            name: 'pin',
            type: 'secret',
            description: '',
            required: false,
            default: '<secret pin>',
            constraints: [],
          },
        ],
      },
    ])
    expect(bench.engine.effectors(ann, 'shop', 'nobody').kind).toBe('not-found')
  })

  it('are refused where there are none of that name', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('db')]))
    const answer = await bench.engine.invoke('shop', 'db', { effector: 'backup', parameters: {} }, by)
    expect(answer.kind).not.toBe('accepted')
  })

  it('and commands by hand are answered with what they print', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('db')]))
    const ran = await bench.engine.exec('shop', 'db', ['echo', 'hello'], { ...by, timeout: 1000 })
    expect(accepted(ran)).toMatchObject({ stdout: 'hello\n', exitCode: 0 })
    expect(await bench.engine.exec('shop', 'nobody', ['true'], { ...by, timeout: 1000 })).not.toMatchObject({
      kind: 'accepted',
    })
  })
})

describe('versions', () => {
  const shop = (count: number) => application([role('web', count)])

  it('are kept with what they were submitted as', async () => {
    bench = await EngineHarness.open()
    await bench.engine.deploy(shop(1), { ...by, id: 'shop', source: 'first text' })
    await bench.after(
      bench.engine.update('shop', shop(2), { ...by, source: 'second text', note: 'more of it' }),
    )
    const second = accepted(await bench.engine.version(ann, 'shop', 2))
    expect(second).toMatchObject({
      source: 'second text',
      view: { note: 'more of it', createdBy: 'ann', current: true },
    })
    expect(accepted(await bench.engine.version(ann, 'shop', 1))).toMatchObject({
      source: 'first text',
      spec: shop(1),
    })
    expect(await bench.engine.version(ann, 'shop', 3)).toEqual({ kind: 'not-found', what: 'version 3' })
  })

  it('stay the same after the engine was restarted', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop(1))
    await bench.after(bench.engine.update('shop', shop(2), by))
    const before = accepted(await bench.engine.versions(ann, 'shop'))
    await bench.restart()
    expect(accepted(await bench.engine.versions(ann, 'shop'))).toEqual(before)
    expect(accepted(await bench.engine.version(ann, 'shop', 1)).spec).toEqual(shop(1))
  })

  it('can only be applied by a plan that is still what would be done', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop(1))
    const plan = accepted(await bench.engine.plan(shop(3), { ...by, application: 'shop' }))
    expect(plan).toMatchObject({ summary: { create: 2 }, baseVersion: 1, baseGeneration: 1 })
    await bench.after(bench.engine.scale('shop', 'web', 2, { ...by, reason: 'a rush' }))
    const late = await bench.engine.update('shop', shop(3), { ...by, planDigest: plan.digest })
    expect(late).toMatchObject({ kind: 'conflict', reason: expect.stringContaining('stale') as string })
    expect(JSON.stringify(late)).toContain('a rush')
    const anew = accepted(await bench.engine.plan(shop(3), { ...by, application: 'shop' }))
    await bench.after(bench.engine.update('shop', shop(3), { ...by, planDigest: anew.digest }))
    expect(bench.shop.version).toBe(2)
  })

  it('plan what capacity lacks before anything is made', async () => {
    bench = await EngineHarness.open({ place: { zones: { a: { machines: 5 } } } })
    const plan = accepted(await bench.engine.plan(shop(10), by))
    expect(plan.capacity).toMatchObject([{ location: 'sim', asked: 10, fits: 5, enough: false }])
    expect(plan.capacity[0]?.detail).toContain('5 of 10')
    expect(await bench.inventory()).toEqual([])
  })
})

describe('why', () => {
  it('follows what is waited for from one to the next', async () => {
    const calls = [{ verbs: ['ensure'], name: '*-db-*', effect: 'refuse', cause: 'capacity' }]
    bench = await EngineHarness.open({ place: { script: { calls } } })
    const web = service('web', { relations: [startsAfter('db')] })
    await bench.deploy(
      application([web, service('db'), service('door', { relations: [startsAfter('web')] })]),
    )
    const waits = (path: string): readonly string[] => accepted(bench.engine.why(ann, 'shop', path)).waits
    expect(waits('door')).toEqual(['web is not up'])
    expect(waits('web')).toEqual(['db is not up'])
    expect(waits('db').join()).toContain('capacity, by script')
    expect(waits('')).toEqual(expect.arrayContaining(['web: db is not up', 'door: web is not up']))
  })

  it('says what is under way, and what comes of a change', async () => {
    bench = await EngineHarness.open({ place: { boot: 5000 } })
    await bench.deploy(application([service('web')]), 1000)
    expect(accepted(bench.engine.why(ann, 'shop', 'web'))).toMatchObject({
      state: 'starting',
      next: expect.arrayContaining([expect.stringContaining('under way: ensure')]) as string[],
    })
  })

  it('says of a role how many there are and how many are wanted', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 2)]))
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).next).toEqual([])
    expect(bench.engine.why(ann, 'shop', 'nobody')).toEqual({ kind: 'not-found', what: 'entity nobody' })
  })

  it('names the sensor of whom that a command waits for', async () => {
    bench = await EngineHarness.open()
    const environment = { TOKEN: sensorOf('db', 'token') }
    const web = service('web', { software: software({ launch: 'serve' }, { environment }) })
    await bench.deploy(application([web, service('db')]))
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits).toEqual([
      'db: sensor token has not been set',
    ])
  })
})

describe('a store from before', () => {
  async function rewrite(prefix: string, older: (record: JsonObject) => JsonObject): Promise<void> {
    const { entries } = await bench.store.load(prefix)
    expect(entries).not.toEqual([])
    for (const { key, value } of entries)
      await bench.store.commit({ changes: [{ kind: 'put', key, value: older(value) }] })
  }

  function byToken({ resources, ...rest }: JsonObject): JsonObject {
    const all = (resources as readonly JsonObject[]).map((one) => [one['token'] as string, one] as const)
    return { ...rest, resources: Object.fromEntries(all) }
  }

  function withoutShape({ shape, ...rest }: JsonObject): JsonObject {
    const { kind: resource, ...more } = shape as JsonObject
    return { ...rest, resource: resource ?? null, ...more }
  }

  it('is read in its first form, looked after and removed', async () => {
    bench = await EngineHarness.open()
    const web = service('web', { volumes: [{ name: 'data', path: '/data', size: 1 << 20 }] })
    await bench.deploy(application([web], { networks: [{ name: 'front', cidr: '10.9.0.0/24' }] }))
    const made = await bench.inventory()
    await rewrite('seen/', byToken)
    await rewrite('holding/', withoutShape)
    await bench.restart()
    await bench.settle(60_000)
    expect(bench.tree).toEqual({ web: 'running' })
    expect(await bench.inventory()).toEqual(made)
    await bench.place().vanish(bench.token('web'))
    await bench.settle(60_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })
})
