import { afterEach, describe, expect, it } from 'vitest'
import { HintLooks } from '../../../engine/reconcile/look/hint-looks.js'
import { PollPace } from '../../../engine/reconcile/look/poll-pace.js'
import { EngineHarness, accepted, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, role } from '../../support/specs.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND

describe('the pace of looks at a place', () => {
  it('is its period, a tenth more or less', () => {
    const pace = new PollPace('east', 1_000)
    const waits = Array.from({ length: 200 }, () => pace.next())
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(900)
    expect(Math.min(...waits)).toBeLessThan(930)
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_100)
    expect(Math.max(...waits)).toBeGreaterThan(1_070)
    expect(Math.abs(waits.reduce((sum, wait) => sum + wait) / 200 - 1_000)).toBeLessThan(20)
  })

  it('is the same again for one name, and another for another one', () => {
    const waitsOf = (name: string) => {
      const pace = new PollPace(name, 10_000)
      return Array.from({ length: 5 }, () => pace.next())
    }
    expect(waitsOf('east')).toEqual(waitsOf('east'))
    expect(waitsOf('east')).not.toEqual(waitsOf('west'))
  })

  it('is halved with each silent round down to an eighth, and is whole again with the first answer', () => {
    const pace = new PollPace('east', 1_000)
    const slower: number[] = []
    for (let round = 0; round < 5; round += 1) {
      pace.silent()
      slower.push(Math.round(pace.next() / 1_200))
    }
    expect(slower.map((wait) => wait > 0)).toEqual([true, true, true, true, true])
    expect(slower[4]).toBeLessThanOrEqual(8)
    expect(slower[4]).toBeGreaterThanOrEqual(6)
    expect([pace.answered(), pace.answered()]).toEqual([true, false])
    expect(pace.next()).toBeLessThanOrEqual(1_100)
  })
})

describe('looks for hints', () => {
  it('are one for all hints of a moment', async () => {
    const looks: (readonly string[])[] = []
    const hinted = new HintLooks(500, (tokens) => Promise.resolve(void looks.push(tokens)))
    for (let time = 0; time < 1_000; time += 1) hinted.hint(`t${time % 10}`)
    await Promise.resolve()
    expect(looks).toEqual([['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9']])
  })

  it('are never two at once for one token, and one more for all hints meanwhile', async () => {
    const open: (() => void)[] = []
    const looks: string[] = []
    const hinted = new HintLooks(500, (tokens) => {
      looks.push(tokens.join())
      return new Promise((resolve) => open.push(resolve))
    })
    hinted.hint('a')
    await settled()
    for (let time = 0; time < 1_000; time += 1) {
      hinted.hint('a')
      await Promise.resolve()
    }
    hinted.hint('b')
    await settled()
    expect(looks).toEqual(['a', 'b'])
    open[0]?.()
    await settled()
    expect(looks).toEqual(['a', 'b', 'a'])
    open[2]?.()
    await settled()
    expect(looks).toEqual(['a', 'b', 'a'])
  })

  it('are few at once, and carry no more than the place takes in one call', async () => {
    let most = 0
    const open = new Set<() => void>()
    const looks: number[] = []
    const hinted = new HintLooks(3, async (tokens) => {
      looks.push(tokens.length)
      await new Promise<void>((resolve) => {
        open.add(resolve)
        most = Math.max(most, open.size)
      })
    })
    for (let token = 0; token < 30; token += 1) hinted.hint(`t${token}`)
    for (let round = 0; round < 20; round += 1) {
      await settled()
      for (const end of open) end()
      open.clear()
    }
    expect(looks).toEqual(Array.from({ length: 10 }, () => 3))
    expect(most).toBe(4)
  })
})

