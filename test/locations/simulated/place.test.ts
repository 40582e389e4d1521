import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  loadAt,
  simulatedConfig,
  simulatedLocations,
  type LoadModel,
} from '../../../locations/simulated/index.js'
import { shareOf } from '../../../locations/simulated/load-model.js'
import { playScript, type ShellContext } from '../../../locations/simulated/shell.js'
import { Timeline } from '../../../locations/simulated/timeline.js'
import type { JsonObject, MachineShape, ResourceRef } from '../../../engine/index.js'
import { SeededRandom } from '../../support/seeded-random.js'
import { VirtualClock } from '../../support/virtual-clock.js'
import { machineShape, openSimulation, type Simulation } from './simulated-harness.js'

const options = { signal: new AbortController().signal }

it.each<[string, LoadModel, readonly (readonly [number, number])[]]>([
  [
    'constant',
    { kind: 'constant', value: 5 },
    [
      [0, 5],
      [1e9, 5],
    ],
  ],
  [
    'ramp',
    { kind: 'ramp', from: 10, to: 20, over: 100, after: 50 },
    [
      [0, 10],
      [50, 10],
      [100, 15],
      [150, 20],
      [900, 20],
    ],
  ],
  [
    'diurnal',
    { kind: 'diurnal', mean: 10, amplitude: 4, period: 100 },
    [
      [0, 6],
      [25, 10],
      [50, 14],
      [100, 6],
    ],
  ],
  ['diurnal below 0', { kind: 'diurnal', mean: 1, amplitude: 4, period: 100 }, [[0, 0]]],
  [
    'spikes',
    { kind: 'spikes', base: 1, height: 9, every: 100, width: 10 },
    [
      [0, 9],
      [9, 9],
      [10, 1],
      [99, 1],
      [105, 9],
    ],
  ],
  [
    'sum',
    {
      kind: 'sum',
      of: [
        { kind: 'constant', value: 1 },
        { kind: 'constant', value: 2 },
      ],
    },
    [[7, 3]],
  ],
])('follows a %s load', (_name, model, points) => {
  for (const [elapsed, value] of points) expect(loadAt(model, elapsed)).toBeCloseTo(value, 9)
})

it('keeps no machine busier than its cores', () => {
  const load = { requests: { kind: 'constant', value: 1000 }, cost: 0.01 } as const
  expect(shareOf(load, 0, { members: 5, cores: 4 })).toEqual({ requests: 200, cpu: 2 })
  expect(shareOf(load, 0, { members: 1, cores: 4 })).toEqual({ requests: 1000, cpu: 4 })
})

it('shares the load of a role among those of its machines that are on', async () => {
  const loads = { web: { requests: { kind: 'constant', value: 90 }, cost: 0.01 } }
  const { location } = openSimulation({ loads })
  const machines = await Promise.all(['1', '2', '3'].map((n) => made(location, `web-${n}`, { cores: 2 })))
  const other = await made(location, 'db-1', { aliases: ['db-1', 'db'] })
  expect(await measured(location, [...machines, other], 'requests')).toEqual([30, 30, 30, 0])
  await location.handle.kill('t-web-1')
  expect(await measured(location, machines, 'requests')).toEqual([45, 45])
  expect(await measured(location, machines, 'cpu')).toEqual([0.45, 0.45])
  await location.handle.setLoad('web', { requests: { kind: 'ramp', from: 0, to: 10, over: 10 } })
  expect(await measured(location, machines, 'requests')).toEqual([0, 0])
})

it('places machines where there is room, and refuses what fits nowhere', async () => {
  const zones = { a: { machines: 2 }, b: { machines: 1, cores: 2 } }
  const { location } = openSimulation({ zones })
  const shapes = Array.from({ length: 4 }, () => machineShape({ cores: 2 }))
  expect(await location.capacity(shapes, options)).toMatchObject({ fits: 3 })
  const answers = await location.ensure(
    shapes.map((shape, n) => wish(`web-${n}`, shape)),
    options,
  )
  expect(answers.map((answer) => ('resource' in answer ? answer.resource.zone : answer.kind))).toEqual([
    'a',
    'b',
    'a',
    'refused',
  ])
  expect(answers[3]).toMatchObject({ failure: { cause: 'capacity' } })
  await location.destroy([refOf('web-1')], options)
  expect(await location.capacity(shapes, options)).toMatchObject({ fits: 1 })
  expect(
    await location.ensure([wish('web-3', machineShape({ cores: 2, zone: 'b' }))], options),
  ).toMatchObject([{ kind: 'created' }])
  expect(await location.ensure([wish('web-4', machineShape({ zone: 'c' }))], options)).toMatchObject([
    { kind: 'refused', failure: { cause: 'invalid', retry: 'never' } },
  ])
})

