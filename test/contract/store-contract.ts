import fc from 'fast-check'
import { Subscription } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import {
  BATCH_LIMITS,
  type Change,
  type Commit,
  type CommitAnswer,
  type Entry,
  InvariantError,
  type JsonObject,
  type Store,
  type WatchEvent,
} from '../../engine/index.js'

/** How the suite gets stores of the kind under test: a new and empty one each time; `dispose` ends all of them. */
export interface StoreMaker {
  open(options?: { readonly history?: number }): Promise<Store>
  dispose(): Promise<void>
}

/** What every store promises. Run over each implementation. */
export function storeContract(name: string, maker: StoreMaker): void {
  let subscriptions = new Subscription()
  afterEach(async () => {
    subscriptions.unsubscribe()
    subscriptions = new Subscription()
    await maker.dispose()
  })

  describe(`${name} commits`, () => {
    it('counts revisions from 1 and gives each entry the revision of the commit that wrote it', async () => {
      const store = await maker.open()
      expect(await store.load('')).toEqual({ revision: 0, entries: [] })
      expect(await store.commit({ changes: [put('a', 1), put('b', 1)] })).toEqual({
        kind: 'committed',
        revision: 1,
      })
      expect(await store.commit({ changes: [put('b', 2)] })).toEqual({ kind: 'committed', revision: 2 })
      expect(await store.load('')).toEqual({
        revision: 2,
        entries: [
          { key: 'a', value: { n: 1 }, revision: 1 },
          { key: 'b', value: { n: 2 }, revision: 2 },
        ],
      })
    })

    it.each([
      { what: 'an absent key expected absent', key: 'new', expect: 0, wins: true },
      { what: 'a present key expected absent', key: 'old', expect: 0, wins: false },
      { what: 'a present key expected at its revision', key: 'old', expect: 1, wins: true },
      { what: 'a present key expected at another revision', key: 'old', expect: 2, wins: false },
      { what: 'an absent key expected present', key: 'new', expect: 1, wins: false },
      { what: 'a deleted key expected absent', key: 'gone', expect: 0, wins: true },
      { what: 'a deleted key expected where it was', key: 'gone', expect: 1, wins: false },
    ])('judges $what: $wins', async ({ key, expect: expected, wins }) => {
      for (const change of [put(key, 9, expected), remove(key, expected)]) {
        const store = await maker.open()
        await store.commit({ changes: [put('old', 1), put('gone', 1)] })
        await store.commit({ changes: [remove('gone')] })
        const answer = await store.commit({ changes: [change] })
        const revision = key === 'old' ? 1 : 0
        expect(answer).toEqual(
          wins ? { kind: 'committed', revision: 3 } : { kind: 'conflict', key, revision },
        )
      }
    })

    it('does nothing at all of a batch with one stale key', async () => {
      const store = await maker.open()
      await store.commit({ changes: [put('a', 1)] })
      const batch = { changes: [put('b', 2), remove('a'), put('c', 2, 7)] }
      expect(await store.commit(batch)).toEqual({ kind: 'conflict', key: 'c', revision: 0 })
      expect(await store.load('')).toEqual({
        revision: 1,
        entries: [{ key: 'a', value: { n: 1 }, revision: 1 }],
      })
    })

    it('judges commits that are asked for together one after the other, in order', async () => {
      const store = await maker.open()
      const answers = await Promise.all([
        store.commit({ changes: [put('a', 1, 0)] }),
        store.commit({ changes: [put('a', 2, 0)] }),
        store.commit({ changes: [put('a', 3, 1)] }),
        store.commit({ changes: [remove('a', 2)] }),
        store.commit({ changes: [put('a', 5, 0)] }),
      ])
      expect(answers).toEqual([
        { kind: 'committed', revision: 1 },
        { kind: 'conflict', key: 'a', revision: 1 },
        { kind: 'committed', revision: 2 },
        { kind: 'committed', revision: 3 },
        { kind: 'committed', revision: 4 },
      ])
    })

    it('lets exactly one of many racing writers win each round', async () => {
      const store = await maker.open()
      let revision = 0
      for (let round = 0; round < 20; round++) {
        const writers = Array.from({ length: 50 }, (_, n) =>
          store.commit({ changes: [put('seat', n, revision)] }),
        )
        const won = (await Promise.all(writers)).filter((answer) => answer.kind === 'committed')
        expect(won).toHaveLength(1)
        revision = won[0]!.revision
      }
      expect(revision).toBe(20)
    })

    it('takes thousands of commits asked for at once', async () => {
      const store = await maker.open()
      const answers = await Promise.all(
        Array.from({ length: 5000 }, (_, n) => store.commit({ changes: [put(`k${n}`, n, 0)] })),
      )
      expect(answers.every((answer, at) => answer.kind === 'committed' && answer.revision === at + 1)).toBe(
        true,
      )
      expect((await store.load('k')).entries).toHaveLength(5000)
    })

    it('accepts a batch that changes nothing and a deletion of what is not there', async () => {
      const store = await maker.open()
      expect(await store.commit({ changes: [] })).toEqual({ kind: 'committed', revision: 1 })
      expect(await store.commit({ changes: [remove('a')] })).toEqual({ kind: 'committed', revision: 2 })
      expect(await store.load('')).toEqual({ revision: 2, entries: [] })
    })
  })

  describe(`${name} keeps the limits of a batch`, () => {
    const bytes = (count: number, key = 'k'): Change => ({
      kind: 'put',
      key,
      value: { t: 'x'.repeat(count) },
    })
    const frame = JSON.stringify({ t: '' }).length

    it.each([
      { what: 'as many keys as allowed', changes: keys(BATCH_LIMITS.keys), allowed: true },
      { what: 'one key too many', changes: keys(BATCH_LIMITS.keys + 1), allowed: false },
      { what: 'a key twice', changes: [put('a', 1), remove('a')], allowed: false },
      { what: 'as many bytes as allowed', changes: [bytes(BATCH_LIMITS.bytes - frame)], allowed: true },
      { what: 'a byte too many', changes: [bytes(BATCH_LIMITS.bytes - frame + 1)], allowed: false },
      {
        what: 'too many bytes over two keys',
        changes: [bytes(600_000, 'a'), bytes(600_000, 'b')],
        allowed: false,
      },
      {
        what: 'too many bytes beyond ASCII',
        changes: [{ ...bytes(0), value: { t: 'ü'.repeat(600_000) } }],
        allowed: false,
      },
      { what: 'a key with half a surrogate pair', changes: [put('a\ud800', 1)], allowed: false },
    ])('with $what: $allowed', async ({ changes, allowed }) => {
      const store = await maker.open()
      const outcome = await store.commit({ changes }).catch((thrown: unknown) => (thrown as Error).name)
      expect(outcome).toEqual(allowed ? { kind: 'committed', revision: 1 } : InvariantError.name)
      expect((await store.load('')).revision).toBe(allowed ? 1 : 0)
    })
  })

  describe(`${name} loads`, () => {
    const strange = [
      '__proto__',
      'constructor',
      'hasOwnProperty',
      '',
      ' ',
      "'; DROP",
      'a\0b',
      'ä',
      '日本',
      '\uffff',
      '🐟',
    ]

    it('any key and any JSON value as it was put', async () => {
      const store = await maker.open()
      const value = JSON.parse(
        '{"__proto__":{"x":1},"deep":[[{"":null}]],"text":"ü\\u0000\\ud800 🐟","numbers":[0,-1.5e-7,9007199254740991],"yes":true}',
      ) as JsonObject
      await store.commit({ changes: strange.map((key) => ({ kind: 'put', key, value })) })
      const { entries } = await store.load('')
      expect(entries.map((entry) => entry.key)).toEqual(byCodeUnit(strange))
      for (const entry of entries) expect(JSON.stringify(entry.value)).toBe(JSON.stringify(value))
      for (const key of strange)
        expect(await store.commit({ changes: [put(key, 2, 1)] })).toMatchObject({ kind: 'committed' })
    })

    it('what has the prefix and nothing else, in order of code units', async () => {
      const store = await maker.open()
      const parts = [
        '',
        'a',
        'a/',
        'a0',
        'b',
        'a/\ud7ff',
        'a/\ue000',
        'a/🐟',
        'a/\u{10ffff}',
        '\u{10ffff}',
        '\u{10ffff}x',
        'Z',
        '%',
        '_',
      ]
      const all = [...new Set(parts.flatMap((one) => parts.map((other) => one + other)))]
      for (let at = 0; at < all.length; at += 100) {
        await store.commit({ changes: all.slice(at, at + 100).map((key) => put(key, 1)) })
      }
      for (const prefix of [...parts, 'nothing']) {
        const loaded = (await store.load(prefix)).entries.map((entry) => entry.key)
        expect(loaded).toEqual(byCodeUnit(all.filter((key) => key.startsWith(prefix))))
      }
    })

    it('gives and keeps values that nobody can change', async () => {
      const store = await maker.open()
      const mine = { list: [{ n: 1 }] }
      await store.commit({ changes: [{ kind: 'put', key: 'a', value: mine }] })
      expect(() => mine.list.push({ n: 2 })).toThrow(TypeError)
      const [entry] = (await store.load('a')).entries
      expect(isDeepFrozen(entry!.value)).toBe(true)
      expect(entry!.value).toEqual({ list: [{ n: 1 }] })
      const seen = collect(store, 0)
      await store.commit({ changes: [put('b', 1)] })
      expect(commitsIn(seen).every((commit) => isDeepFrozen(commit.changes))).toBe(true)
    })

    it('keeps its own list of the changes', async () => {
      const store = await maker.open()
      const changes = [put('a', 1)]
      const seen = collect(store, 0)
      const answer = store.commit({ changes })
      changes.push(put('b', 2))
      await answer
      expect(commitsIn(seen)).toEqual([{ revision: 1, changes: [put('a', 1)] }])
      expect((await store.load('')).entries).toHaveLength(1)
    })
  })

  describe(`${name} is watched`, () => {
    it('from the past into the present without a gap', async () => {
      const store = await maker.open()
      for (let n = 1; n <= 5; n++) await store.commit({ changes: [put('a', n)] })
      const seen = collect(store, 2)
      for (let n = 6; n <= 8; n++) await store.commit({ changes: [n === 7 ? remove('a') : put('a', n)] })
      expect(commitsIn(seen).map((commit) => commit.revision)).toEqual([3, 4, 5, 6, 7, 8])
      expect(commitsIn(seen)[4]).toEqual({ revision: 7, changes: [remove('a')] })
    })

    it('is silent about what was refused', async () => {
      const store = await maker.open()
      const seen = collect(store, 0)
      await store.commit({ changes: [put('a', 1, 5)] })
      await store.commit({ changes: [put('a', 2)] })
      expect(commitsIn(seen)).toEqual([{ revision: 1, changes: [put('a', 2)] }])
    })

    it('in order by everyone, even when a watcher commits while it is told', async () => {
      const store = await maker.open()
      const answers: Promise<CommitAnswer>[] = []
      const seen: number[][] = [[], [], []]
      for (const mine of seen) {
        subscriptions.add(
          store.watch(0).subscribe((event) => {
            if (event.kind !== 'commit') return
            mine.push(event.commit.revision)
            if (mine.length < 10) answers.push(store.commit({ changes: [put(`k${mine.length}`, 1)] }))
          }),
        )
      }
      await store.commit({ changes: [put('a', 1)] })
      // The list grows while it is walked.
      for (const answer of answers) await answer
      const last = (await store.load('')).revision
      for (const mine of seen) expect(mine).toEqual(Array.from({ length: last }, (_, at) => at + 1))
      expect(last).toBe(28)
    })

    it('no longer after unsubscribing, not even in the middle of the past', async () => {
      const store = await maker.open()
      for (let n = 1; n <= 5; n++) await store.commit({ changes: [put('a', n)] })
      const seen: WatchEvent[] = []
      const subscription = new Subscription()
      subscription.add(
        store.watch(0).subscribe((event) => {
          seen.push(event)
          if (seen.length === 2) subscription.unsubscribe()
        }),
      )
      subscription.unsubscribe()
      const before = seen.length
      await store.commit({ changes: [put('a', 6)] })
      expect(seen).toHaveLength(before)
    })

    it('until it is closed', async () => {
      const store = await maker.open()
      let completed = 0
      const complete = () => {
        completed++
      }
      subscriptions.add(store.watch(0).subscribe({ complete }))
      await store.commit({ changes: [put('a', 1)] })
      await store.close()
      expect(completed).toBe(1)
      subscriptions.add(store.watch(0).subscribe({ complete }))
      expect(completed).toBe(2)
      await store.close()
    })

    it('says compacted when the revision is no longer kept, and then everything that is', async () => {
      const store = await maker.open({ history: 10 })
      for (let n = 1; n <= 100; n++) await store.commit({ changes: [put('a', n)] })
      const [first, ...rest] = collect(store, 0)
      expect(first).toMatchObject({ kind: 'compacted' })
      const oldest = first?.kind === 'compacted' ? first.oldest : 0
      expect(oldest).toBeGreaterThan(1)
      expect(oldest).toBeLessThanOrEqual(91)
      expect(commitsIn(rest).map((commit) => commit.revision)).toEqual(range(oldest, 100))
      expect(commitsIn(collect(store, 90))).toHaveLength(10)
      expect(collect(store, 90)[0]?.kind).toBe('commit')
      expect(collect(store, 100)).toEqual([])
    })

    it('gives exactly the commits after the revision for any interleaving of commits and watches', async () => {
      const act = fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const), batch: batches }) },
        {
          weight: 2,
          arbitrary: fc.record({
            do: fc.constant('watch' as const),
            share: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
        },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const) }) },
      )
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
          const store = await maker.open()
          const watches: { after: number; seen: WatchEvent[] }[] = []
          const asked: { batch: Change[]; answer: Promise<CommitAnswer> }[] = []
          for (const one of acts) {
            if (one.do === 'commit')
              asked.push({ batch: one.batch, answer: store.commit({ changes: one.batch }) })
            else if (one.do === 'pause') await asked.at(-1)?.answer
            else {
              const after = Math.floor((await store.load('')).revision * one.share)
              watches.push({ after, seen: collect(store, after) })
            }
          }
          const expected: Commit[] = []
          for (const { batch, answer } of asked) {
            const said = await answer
            if (said.kind === 'committed') expected.push({ revision: said.revision, changes: batch })
          }
          for (const { after, seen } of watches) {
            expect(seen.every((event) => event.kind === 'commit')).toBe(true)
            expect(commitsIn(seen)).toEqual(expected.filter((commit) => commit.revision > after))
          }
          expect(replay(expected)).toEqual((await store.load('')).entries)
          await store.close()
        }),
        { numRuns: 40 },
      )
    })
  })

  describe(`${name} gives leases`, () => {
    it('to one holder at a time, with a higher epoch for each new one', async () => {
      const store = await maker.open()
      const first = await store.acquire('engine', 'a', 100, 1000)
      expect(first).toEqual({ granted: true, lease: { name: 'engine', holder: 'a', epoch: 1, until: 1100 } })
      expect(await store.acquire('engine', 'b', 100, 1099)).toEqual({ granted: false, lease: first.lease })
      const renewed = await store.acquire('engine', 'a', 100, 1050)
      expect(renewed.lease).toEqual({ name: 'engine', holder: 'a', epoch: 1, until: 1150 })
      const taken = await store.acquire('engine', 'b', 100, 1150)
      expect(taken).toEqual({ granted: true, lease: { name: 'engine', holder: 'b', epoch: 2, until: 1250 } })
      const back = await store.acquire('engine', 'a', 100, 1300)
      expect(back.lease.epoch).toBe(3)
    })

    it('with a new epoch to a holder whose own had run out', async () => {
      const store = await maker.open()
      await store.acquire('engine', 'a', 100, 0)
      expect((await store.acquire('engine', 'a', 100, 100)).lease.epoch).toBe(2)
    })

    it('at once after a release by the holder, and not after one by a stranger', async () => {
      const store = await maker.open()
      await store.acquire('engine', 'a', 100, 0)
      await store.release('engine', 'b')
      await store.release('nothing', 'a')
      expect((await store.acquire('engine', 'b', 100, 0)).granted).toBe(false)
      await store.release('engine', 'a')
      expect(await store.acquire('engine', 'b', 100, 0)).toMatchObject({ granted: true, lease: { epoch: 2 } })
    })

    it('and fences every commit of an older epoch, also when both are asked for together', async () => {
      const store = await maker.open()
      await store.acquire('engine', 'a', 100, 0)
      expect(await store.commit({ changes: [put('k', 1)], epoch: 1 })).toMatchObject({ kind: 'committed' })
      const [before, taken, after, newer, free] = await Promise.all([
        store.commit({ changes: [put('k', 2)], epoch: 1 }),
        store.acquire('engine', 'b', 100, 200),
        store.commit({ changes: [put('k', 3)], epoch: 1 }),
        store.commit({ changes: [put('k', 4)], epoch: 2 }),
        store.commit({ changes: [put('k', 5)] }),
      ])
      expect(before).toEqual({ kind: 'committed', revision: 2 })
      expect(taken.lease.epoch).toBe(2)
      expect(after).toEqual({ kind: 'fenced', epoch: 2 })
      expect(newer).toEqual({ kind: 'committed', revision: 3 })
      expect(free).toEqual({ kind: 'committed', revision: 4 })
    })
  })

  function collect(store: Store, revision: number): WatchEvent[] {
    const seen: WatchEvent[] = []
    subscriptions.add(store.watch(revision).subscribe((event) => seen.push(event)))
    return seen
  }
}