/** Lets what was resolved be heard of. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

describe('an observer', () => {
  let bench: EngineHarness
  afterEach(() => bench.close())

  async function open(options: HarnessOptions = {}, count = 3): Promise<void> {
    bench = await EngineHarness.open(options)
    await bench.deploy(application([role('web', count)]))
  }

  /** When looks were asked for since a time, and at how many things. */
  function looksSince(at: number): readonly { readonly at: number; readonly many: number }[] {
    return bench.calls
      .filter((call) => call.verb === 'observe' && call.at >= at)
      .map((call) => ({ at: call.at - at, many: call.about.length }))
  }

  function gaps(looks: readonly { readonly at: number }[]): readonly number[] {
    return looks.slice(1).map((look, before) => look.at - (looks[before]?.at ?? 0))
  }

  it('looks at everything that a place has of all applications in one call for a period', async () => {
    await open()
    accepted(
      await bench.engine.deploy(application([role('web', 4)], { name: 'other' }), { ...by, id: 'other' }),
    )
    await bench.settle(MINUTE)
    const begun = bench.clock.now()
    await bench.settle(10 * MINUTE)
    const looks = looksSince(begun)
    // Three and four machines, and the network of each application.
    expect(new Set(looks.map((look) => look.many))).toEqual(new Set([9]))
    expect(looks.length).toBeGreaterThanOrEqual(109)
    expect(looks.length).toBeLessThanOrEqual(133)
  })

  it('asks a place that gives no answer less and less often, and as ever from the first answer on', async () => {
    await open({ place: { observePeriod: SECOND } })
    await bench.settle(MINUTE)
    const begun = bench.clock.now()
    await bench.place().cutOff(2 * MINUTE)
    await bench.settle(2 * MINUTE)
    const silent = gaps(looksSince(begun))
    for (const [index, gap] of silent.entries()) {
      const period = Math.min(8, 2 ** (index + 1)) * SECOND
      expect(gap).toBeGreaterThanOrEqual(period * 0.9)
      expect(gap).toBeLessThanOrEqual(period * 1.1)
    }
    expect(silent.length).toBeLessThanOrEqual(18)
    await bench.settle(9 * SECOND)
    const back = bench.clock.now()
    await bench.settle(20 * SECOND)
    for (const gap of gaps(looksSince(back))) expect(gap).toBeLessThanOrEqual(1.1 * SECOND)
  })

  it("asks a place of which nothing is seen for nobody's things, never for a whole test, and shows it as silent", async () => {
    await open({ place: { observePeriod: SECOND, kinds: ['machine'] } }, 1)
    const silent = () => bench.engine.locations().map((location) => location.silent)
    const asked = () =>
      ['listOwned', 'test'].map((verb) => bench.calls.filter((call) => call.verb === verb).length)
    await bench.place().loseHost(bench.token('web/1'), 20 * SECOND)
    const [before = 0] = asked()
    await bench.settle(20 * SECOND)
    const [after = 0, tests] = asked()
    expect([after > before, tests, ...silent()]).toEqual([true, 0, false])
    await bench.place().cutOff(20 * SECOND)
    await bench.settle(10 * SECOND)
    expect(silent()).toEqual([true])
    await bench.settle(30 * SECOND)
    expect(silent()).toEqual([false])
  })

  it('does not look more often than that for what is expected to change', async () => {
    await open({ place: { observePeriod: 5 * SECOND, boot: 10 * MINUTE } }, 1)
    await bench.place().cutOff(9 * MINUTE)
    await bench.settle(30 * SECOND)
    const begun = bench.clock.now()
    await bench.settle(5 * MINUTE)
    expect(looksSince(begun).length).toBeLessThanOrEqual(9)
  })

  it('looks no more often than in the period for one machine that is not seen', async () => {
    await open({ place: { observePeriod: 5 * SECOND } })
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(5 * MINUTE)
    const begun = bench.clock.now()
    await bench.settle(5 * MINUTE)
    expect(looksSince(begun).length).toBeLessThanOrEqual(2 * 67)
  })

  it('is told by a hint what happened, long before the period is over', async () => {
    await open({ place: { observePeriod: 60 * MINUTE, hints: true } })
    await bench.settle(MINUTE)
    const begun = bench.clock.now()
    await bench.place().kill(bench.token('web/1'))
    await bench.settle(SECOND)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', run: 2 })
    expect(looksSince(begun)[0]).toEqual({ at: 0, many: 1 })
  })

  it('ends a silence with the first answer, which a hint may bring', async () => {
    await open({ place: { observePeriod: 10 * MINUTE, hints: true } })
    await bench.place().cutOff(11 * MINUTE)
    await bench.settle(12 * MINUTE)
    const begun = bench.clock.now()
    await bench.place().kill(bench.token('web/1'))
    await bench.settle(SECOND)
    expect(looksSince(begun).map((look) => look.many)).toContain(4)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/2': 'running', 'web/3': 'running' })
  })

  it('waits for no look for ever: what has not answered in a minute is as good as unseen', async () => {
    await open({ place: { observePeriod: 5 * SECOND } })
    bench.place().arm({ verbs: ['observe'], effect: 'slow', delay: 600 * MINUTE, times: 4 })
    await bench.settle(5 * MINUTE)
    await bench.place().kill(bench.token('web/1'))
    await bench.settle(20 * SECOND)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', run: 2 })
  })

  it('is not driven by a place that hints all the time that everything may have changed', async () => {
    await open({ place: { observePeriod: 5 * SECOND, hints: true } })
    await bench.settle(MINUTE)
    const begun = bench.clock.now()
    for (let gap = 0; gap < 2_000; gap += 1) {
      await bench.place().loseHints(0)
      if (gap % 20 === 0) await bench.settle(20)
    }
    await bench.settle()
    // 2 s of it, four rounds a second at most.
    expect(looksSince(begun).length).toBeLessThanOrEqual(10)
    expect(looksSince(begun).length).toBeGreaterThanOrEqual(4)
  })
})