it('attaches a volume to one machine at a time', async () => {
  const { location } = openSimulation()
  const { marks } = wish('v')
  await location.ensure(
    [{ token: 'v1', name: 'v1', marks, generation: 1, shape: { kind: 'volume' } }],
    options,
  )
  const shape = machineShape({ volumes: [{ token: 'v1', brought: false, path: '/data' }] })
  await location.ensure([wish('web-1', shape)], options)
  expect(await location.ensure([wish('web-2', shape)], options)).toMatchObject([{ kind: 'not-ready' }])
  expect(
    await location.destroy([{ token: 'v1', kind: 'volume', name: 'v1', generation: 1 }], options),
  ).toMatchObject([{ kind: 'not-ready' }])
  await location.destroy([refOf('web-1')], options)
  expect(await location.ensure([wish('web-2', shape)], options)).toMatchObject([{ kind: 'created' }])
})

it('takes time to boot, and tells what it measures by a clock of its own', async () => {
  const { location, clock } = openSimulation({ boot: { min: 100, max: 200 }, skew: 5000 })
  const [answer] = await location.ensure([wish('web-1')], options)
  expect(answer).toEqual({ kind: 'pending' })
  expect((await location.observe([refOf('web-1')], options))[0]?.state).toBe('creating')
  await clock.settle(200)
  const run = {
    token: 'r',
    digest: 'd',
    mode: 'task',
    generation: 1,
    label: 'x',
    script: '',
    timeout: 0,
  } as const
  await location.run(refOf('web-1'), { ...run, environment: {}, files: [] }, options)
  const [state] = await location.observe([refOf('web-1')], options)
  expect(state).toMatchObject({ state: 'running', runs: [{ startedAt: clock.now() + 5000 }] })
})

it('keeps a place in memory when it is opened again', async () => {
  const factory = simulatedLocations({ clock: new VirtualClock(), random: new SeededRandom() })
  const record = { kind: 'location', tenant: 'a', name: 'sim', driver: 'simulated', config: {} } as const
  const first = factory.open(record)
  await first.ensure([wish('web-1')], options)
  await first.close()
  expect(await factory.open({ ...record, config: { bulk: 5 } }).listOwned('e', options)).toHaveLength(1)
  expect(await factory.open({ ...record, tenant: 'b' }).listOwned('e', options)).toEqual([])
})

it('names every fault of a configuration at once', () => {
  const config: JsonObject = {
    bulk: 0,
    sed: 1,
    ledger: { socket: '/s', port: 4 },
    delays: { ensure: { min: 5, max: 1 }, fly: 3 },
    loads: { web: { requests: { kind: 'wave' } } },
    script: { calls: [{ effect: 'lost' }, { verbs: ['run'] }], events: [{ at: 1, what: 'stop', zone: 3 }] },
  }
  const read = (): unknown => simulatedConfig(config)
  for (const fault of [
    'bulk: expected a whole number, more than 0, found 0',
    'sed: not known',
    'ledger: expected memory, {socket} or {port}',
    'delays.ensure: min 5 is more than max 1',
    'delays.fly: not known',
    'loads.web.requests: expected kind to be one of constant, ramp, diurnal, spikes, sum',
    'script.calls[0].effect: expected one of',
    'script.calls[1].effect: missing',
    'script.events[0].zone: expected text',
  ]) {
    expect(read).toThrow(fault)
  }
})

it('has a default for everything', () => {
  expect(simulatedConfig({})).toMatchObject({ ledger: 'memory', bulk: 500, concurrency: 64, hints: false })
})

it.each([
  ['echo one; echo "two  three" && exit 4', 'one\ntwo  three\n', 4, 0],
  ['echo \'it\'\'s\' "a \\"b\\" \\$HOME" c\\ d # not this', 'its a "b" $HOME c d\n', 0, 0],
  ['echo a > note\necho b >> note\ncat note', 'a\nb\n', 0, 0],
  ['cd /srv\nnpm ci\nsleep 2m\nexec sleep .5', '', 0, 120_500],
  ['false\necho never', '', 1, 0],
  ['printenv NAME\nprintenv NONE\necho never', 'x y\n', 1, 0],
  ['cat none', '', 1, 0],
  ['sleep long', '', 1, 0],
  ['', '', 0, 0],
])('plays %j', (script, stdout, exitCode, takes) => {
  const outcome = playScript(script, shellContext({ NAME: 'x y' }))
  const printed = outcome.prints.filter((print) => print.stream === 'stdout').map((print) => print.text)
  expect({ stdout: printed.join(''), exitCode: outcome.exitCode, takes: outcome.takes }).toEqual({
    stdout,
    exitCode,
    takes,
  })
})

it('takes any script apart', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (script) => {
      expect(playScript(script, shellContext({})).takes).toBeGreaterThanOrEqual(0)
    }),
  )
})

