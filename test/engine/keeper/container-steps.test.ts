import { describe, expect, it } from 'vitest'
import {
  literal,
  type ContainerAction,
  type Json,
  type SealedSecret,
  type StepSpec,
} from '../../../engine/index.js'
import { MinimalLocation } from '../../contract/minimal-location.js'
import {
  EngineHarness,
  TEST_SEAL,
  accepted,
  ann,
  by,
  placeRecord,
  type HarnessOptions,
} from '../../support/engine-harness.js'
import { application, entity, service } from '../../support/specs.js'
import { does, lit, setSensor, workflow } from '../../support/workflows.js'

const runs = (script: Json, more: Partial<ContainerAction> = {}, step: Partial<StepSpec> = {}): StepSpec =>
  does({ kind: 'container', image: lit('tool'), script: lit(script), environment: {}, ...more }, step)

const printed = setSensor('got', { kind: 'variable', of: 'output', path: [] })

async function shopWith(steps: readonly StepSpec[], options: HarnessOptions = {}): Promise<EngineHarness> {
  const work = { name: 'work', parameters: [], command: literal(''), timeout: 0, workflow: workflow(steps) }
  const shop = await EngineHarness.open(options)
  const { id } = accepted(
    await shop.engine.deploy(application([entity('group', { effectors: [work] }), service('web')]), {
      ...{ ...by, id: 'shop' },
    }),
  )
  expect(id).toBe('shop')
  await shop.settle(10_000)
  return shop
}

async function begun(shop: EngineHarness, ms = 5_000): Promise<string> {
  const { id } = accepted(await shop.engine.invoke('shop', 'group', { effector: 'work', parameters: {} }, by))
  await shop.settle(ms)
  return id
}

function outcome(shop: EngineHarness, id: string): string {
  const { state, failure } = accepted(shop.engine.task(ann, id))
  return failure === undefined ? state : `${state}: ${failure.message}`
}

const sensor = (shop: EngineHarness, name: string): unknown =>
  accepted(shop.engine.sensors(ann, 'shop', 'group')).find((one) => one.name === name)?.value

/** What is there beside the machines of entities. */
async function containers(shop: EngineHarness, place = 'sim'): Promise<readonly string[]> {
  const there = (await shop.inventory(place)).filter(({ marks }) => marks?.incarnation === 0)
  return there.filter(({ kind }) => kind === 'machine').map(({ marks }) => marks?.entity ?? '')
}

