import { firstValueFrom, take, toArray } from 'rxjs'
import { expect, it, type TestContext } from 'vitest'
import { expectKind, refOf, type FaultPoint, type LocationSubject } from './location-harness.js'

/** What holds when the world misbehaves; each fault needs a harness that can cause it. */
export function faultContract(subject: () => LocationSubject): void {
  const armed = ({ skip }: TestContext, point: FaultPoint): Armed => {
    const s = subject()
    const arm = s.harness.faults?.[point]
    skip(arm === undefined, `this harness cannot cause ${point}`)
    return { s, arm: async (name) => arm?.(name) }
  }

  it('calls an effect unknown when its answer was lost before it happened, and makes it once when asked again', async (context) => {
    const { s, arm } = armed(context, 'answer-lost-before-effect')
    const want = s.want()
    await arm(want.name)
    expect((await s.ensureOne(want)).kind).toBe('unknown')
    expect((await s.state(refOf(want))).state).toBe('absent')
    await s.made(want)
    await expectMadeOnce(s, want.token)
  })

  it('calls an effect unknown when its answer was lost after it happened, and finds it when asked again', async (context) => {
    const { s, arm } = armed(context, 'answer-lost-after-effect')
    const want = s.want()
    await arm(want.name)
    expect((await s.ensureOne(want)).kind).toBe('unknown')
    const state = await s.state(refOf(want))
    expect(state.state).not.toBe('absent')
    expect(state.marks).toEqual(want.marks)
    expect(['found', 'pending']).toContain((await s.ensureOne(want)).kind)
    await expectMadeOnce(s, want.token)
  })

  it('makes one object when a wish is delivered twice', async (context) => {
    const { s, arm } = armed(context, 'duplicate-delivery')
    const want = s.want()
    await arm(want.name)
    await s.made(want)
    await expectMadeOnce(s, want.token)
  })

  it('says not now instead of failing, and does it later', async (context) => {
    const { s, arm } = armed(context, 'not-ready')
    const want = s.want()
    await arm(want.name)
    const answer = await s.ensureOne(want)
    expectKind(answer, 'not-ready')
    await s.made(want)
    await expectMadeOnce(s, want.token)
  })

  it('shows what failed midway as failed, with the reason, until it is removed', async (context) => {
    const { s, arm } = armed(context, 'failed-midway')
    const want = s.want()
    await arm(want.name)
    await s.ensureOne(want)
    const failed = await s.reached(refOf(want), 'failed')
    expect(failed.reason ?? '').not.toBe('')
    expect(failed.marks).toEqual(want.marks)
    await s.destroyed(refOf(want))
    expect((await s.state(refOf(want))).state).toBe('absent')
  })

  it('shows what takes long as begun, and does not begin it again', async (context) => {
    const { s, arm } = armed(context, 'slow-effect')
    const want = s.want()
    await arm(want.name)
    const answer = await s.ensureOne(want)
    expectKind(answer, 'pending')
    await s.ensureOne(want)
    await s.running(want)
    await expectMadeOnce(s, want.token)
  })

  it('makes no second one of what does not show yet', async (context) => {
    const { s, arm } = armed(context, 'delayed-visibility')
    const want = s.want()
    await arm(want.name)
    await s.ensureOne(want)
    expect((await s.state(refOf(want))).state).toBe('absent')
    await s.ensureOne(want)
    await s.eventually('it shows', async () =>
      (await s.state(refOf(want))).state === 'absent' ? undefined : true,
    )
    await expectMadeOnce(s, want.token)
  })

  it.for(['throttled', 'capacity'] as const)(
    'passes on that the far end refused: %s',
    async (point, context) => {
      const { s, arm } = armed(context, point)
      const want = s.want()
      await arm(want.name)
      expect(await s.ensureOne(want)).toMatchObject({ kind: 'refused', failure: { cause: point } })
      expect((await s.state(refOf(want))).state).toBe('absent')
      await s.made(want)
    },
  )

  it('gives machines other instances when the provider restarts, and their runs are lost', async (context) => {
    const { s, arm } = armed(context, 'provider-restart')
    const machine = await s.running()
    const before = (await s.state(machine)).instance
    const request = s.request('sleep 600', { mode: 'service', label: 'launch' })
    await s.begun(machine, request)
    await arm(machine.name)
    const after = await s.started(machine)
    expect(after.instance).not.toBe(before)
    expect((await s.run(machine, request.token))?.state).toBe('lost')
  })

  it('sees that a machine was stopped behind our back, and turns it on again', async ({ skip }) => {
    const s = subject()
    const { breakInstance } = s.harness
    skip(breakInstance === undefined, 'this place cannot break a machine')
    const machine = await s.running()
    await breakInstance?.call(s.harness, machine)
    expect((await s.reached(machine, 'stopped')).marks).toMatchObject({ engine: s.engine })
    await s.started(machine)
  })

  it('sees that a resource was removed behind our back, and makes it anew when asked', async ({ skip }) => {
    const s = subject()
    const { vanish } = s.harness
    skip(vanish === undefined, 'this place cannot remove behind our back')
    const want = s.want()
    const machine = await s.running(want)
    await vanish?.call(s.harness, machine)
    await s.reached(machine, 'absent')
    await s.destroyed(machine)
    await s.running(want)
    expect((await s.state(machine)).marks).toEqual(want.marks)
    await s.destroyed(machine)
  })

  it('is not misled by a far end whose clock is off', async ({ skip }) => {
    const s = subject()
    const { skew } = s.harness
    skip(skew === undefined, 'there is but one clock here')
    const machine = await s.running()
    const before = await s.ran(machine, s.request('true'))
    const after = await s.ran(machine, s.request('sleep 0.2', { timeout: 60_000 }))
    expect([before.state, after.state]).toEqual(['exited', 'exited'])
    expect(after.finishedAt).toBeGreaterThan(after.startedAt ?? Infinity)
    expect(after.startedAt).toBeGreaterThanOrEqual(before.finishedAt ?? Infinity)
    const [listed] = (await s.location.listOwned(s.engine, s.options)).filter(
      ({ token }) => token === machine.token,
    )
    expect((after.startedAt ?? 0) - (listed?.createdAt ?? 0)).toBeGreaterThanOrEqual(skew ?? 0)
  })

  it('says look at everything when hints may have been lost', async (context) => {
    const { s, arm } = armed(context, 'event-gap')
    const hints = firstValueFrom(s.location.watch().pipe(take(1), toArray()))
    await arm('')
    expect(await hints).toEqual([{}])
  })
}

interface Armed {
  readonly s: LocationSubject
  readonly arm: (name: string) => Promise<void>
}

async function expectMadeOnce(s: LocationSubject, token: string): Promise<void> {
  const owned = await s.location.listOwned(s.engine, s.options)
  expect(owned.filter((one) => one.token === token)).toHaveLength(1)
  expect(await s.timesMade(token)).toBe(1)
}
