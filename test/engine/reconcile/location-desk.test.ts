import { describe, expect, it } from 'vitest'
import { DEFAULT_CAPABILITIES, type FailureCause, type Location } from '../../../engine/index.js'
import { LocationDesk } from '../../../engine/reconcile/keep/location-desk.js'
import type { Step } from '../../../engine/reconcile/facts/step.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const MINUTE = 60_000

/** One removal after another, each to be taken through the desk. */
function removal(number: number): Step {
  const token = `t${number}`
  return {
    key: token,
    incarnation: 1,
    location: 'east',
    announcement: {
      kind: 'destroy',
      token,
      digest: '',
      generation: 1,
      at: 0,
      attempt: 1,
      desired: 1,
      reason: 'no longer wanted',
    },
    call: { verb: 'destroy', ref: { token, kind: 'machine', name: token, generation: 1 } },
  }
}

/** A desk at a place that answers one call at a time, as `destroy` does. */
function deskAt(destroy: () => ReturnType<Location['destroy']>): {
  readonly desk: LocationDesk
  readonly clock: VirtualClock
} {
  const clock = new VirtualClock({ start: 0 })
  const capabilities = { ...DEFAULT_CAPABILITIES, concurrency: 1 }
  return { desk: new LocationDesk({ capabilities, destroy } as unknown as Location, clock), clock }
}

function unanswered(cause: FailureCause): ReturnType<Location['destroy']> {
  return Promise.resolve([{ kind: 'unknown', failure: { cause, retry: 'soon', message: 'nothing came' } }])
}

describe('the circuit of a place', () => {
  it.each(['unreachable', 'timeout'] as const)('opens after five answers of %s in a row', async (cause) => {
    const { desk, clock } = deskAt(() => unanswered(cause))
    const seen: string[] = []
    desk.take(
      Array.from({ length: 5 }, (_none, at) => removal(at)),
      () => seen.push(desk.circuit),
    )
    await clock.settle(1)
    expect(seen).toEqual(['closed', 'closed', 'closed', 'closed', 'open'])
    expect(desk.vacancy(undefined)).toBe('full')
    await clock.settle(5_000)
    expect(desk.circuit).toBe('closed')
  })

  it('opens where calls are accepted and never answered', async () => {
    const { desk, clock } = deskAt(() => new Promise(() => undefined))
    desk.take(
      Array.from({ length: 6 }, (_none, at) => removal(at)),
      () => undefined,
    )
    await clock.settle(10 * MINUTE)
    expect([desk.circuit, desk.calls]).toEqual(['open', 5])
  })

  it('stays closed where the place says that something failed', async () => {
    const { desk, clock } = deskAt(() => unanswered('denied'))
    desk.take(
      Array.from({ length: 20 }, (_none, at) => removal(at)),
      () => undefined,
    )
    await clock.settle(1)
    expect([desk.circuit, desk.calls]).toEqual(['closed', 20])
  })
})