it('echoes any quoted text as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const quoted = `'${text.replaceAll("'", "'\\''")}'`
      const { prints } = playScript(`echo ${quoted}`, shellContext({}))
      expect(prints.map((print) => print.text)).toEqual([`${text}\n`])
    }),
  )
})

it('takes what is due in order of time, and of equal times in order of asking', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const timeline = new Timeline<number>()
      times.forEach((at, place) => {
        timeline.add(at, place)
      })
      const taken: number[] = []
      for (let due = timeline.take(20); due !== undefined; due = timeline.take(20)) taken.push(due.what)
      const expected = times
        .map((at, place) => ({ at, place }))
        .sort((a, b) => a.at - b.at || a.place - b.place)
      expect(taken).toEqual(expected.map(({ place }) => place))
    }),
  )
})

it('does the same again from the same seed, and something else from another', async () => {
  const first = await transcript(11)
  expect(await transcript(11)).toEqual(first)
  expect(await transcript(12)).not.toEqual(first)
})

it('holds 100,000 machines at the same cost for each', { timeout: 60_000 }, async () => {
  const small = await lifeOf(10_000)
  const large = await lifeOf(100_000)
  expect(large.left).toBe(0)
  expect(large.running).toBe(100_000)
  expect(large.ms / small.ms).toBeLessThan(40)
})

/** Everything that a small life with faults, delays and chance says, in order. */
async function transcript(seed: number): Promise<readonly string[]> {
  const { location, clock } = openSimulation({
    seed,
    hints: true,
    delays: { ensure: { min: 1, max: 90 }, destroy: { min: 1, max: 90 } },
    boot: { min: 10, max: 500 },
    script: {
      calls: [
        { verbs: ['ensure'], probability: 0.3, effect: 'lost-after' },
        { verbs: ['ensure', 'destroy'], probability: 0.2, effect: 'not-ready', delay: 10 },
      ],
      events: [{ at: 50, every: 50, what: 'stop', name: '*', count: 1, probability: 0.7 }],
    },
  })
  const lines: string[] = []
  const say = (what: string, value: unknown): void => {
    lines.push(`${clock.now()} ${what} ${JSON.stringify(value)}`)
  }
  const watch = location.watch().subscribe((hint) => say('hint', hint))
  const refs = Array.from({ length: 12 }, (_, n) => refOf(`web-${n}`))
  for (let round = 0; round < 5; round += 1) {
    for (const ref of refs)
      void location.ensure([wish(ref.name)], options).then((answer) => say(ref.name, answer))
    await clock.settle(200)
    say('seen', await location.observe(refs, options))
    void location.destroy(refs.slice(0, round), options).then((answer) => say('destroyed', answer))
    await clock.settle(200)
  }
  watch.unsubscribe()
  return lines
}

async function lifeOf(
  count: number,
): Promise<{ readonly ms: number; readonly running: number; readonly left: number }> {
  const { location } = openSimulation()
  const names = Array.from({ length: count }, (_, n) => `web-${n}`)
  const begun = performance.now()
  let running = 0
  for (let at = 0; at < count; at += 500) {
    const some = names.slice(at, at + 500)
    await location.ensure(
      some.map((name) => wish(name)),
      options,
    )
    const states = await location.observe(some.map(refOf), options)
    running += states.filter((state) => state?.state === 'running').length
  }
  for (let at = 0; at < count; at += 500)
    await location.destroy(names.slice(at, at + 500).map(refOf), options)
  const ms = performance.now() - begun
  return { ms, running, left: (await location.listOwned('e', options)).length }
}

function shellContext(environment: { readonly [name: string]: string }): ShellContext {
  const files = new Map<string, string>()
  return {
    environment,
    stdin: '',
    read: (path) => (files.has(path) ? { content: files.get(path) ?? '', mode: 0o644 } : undefined),
    write: (path, content, append) =>
      files.set(path, append ? `${files.get(path) ?? ''}${content}` : content),
  }
}

function wish(name: string, shape: MachineShape = machineShape()) {
  const marks = { engine: 'e', application: 'a', entity: name, incarnation: 1, digest: 'd' }
  return { token: `t-${name}`, name, marks, generation: 1, shape }
}

function refOf(name: string): ResourceRef {
  return { token: `t-${name}`, kind: 'machine', name, generation: 1 }
}

async function made(
  location: Simulation['location'],
  name: string,
  shape: Partial<MachineShape>,
): Promise<ResourceRef> {
  await location.ensure([wish(name, machineShape(shape))], options)
  return refOf(name)
}

async function measured(
  location: Simulation['location'],
  refs: readonly ResourceRef[],
  metric: string,
): Promise<readonly number[]> {
  return (await location.metrics(refs, options))
    .filter((one) => one.metric === metric)
    .map((one) => one.value)
}