describe('a step that runs a container', () => {
  it('gives what it printed on both streams and its exit code, and leaves nothing', async () => {
    const any = { predicate: lit({ kind: 'constant', holds: true }) }
    const shop = await shopWith([runs(['echo hello', 'cat /not-there'], { exitCode: any }), printed])
    expect(outcome(shop, await begun(shop))).toBe('succeeded')
    expect(sensor(shop, 'got')).toEqual({
      ...{ stdout: 'hello\n', stderr: 'cat: /not-there: No such file or directory\n', exit_code: 1 },
    })
    expect(await containers(shop)).toEqual([])
    await shop.close()
  })

  it.each([
    ['what its image runs', {}, { image: 'tool' }],
    ['words', { command: lit(['echo', 'a  b']) }, { command: ['echo', 'a  b'] }],
    [
      'an entrypoint with words, in a directory',
      { entrypoint: lit(['echo']), command: lit(['hi', 1]), workingDirectory: lit('/srv') },
      { entrypoint: ['echo'], command: ['hi', '1'], workingDirectory: '/srv' },
    ],
    ['an image that is always pulled', { pull: 'always' }, { pull: 'always' }],
  ] as const)('runs %s', async (_what, given, shape) => {
    const action = { kind: 'container', image: lit('tool'), environment: {}, ...given } as const
    const shop = await shopWith([does(action)])
    expect(outcome(shop, await begun(shop))).toBe('succeeded')
    const asked = shop.calls.filter(({ verb }) => verb === 'ensure').flatMap(({ shapes = [] }) => shapes)
    expect(asked.at(-1)).toMatchObject({ image: 'tool', pull: 'missing', finite: true, ...shape })
    await shop.close()
  })

  it('fails with another exit code than is wanted, and shows what it printed', async () => {
    const shop = await shopWith([runs('echo no; exit 3')])
    const id = await begun(shop)
    expect(outcome(shop, id)).toBe('failed: exit code 3')
    const tasks = accepted(shop.engine.tasks(ann, 'shop'))
    expect(tasks.find(({ parent }) => parent === id)).toMatchObject({
      ...{ name: 'container', state: 'failed' },
      streams: { stdin: 'tool echo no; exit 3', stdout: 'no\n', exitCode: 3 },
    })
    await shop.close()
  })

  it('gives secrets to the environment alone', async () => {
    const password = TEST_SEAL.seal('pw', 'geheim')
    const shop = await shopWith([runs('printenv PASSWORD', { environment: { PASSWORD: password } })])
    expect(outcome(shop, await begun(shop))).toBe('succeeded')
    const asked = JSON.stringify(shop.calls)
    expect(asked).not.toContain('geheim')
    await shop.close()
  })

  it('refuses to run what holds a secret', async () => {
    const password: SealedSecret = TEST_SEAL.seal('pw', 'geheim')
    const shop = await shopWith([runs('', { command: { kind: 'list', items: [password] } })])
    expect(outcome(shop, await begun(shop))).toBe(
      'failed: what a container runs cannot hold a secret (pw): give it by "env"',
    )
    expect(await containers(shop)).toEqual([])
    await shop.close()
  })

  it('ends with its time, and with its run, and what ran is removed', async () => {
    const shop = await shopWith([runs('sleep 600', {}, { timeout: lit(20_000) })])
    const late = await begun(shop)
    expect(await containers(shop)).toEqual(['group'])
    expect((await shop.engine.orphans(ann)).map(({ token }) => token)).toEqual([])
    await shop.settle(20_000)
    expect(outcome(shop, late)).toBe('failed: its time is up')
    expect(await containers(shop)).toEqual([])
    const cancelled = await begun(shop)
    expect(await containers(shop)).toEqual(['group'])
    accepted(shop.engine.runs.cancel('shop', cancelled, by))
    await shop.settle(100)
    expect(await containers(shop)).toEqual([])
    await shop.close()
  })

  it('goes with its application', async () => {
    const shop = await shopWith([runs('sleep 600')])
    await begun(shop)
    accepted(await shop.engine.remove('shop', by))
    await shop.settle(60_000)
    expect(shop.engine.application(ann, 'shop').kind).toBe('gone')
    expect(await containers(shop)).toEqual([])
    await shop.close()
  })

  it('fails where somebody else removed it, for nobody knows what came of it', async () => {
    const shop = await shopWith([runs('sleep 600')])
    const id = await begun(shop)
    const there = (await shop.inventory()).find(
      ({ marks, kind }) => marks?.incarnation === 0 && kind === 'machine',
    )
    await shop.place().vanish(there?.token ?? '')
    await shop.settle(5_000)
    expect(outcome(shop, id)).toBe(
      'failed: the container is gone, and not by us: what came of it is not known',
    )
    await shop.close()
  })

  it('goes on over a restart of the engine with the container that runs', async () => {
    const shop = await shopWith([runs('echo once; sleep 30'), printed])
    const id = await begun(shop)
    await shop.restart()
    await shop.settle(40_000)
    expect(outcome(shop, id)).toBe('succeeded')
    expect(sensor(shop, 'got')).toMatchObject({ stdout: 'once\n' })
    const made = (await shop.place().inventory()).filter(({ marks }) => marks?.incarnation === 0)
    expect(
      made.filter(({ kind }) => kind === 'machine').map(({ creates, deletes }) => [creates, deletes]),
    ).toEqual([[1, 1]])
    await shop.close()
  })
})

describe('the place of a container', () => {
  const two = { places: { docks: {} } }

  it('is the one that is named', async () => {
    const shop = await shopWith([runs('sleep 600', { location: lit('docks') })], two)
    await begun(shop)
    expect([await containers(shop), await containers(shop, 'docks')]).toEqual([[], ['group']])
    await shop.close()
  })

  it('is where the application may be, where nothing is named', async () => {
    const shop = await shopWith([runs('sleep 600')], two)
    await begun(shop)
    expect([await containers(shop), await containers(shop, 'docks')]).toEqual([['group'], []])
    await shop.close()
  })

  it.each([
    ['quay', 'failed: location quay is not there: name one of sim, docks'],
    ['sim', 'succeeded'],
  ])('named %s, it has %s', async (named, expected) => {
    const shop = await shopWith([runs('true', { location: lit(named) })], two)
    expect(outcome(shop, await begun(shop))).toBe(expected)
    await shop.close()
  })

  it.each([
    ['all', undefined, 'failed: no location here runs containers beside entities: add one'],
    ['that', 'sim', 'failed: location sim runs no containers beside entities: add one'],
  ])('is none where none can: %s', async (_what, named, expected) => {
    const factories = [{ driver: 'simulated', open: () => new MinimalLocation() }]
    const location = named === undefined ? {} : { location: lit(named) }
    const shop = await shopWith([runs('true', location)], { engine: { factories } })
    expect(outcome(shop, await begun(shop))).toContain(expected)
    await shop.close()
  })

  it('is kept while it runs something', async () => {
    const shop = await shopWith([runs('sleep 60', { location: lit('later') })])
    accepted(await shop.engine.addLocation(placeRecord('later', {}), by))
    const id = await begun(shop)
    expect(await shop.engine.removeLocation('later', by)).toMatchObject({
      reason: '0 entities are there, and 1 containers of workflows',
    })
    await shop.settle(65_000)
    expect(outcome(shop, id)).toBe('succeeded')
    accepted(await shop.engine.removeLocation('later', by))
    await shop.close()
  })
})
