import { expect, it } from 'vitest'
import type { JsonObject, ResourceRef, ResourceWant, RunRequest } from '../../../engine/index.js'
import { machineShape, openSimulation, type Simulation } from './simulated-harness.js'

const options = { signal: new AbortController().signal }

it('does to the nth call what its rule says, and to no other', async () => {
  const { location } = openScript([{ verbs: ['ensure'], name: 'web-*', nth: 2, effect: 'lost-before' }])
  const answers = await location.ensure([want('db-1'), want('web-1'), want('web-2'), want('web-3')], options)
  expect(answers.map((answer) => answer.kind)).toEqual(['created', 'created', 'unknown', 'created'])
})

it.each([
  ['times', { times: 2 }, ['refused', 'refused', 'created', 'created']],
  ['from', { from: 3 }, ['created', 'created', 'refused', 'refused']],
  ['token', { token: 't-web-2' }, ['created', 'refused', 'created', 'created']],
  ['probability', { probability: 0 }, ['created', 'created', 'created', 'created']],
])('limits a rule by %s', async (_what, limit, kinds) => {
  const { location } = openScript([{ verbs: ['ensure'], effect: 'refuse', cause: 'quota', ...limit }])
  const answers = await location.ensure([want('web-1'), want('web-2'), want('web-3'), want('web-4')], options)
  expect(answers.map((answer) => answer.kind)).toEqual(kinds)
})

it('tells when a throttled call may come again', async () => {
  const { location } = openScript([{ verbs: ['destroy'], effect: 'refuse', cause: 'throttled', delay: 2500 }])
  expect(await location.destroy([refOf(want('web-1'))], options)).toMatchObject([
    { kind: 'refused', failure: { cause: 'throttled', retry: 'after', retryAfter: 2500 } },
  ])
})

it('delivers a call again after newer ones, and the far end refuses it', async () => {
  const { location, clock } = openScript([{ verbs: ['ensure'], effect: 'duplicate', delay: 1000 }])
  const wish = want('web-1')
  await location.ensure([wish], options)
  await location.destroy([refOf(wish, 2)], options)
  await clock.settle(2000)
  const [entry] = await location.handle.inventory()
  expect(entry).toMatchObject({ state: 'absent', creates: 1, deletes: 1 })
})

it('knows nothing of a resource whose look was lost, which is not absent', async () => {
  const { location } = openScript([{ verbs: ['observe'], name: 'web-1', times: 1, effect: 'lost-before' }])
  await location.ensure([want('web-1'), want('web-2')], options)
  const refs = [refOf(want('web-1')), refOf(want('web-2'))]
  expect((await location.observe(refs, options)).map((state) => state?.state)).toEqual([undefined, 'running'])
  expect((await location.observe(refs, options)).map((state) => state?.state)).toEqual(['running', 'running'])
})

it('ends a task as the script says, by its label', async () => {
  const rule = {
    verbs: ['run'],
    label: 'install',
    effect: 'answer',
    delay: 700,
    exitCode: 4,
    stderr: 'no disk\n',
  }
  const { location, clock } = openScript([rule])
  const machine = await made(location, 'web-1')
  await location.run(machine, request('r1', { label: 'install' }), options)
  await location.run(machine, request('r2', { label: 'customize' }), options)
  await clock.settle(699)
  expect(await runsOf(location, machine)).toEqual(['running undefined', 'exited 0'])
  await clock.settle(1)
  expect(await runsOf(location, machine)).toEqual(['exited 4', 'exited 0'])
  expect(await location.output(machine, 'r1', { ...options, limit: 100 })).toMatchObject({
    stderr: 'no disk\n',
  })
})

it('answers commands as the script says', async () => {
  const { location } = openScript([
    { verbs: ['exec'], command: 'curl *', effect: 'answer', stdout: '{"ready":true}', exitCode: 0 },
    { verbs: ['exec'], command: 'pg_isready', effect: 'answer', exitCode: 2 },
  ])
  const machine = await made(location, 'web-1')
  const limits = { ...options, timeout: 1000, limit: 100 }
  expect(await location.exec(machine, ['curl', '-s', 'localhost'], limits)).toMatchObject({
    stdout: '{"ready":true}',
  })
  expect((await location.exec(machine, ['pg_isready'], limits)).exitCode).toBe(2)
})

it('gives a measure the value that the script says, and leaves out one that is lost', async () => {
  const { location } = openScript([
    { verbs: ['metrics'], name: 'web-1', effect: 'answer', value: -1 },
    { verbs: ['metrics'], name: 'web-2', effect: 'lost-after' },
  ])
  const machines = [
    await made(location, 'web-1'),
    await made(location, 'web-2'),
    await made(location, 'web-3'),
  ]
  const cpu = (await location.metrics(machines, options)).filter(({ metric }) => metric === 'cpu')
  expect(cpu.map(({ token, value }) => [token, value])).toEqual([
    ['t-web-1', -1],
    ['t-web-3', 0],
  ])
})

it.each([
  ['stop', 'stopped'],
  ['fail', 'failed'],
  ['vanish', 'absent'],
] as const)('lets %s happen at its time', async (what, state) => {
  const { location, clock } = openSimulation({ script: { events: [{ at: 5000, what, name: 'web-1' }] } })
  const machines = [await made(location, 'web-1'), await made(location, 'web-2')]
  await clock.settle(4999)
  expect(await statesOf(location, machines)).toEqual(['running', 'running'])
  await clock.settle(1)
  expect(await statesOf(location, machines)).toEqual([state, 'running'])
})

