import { expect, it } from 'vitest'
import type { CommandAnswer, ResourceRef, ResourceWant } from '../../../engine/index.js'
import { machineShape, openSimulation, type Simulation } from './simulated-harness.js'

const options = { signal: new AbortController().signal }
const MINUTE = 60_000

function want(name: string, zone?: string): ResourceWant {
  const marks = { engine: 'e1', application: 'shop', entity: `web/${name}`, incarnation: 1, digest: 'd' }
  const shape = machineShape(zone === undefined ? {} : { zone })
  return { token: `t-${name}`, name, marks, generation: 1, shape }
}

function ref(name: string, generation = 1): ResourceRef {
  return { token: `t-${name}`, kind: 'machine', name, generation }
}

async function open(config = {}, zones: readonly string[] = []): Promise<Simulation> {
  const simulation = openSimulation(config)
  const wants = ['web-1', 'web-2'].map((name, at) => want(name, zones[at]))
  await simulation.location.ensure(wants, options)
  return simulation
}

async function states({ location }: Simulation): Promise<readonly (string | undefined)[]> {
  return (await location.observe([ref('web-1'), ref('web-2')], options)).map((state) => state?.state)
}

it('knows nothing of a machine whose host is lost, which goes on there', async () => {
  const simulation = await open()
  const { location, clock } = simulation
  await location.handle.loseHost('t-web-1', MINUTE)
  expect(await states(simulation)).toEqual([undefined, 'running'])
  const inventory = await location.handle.inventory()
  expect(inventory.map(({ name, state }) => [name, state])).toContainEqual(['web-1', 'running'])
  expect(await location.listOwned('e1', options)).toHaveLength(1)
  await clock.settle(MINUTE)
  expect(await states(simulation)).toEqual(['running', 'running'])
  expect(await location.observe([ref('web-1')], options)).toMatchObject([{ instance: 'i-1-1' }])
})

it.each<[string, (simulation: Simulation) => Promise<readonly CommandAnswer[]>]>([
  ['start', ({ location }) => location.start([ref('web-1', 2)], options)],
  ['stop', ({ location }) => location.stop([ref('web-1', 2)], { ...options, grace: 0 })],
  ['destroy', ({ location }) => location.destroy([ref('web-1', 2)], options)],
  ['endRun', async ({ location }) => [await location.endRun(ref('web-1', 2), 'r', { ...options, grace: 0 })]],
  ['copy', async ({ location }) => [await location.copy(ref('web-1', 2), [], options)]],
])('does not know what became of %s on a lost host, and nothing did', async (_verb, command) => {
  const simulation = await open()
  await simulation.location.handle.loseHost('t-web-1', MINUTE)
  expect(await command(simulation)).toMatchObject([{ kind: 'unknown', failure: { cause: 'unreachable' } }])
  await simulation.clock.settle(MINUTE)
  expect(await states(simulation)).toEqual(['running', 'running'])
})

it('throws what it cannot ask of a lost host', async () => {
  const { location } = await open()
  await location.handle.loseHost('t-web-1')
  const unreachable = { record: { cause: 'unreachable' } }
  await expect(location.logs(ref('web-1'), { ...options, lines: 5 })).rejects.toMatchObject(unreachable)
  await expect(
    location.exec(ref('web-1'), ['true'], { ...options, timeout: 1000, limit: 100 }),
  ).rejects.toMatchObject(unreachable)
  await expect(location.output(ref('web-1'), 'r1', { ...options, limit: 100 })).rejects.toMatchObject(
    unreachable,
  )
})

it('fences a machine on a lost host, which is off when that is back', async () => {
  const simulation = await open()
  const { location, clock } = simulation
  await location.handle.loseHost('t-web-1', MINUTE)
  expect(await location.fence([ref('web-1', 2)], options)).toEqual([{ kind: 'done' }])
  expect(await location.fence([ref('web-1', 1)], options)).toMatchObject([{ kind: 'refused' }])
  expect(await states(simulation)).toEqual([undefined, 'running'])
  await clock.settle(MINUTE)
  expect(await states(simulation)).toEqual(['stopped', 'running'])
})

it('has fenced what is not there', async () => {
  const { location } = await open()
  expect(await location.fence([ref('nobody')], options)).toEqual([{ kind: 'done' }])
})

it('removes where it is told that it cannot fence', async () => {
  const simulation = await open({ fences: false })
  expect(simulation.location.capabilities.fences).toBe(false)
  expect(await simulation.location.fence([ref('web-1', 2)], options)).toEqual([{ kind: 'done' }])
  expect(await states(simulation)).toEqual(['absent', 'running'])
})

it('takes no machines in a zone whose hosts are lost, for so long', async () => {
  const simulation = await open({ zones: { a: {}, b: {} } }, ['a', 'b'])
  const { location, clock } = simulation
  expect(await location.handle.loseHosts('a', MINUTE)).toEqual(['t-web-1'])
  expect(await states(simulation)).toEqual([undefined, 'running'])
  const [inA, anywhere] = await location.ensure([want('web-3', 'a'), want('web-4')], options)
  expect(inA).toMatchObject({ kind: 'refused', failure: { cause: 'capacity' } })
  expect(anywhere).toMatchObject({ kind: 'created', resource: { zone: 'b' } })
  await clock.settle(MINUTE)
  expect(await location.ensure([want('web-3', 'a')], options)).toMatchObject([{ kind: 'created' }])
})

it('loses and finds hosts by script, with a hint when they are back', async () => {
  const events = [{ at: 1000, what: 'unreachable', name: 'web-1', for: 5000 }]
  const simulation = await open({ hints: true, script: { events } })
  const { location, clock } = simulation
  const hinted: [number, string | undefined][] = []
  const begun = clock.now()
  location.watch().subscribe(({ token }) => hinted.push([clock.now() - begun, token]))
  await clock.settle(2000)
  expect(await states(simulation)).toEqual([undefined, 'running'])
  await clock.settle(5000)
  expect(await states(simulation)).toEqual(['running', 'running'])
  expect(hinted).toEqual([[6000, 't-web-1']])
})
