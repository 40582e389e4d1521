import { describe, expect, it } from 'vitest'
import type { Hint } from '../../../engine/index.js'
import { readEvent, reconnectDelay, watchEvents } from '../../../locations/docker/docker-events.js'
import { fakeDocker, socketError } from '../../support/fake-docker.js'
import { SeededRandom } from '../../support/seeded-random.js'
import { VirtualClock } from '../../support/virtual-clock.js'

describe('the events of a docker engine', () => {
  it('hint at whom they are about, and say from where to go on', () => {
    const line = JSON.stringify({
      timeNano: 1_700_000_000_123_456_768,
      Actor: { Attributes: { 'weir.token': 't1' } },
    })
    expect(readEvent(line)).toEqual({ hint: { token: 't1' }, since: '1700000000.123456000' })
    expect(readEvent('{}')).toEqual({ hint: {} })
  })

  it('are no news when a command inside has ended, unless it waited for the end of a run', () => {
    const ended = (exitCode: string): string =>
      JSON.stringify({ Action: 'exec_die', Actor: { Attributes: { 'weir.token': 't1', exitCode } } })
    expect(readEvent(ended('0'))).toEqual({})
    expect(readEvent(ended('1'))).toEqual({})
    expect(readEvent(ended('86'))).toEqual({ hint: { token: 't1' } })
  })

  it('begin with a look at all, and again after each gap, which is asked for from where the stream broke', async () => {
    const clock = new VirtualClock()
    const asked: (string | undefined)[] = []
    const client = fakeDocker({
      events: async (since) => {
        asked.push(since)
        if (asked.length === 2) throw socketError('ECONNREFUSED')
        return lines(asked.length === 1 ? ['t1', 't2'] : ['t3'], asked.length === 3)
      },
    })
    const hints: Hint[] = []
    const subscription = watchEvents({
      client,
      clock,
      random: new SeededRandom(),
      silence: 600_000,
    }).subscribe((hint) => hints.push(hint))
    await clock.settleUntil(() => hints.length === 5, 1000)
    expect(hints).toEqual([{}, { token: 't1' }, { token: 't2' }, {}, { token: 't3' }])
    expect(asked).toEqual([undefined, '2.000000000', '2.000000000'])
    subscription.unsubscribe()
  })

  it('are asked for anew when nothing came for long: nobody may be there any more', async () => {
    const clock = new VirtualClock()
    const asked: (string | undefined)[] = []
    const ended: boolean[] = []
    const client = fakeDocker({
      events: async (since, { signal }) => {
        asked.push(since)
        signal.addEventListener('abort', () => ended.push(true))
        return lines(asked.length === 1 ? ['t1'] : [], true)
      },
    })
    const hints: Hint[] = []
    const parts = { client, clock, random: new SeededRandom(), silence: 30_000 }
    const subscription = watchEvents(parts).subscribe((hint) => hints.push(hint))
    await clock.settle(29_000)
    expect(hints).toEqual([{}, { token: 't1' }])
    await clock.settle(2_000)
    expect(hints).toEqual([{}, { token: 't1' }, {}])
    expect(asked).toEqual([undefined, '1.000000000'])
    expect(ended).toHaveLength(1)
    subscription.unsubscribe()
    await clock.settle(60_000)
    expect(asked).toHaveLength(2)
    expect(clock.pending).toBe(0)
  })

  it('survive a line that is no event', async () => {
    const clock = new VirtualClock()
    let connections = 0
    const client = fakeDocker({
      events: async () => {
        connections += 1
        return bytes(['no json\n'])
      },
    })
    const subscription = watchEvents({
      client,
      clock,
      random: new SeededRandom(),
      silence: 600_000,
    }).subscribe()
    await clock.settleUntil(() => connections === 3, 5000)
    subscription.unsubscribe()
    await clock.settle(60_000)
    expect(connections).toBe(3)
    expect(clock.pending).toBe(0)
  })

  it('are asked for again after longer and longer pauses, up to ten seconds', () => {
    const last = { next: () => 0.999_999 }
    const delays = [0, 1, 2, 7, 50].map((attempt) => Math.round(reconnectDelay(attempt, last)))
    expect(delays).toEqual([100, 200, 400, 10_000, 10_000])
    expect(reconnectDelay(0, { next: () => 0 })).toBe(50)
  })
})

async function* bytes(texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text)
}

/** Events of these tokens at seconds 1, 2 …; then the stream ends, or stays open. */
async function* lines(tokens: readonly string[], open: boolean): AsyncGenerator<Buffer> {
  for (const [at, token] of tokens.entries()) {
    yield Buffer.from(
      `${JSON.stringify({ timeNano: (at + 1) * 1e9, Actor: { Attributes: { 'weir.token': token } } })}\n`,
    )
  }
  if (open) await new Promise(() => undefined)
}