it('crashes services and leaves tasks and the machine', async () => {
  const { location, clock } = openSimulation({
    script: { events: [{ at: 100, what: 'crash', role: 'web', exitCode: 139 }] },
  })
  const machine = await made(location, 'web-1')
  await location.run(machine, request('s', { mode: 'service', script: 'serve' }), options)
  await location.run(machine, request('t', { script: 'sleep 10' }), options)
  await clock.settle(100)
  expect(await runsOf(location, machine)).toEqual(['exited 139', 'running undefined'])
  expect(await statesOf(location, [machine])).toEqual(['running'])
})

it('brings back, with its services, what was only cut off', async () => {
  const { location, clock } = openSimulation()
  const machine = await made(location, 'web-1')
  await location.run(machine, request('s', { mode: 'service', script: 'serve' }), options)
  await location.handle.vanish(machine.token, 3000)
  expect(await statesOf(location, [machine])).toEqual(['absent'])
  expect(await location.listOwned('e', options)).toEqual([])
  expect(await location.destroy([machine], options)).toEqual([{ kind: 'done' }])
  await clock.settle(3000)
  expect(await statesOf(location, [machine])).toEqual(['running'])
  expect(await runsOf(location, machine)).toEqual(['running undefined'])
  await location.destroy([machine], options)
  expect(await statesOf(location, [machine])).toEqual(['absent'])
})

it('answers nothing while the place is out, and says so', async () => {
  const { location, clock } = openSimulation({ script: { events: [{ at: 0, what: 'outage', for: 1000 }] } })
  const machine = await made(location, 'web-1')
  await clock.settle(10)
  expect(await location.ensure([want('web-2')], options)).toMatchObject([
    { kind: 'unknown', failure: { cause: 'unreachable' } },
  ])
  expect(await location.observe([machine], options)).toEqual([undefined])
  await expect(location.listOwned('e', options)).rejects.toMatchObject({ record: { cause: 'unreachable' } })
  expect(await location.capacity([machineShape()], options)).toEqual({
    reason: 'the place cannot be reached',
  })
  expect(await location.test(options)).toMatchObject([{ ok: false }])
  await clock.settle(1000)
  expect(await statesOf(location, [machine])).toEqual(['running'])
})

it('repeats what happens, and draws whom it befalls by lot', async () => {
  const event = { at: 100, every: 100, times: 3, what: 'stop', name: 'web-*', count: 1 }
  const { location, clock } = openSimulation({ script: { events: [event] }, seed: 3 })
  const machines = await Promise.all(['1', '2', '3', '4', '5', '6'].map((n) => made(location, `web-${n}`)))
  await clock.settle(1000)
  const stopped = (await statesOf(location, machines)).filter((state) => state === 'stopped')
  expect(stopped.length).toBeGreaterThanOrEqual(1)
  expect(stopped.length).toBeLessThanOrEqual(3)
})

it('loses hints for a while and then says look at everything', async () => {
  const { location, clock } = openSimulation({ hints: true })
  const hints: (string | undefined)[] = []
  const watch = location.watch().subscribe(({ token }) => hints.push(token))
  await made(location, 'web-1')
  await location.handle.loseHints(1000)
  await made(location, 'web-2')
  await clock.settle(2000)
  await made(location, 'web-3')
  await clock.settle()
  watch.unsubscribe()
  expect(hints).toEqual(['t-web-1', undefined, 't-web-3'])
})

it('hints when something happens by itself at the far end', async () => {
  const { location, clock } = openSimulation({ hints: true })
  const machine = await made(location, 'web-1')
  const hints: number[] = []
  const watch = location.watch().subscribe(() => hints.push(clock.now()))
  const begun = clock.now()
  await location.run(machine, request('t', { script: 'sleep 3' }), options)
  await clock.settle(10_000)
  watch.unsubscribe()
  expect(hints.map((at) => at - begun)).toEqual([0, 3000])
})

it('keeps the effect of a call on which we gave up', async () => {
  const { location, clock } = openSimulation({ delays: { ensure: 500 } })
  const aborter = new AbortController()
  const call = location.ensure([want('web-1')], { signal: aborter.signal })
  aborter.abort()
  expect(await call).toMatchObject([{ kind: 'unknown', failure: { cause: 'timeout' } }])
  expect(await statesOf(location, [refOf(want('web-1'))])).toEqual(['absent'])
  await clock.settle(500)
  expect(await statesOf(location, [refOf(want('web-1'))])).toEqual(['running'])
})

function openScript(calls: readonly JsonObject[]): Simulation {
  return openSimulation({ script: { calls } })
}

function want(name: string, generation = 1): ResourceWant {
  const marks = { engine: 'e', application: 'a', entity: name, incarnation: 1, digest: 'd' }
  return { token: `t-${name}`, name, marks, generation, shape: machineShape() }
}

function refOf(wish: ResourceWant, generation = wish.generation): ResourceRef {
  return { token: wish.token, kind: 'machine', name: wish.name, generation }
}

async function made(location: Simulation['location'], name: string): Promise<ResourceRef> {
  await location.ensure([want(name)], options)
  return refOf(want(name))
}

function request(token: string, overrides: Partial<RunRequest> = {}): RunRequest {
  const plain = {
    digest: 'd',
    mode: 'task',
    generation: 1,
    label: 'check',
    script: 'make all',
    timeout: 0,
  } as const
  return { token, ...plain, environment: {}, files: [], ...overrides }
}

async function statesOf(
  location: Simulation['location'],
  refs: readonly ResourceRef[],
): Promise<readonly unknown[]> {
  return (await location.observe(refs, options)).map((state) => state?.state)
}

async function runsOf(location: Simulation['location'], ref: ResourceRef): Promise<readonly string[]> {
  const [state] = await location.observe([ref], options)
  return (state?.runs ?? []).map((run) => `${run.state} ${run.exitCode}`)
}
