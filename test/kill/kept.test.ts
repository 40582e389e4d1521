import { describe, expect, it } from 'vitest'
import {
  Engine,
  MemoryStore,
  Secret,
  digestOfText,
  literal,
  silentLog,
  type ApplicationSpec,
  type EffectorSpec,
  type Json,
  type Seal,
} from '../../engine/index.js'
import { SeededRandom } from '../support/seeded-random.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { application, entity } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { type Moment, Mortal } from './mortal.js'

const BY = { by: { tenant: 'main', name: 'kill suite' } }

const next: EffectorSpec = {
  name: 'next',
  parameters: [],
  command: literal(''),
  keeps: { kind: 'advance', sensor: 'count', begin: literal(0), by: literal(1) },
  timeout: 1_000,
}

/** A vault with a password, a counter, and a sequence over both: nothing of it needs a place. */
const SPEC: ApplicationSpec = application([
  entity('vault', {
    tags: ['blue'],
    sensors: [
      {
        name: 'password',
        type: 'string',
        source: { kind: 'made', what: { kind: 'password', length: 16, groups: ['abcdefgh', '01234567'] } },
      },
    ],
  }),
  entity('counter', { tags: ['blue'], effectors: [next] }),
  entity('sequence', {
    group: {
      filter: {
        kind: 'select',
        from: { kind: 'tags' },
        of: { kind: 'has-element', of: { kind: 'equals', value: 'blue' } },
      },
      sequence: { start: 1, increment: 1, format: '%d' },
    },
  }),
])

const PLAIN_SEAL: Seal = {
  seal: (name, clear) => ({ kind: 'secret', name, sealed: clear }),
  open: ({ name, sealed }) => new Secret(name, sealed, (clear) => digestOfText(clear)),
}

interface World {
  readonly clock: VirtualClock
  readonly store: MemoryStore
}

/** One life: deploys where nothing is there yet, and counts on until so many counts are recorded. */
async function live(mortal: Mortal, { clock, store }: World, life: number): Promise<void> {
  const engine = new Engine({
    clock: mortal.clock(),
    ids: new SequenceIds(`life${life}id`),
    random: new SeededRandom(life + 1),
    log: silentLog,
    seal: PLAIN_SEAL,
    renderer: { render: () => ({ text: '' }) },
    prober: {
      get: () => Promise.resolve({ kind: 'failed', reason: 'nobody' }),
      connect: () => Promise.resolve({ kind: 'failed', reason: 'nobody' }),
    },
    factories: [],
    policyKinds: [],
    store: mortal.store(store),
    engineId: 'engine1',
    holder: 'kill suite',
    locations: [],
  })
  let isDone = false
  const work = async (): Promise<void> => {
    await engine.open()
    if (engine.application(BY.by, 'shop').kind !== 'accepted')
      await engine.deploy(SPEC, { ...BY, id: 'shop' })
    while ((await counts(store)).value < COUNTS)
      await engine.invoke('shop', 'counter', { effector: 'next', parameters: {} }, BY)
    isDone = true
  }
  void work()
  await clock.settleUntil(() => mortal.dead || isDone, 60_000, 'the end of a life')
  if (!mortal.dead) await clock.settle(5_000)
}

const COUNTS = 4

/** The number that is kept, and how many tasks say that they counted. */
async function counts(store: MemoryStore): Promise<{ readonly value: number; readonly tasks: number }> {
  const kept = await valueOf(store, 'kept/shop/counter#count')
  const { entries } = await store.load('task/shop/')
  const tasks = entries.filter(({ value }) => value['name'] === 'next' && value['state'] === 'succeeded')
  return { value: Number(kept ?? 0), tasks: tasks.length }
}

async function valueOf(store: MemoryStore, key: string): Promise<Json | undefined> {
  const { entries } = await store.load(key)
  return entries[0]?.value['value']
}

/** Every value that was ever committed under a key. */
function everKept(store: MemoryStore, key: string): Set<string> {
  const seen = new Set<string>()
  store.watch(0).subscribe((event) => {
    if (event.kind !== 'commit') return
    for (const change of event.commit.changes)
      if (change.kind === 'put' && change.key === key) seen.add(JSON.stringify(change.value['value']))
  })
  return seen
}

async function runThrough(moments: readonly Moment[]): Promise<{ world: World; commits: number }> {
  const clock = new VirtualClock()
  const world = { clock, store: new MemoryStore() }
  let commits = 0
  for (const [life, moment] of [...moments, undefined].entries()) {
    const mortal = new Mortal(clock, moment)
    await live(mortal, world, life)
    commits = mortal.tally.commits
    mortal.kill()
  }
  return { world, commits }
}

describe('what is made once, in an engine that dies at any commit', () => {
  it('is the same ever after, and each count is recorded with the task that counted', async () => {
    const peaceful = await runThrough([])
    expect(peaceful.commits).toBeGreaterThan(8)
    for (let ordinal = 1; ordinal <= peaceful.commits; ordinal += 1)
      for (const side of ['before-commit', 'after-commit'] as const) {
        const { world } = await runThrough([{ side, ordinal }])
        const passwords = everKept(world.store, 'kept/shop/vault#password')
        expect([side, ordinal, passwords.size]).toEqual([side, ordinal, 1])
        expect(await counts(world.store)).toEqual({ value: COUNTS, tasks: COUNTS })
        expect(await valueOf(world.store, 'kept/shop/sequence#sequence.cache')).toEqual({
          vault: 1,
          counter: 2,
        })
      }
  })
})