/** The entries that commits leave when they are applied to nothing, in key order: the law that replay equals store. */
export function replay(commits: readonly Commit[]): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const { revision, changes } of commits) {
    for (const change of changes) {
      if (change.kind === 'delete') entries.delete(change.key)
      else entries.set(change.key, { key: change.key, value: change.value, revision })
    }
  }
  return [...entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The commits among watch events. */
export function commitsIn(events: readonly WatchEvent[]): readonly Commit[] {
  return events.flatMap((event) => (event.kind === 'commit' ? [event.commit] : []))
}

/** A put of {n}. */
export function put(key: string, n: number, expect?: number): Change {
  return { kind: 'put', key, value: { n }, ...(expect === undefined ? {} : { expect }) }
}

/** A deletion. */
export function remove(key: string, expect?: number): Change {
  return { kind: 'delete', key, ...(expect === undefined ? {} : { expect }) }
}

const someKeys = fc.constantFrom('a', 'b', 'c', '__proto__', '🐟')
const expected = fc.option(fc.nat(6), { nil: undefined })
const changes = fc.oneof(
  fc.tuple(someKeys, fc.nat(9), expected).map(([key, n, expect]) => put(key, n, expect)),
  fc.tuple(someKeys, expected).map(([key, expect]) => remove(key, expect)),
)
const batches = fc.uniqueArray(changes, { selector: (change) => change.key, maxLength: 4 })

function keys(count: number): Change[] {
  return Array.from({ length: count }, (_, n) => put(`k${n}`, n))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

function byCodeUnit(texts: readonly string[]): readonly string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen)
}
