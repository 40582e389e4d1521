import { expect, it } from 'vitest'
import { DEFAULT_CAPABILITIES, failureOf, type Location } from '../../../engine/index.js'
import { rated } from '../../../engine/reconcile/keep/rated-location.js'
import { VirtualClock } from '../../support/virtual-clock.js'

/** A place that takes one call a second, and when it was called. */
function slowPlace(): {
  readonly clock: VirtualClock
  readonly calledAt: number[]
  readonly call: (signal?: AbortSignal) => Promise<string>
} {
  const clock = new VirtualClock({ start: 0 })
  const calledAt: number[] = []
  const place = {
    capabilities: { ...DEFAULT_CAPABILITIES, rate: { tokens: 1, period: 1000 } },
    test: () => Promise.resolve(calledAt.push(clock.now())),
  }
  const location = rated(place as unknown as Location, clock)
  const call = (signal = new AbortController().signal): Promise<string> =>
    location.test({ signal }).then(
      () => 'called',
      (thrown: unknown) => failureOf(thrown).message,
    )
  return { clock, calledAt, call }
}

it('makes calls that come too early wait their turn', async () => {
  const { clock, calledAt, call } = slowPlace()
  const calls = Promise.all([call(), call(), call()])
  await clock.settle(5000)
  expect(await calls).toEqual(['called', 'called', 'called'])
  expect(calledAt).toEqual([0, 1000, 2000])
})

it.each([
  ['first in line', 0],
  ['behind another', 1],
])(
  'never makes a call that is aborted while it waits %s, and lets nobody wait for it',
  async (_place, at) => {
    const { clock, calledAt, call } = slowPlace()
    const aborters = [new AbortController(), new AbortController(), new AbortController()]
    const calls = [call(), ...aborters.map(({ signal }) => call(signal))]
    await clock.settle(500)
    aborters[at]?.abort()
    expect(await calls[at + 1]).toBe('given up before its turn came')
    expect(clock.now()).toBe(500)
    await clock.settle(5000)
    expect(calledAt).toEqual([0, 1000, 2000])
  },
)

it('never makes a call that was aborted before it was asked for', async () => {
  const { clock, calledAt, call } = slowPlace()
  expect(await call(AbortSignal.abort())).toBe('given up before its turn came')
  await clock.settle(5000)
  expect(calledAt).toEqual([])
})
