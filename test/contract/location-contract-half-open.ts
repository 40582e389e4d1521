import { expect, it, type TestContext } from 'vitest'
import type { Hint } from '../../engine/index.js'
import { refOf, type HalfOpenPoint, type LocationSubject } from './location-harness.js'

/**
 * What holds when a connection is accepted and then nothing comes: no call waits for ever, none takes silence for an
 * answer, and the next one finds another way.
 */
export function halfOpenContract(subject: () => LocationSubject): void {
  const armed = ({ skip }: TestContext, point: HalfOpenPoint): Armed => {
    const s = subject()
    const arm = s.harness.faults?.[point]
    skip(arm === undefined, `this harness cannot cause ${point}`)
    return { s, arm: async (name) => arm?.(name) }
  }

  it('calls an effect unknown when nobody answers the wish for it, and makes it once when asked again', async (context) => {
    const { s, arm } = armed(context, 'half-open-before')
    const want = s.want()
    await arm(want.name)
    expect((await s.ensureOne(want)).kind).toBe('unknown')
    expect((await s.state(refOf(want))).state).toBe('absent')
    await s.made(want)
    expect(await s.timesMade(want.token)).toBe(1)
  })

  it.for(['half-open-after', 'half-open-answer'] as const)(
    'calls an effect unknown that has happened in silence, and finds it when asked again: %s',
    async (point, context) => {
      const { s, arm } = armed(context, point)
      const want = s.want()
      await arm(want.name)
      expect((await s.ensureOne(want)).kind).toBe('unknown')
      expect((await s.state(refOf(want))).marks).toEqual(want.marks)
      expect(['found', 'pending']).toContain((await s.ensureOne(want)).kind)
      expect(await s.timesMade(want.token)).toBe(1)
    },
  )

  it('does not know what it has looked at in vain, and knows it at the next look', async (context) => {
    const { s, arm } = armed(context, 'half-open-look')
    const machine = await s.running()
    await arm(machine.name)
    expect(await s.look(machine)).toBeUndefined()
    expect((await s.state(machine)).state).toBe('running')
  })

  it('notices that its hints are dead, and sees by looking what they did not tell', async (context) => {
    const { s, arm } = armed(context, 'half-open-hints')
    const machine = await s.running()
    const hints: Hint[] = []
    const watching = s.location.watch().subscribe((hint) => hints.push(hint))
    await s.look(machine)
    await arm(machine.name)
    hints.length = 0
    await s.harness.breakInstance?.(machine)
    expect((await s.reached(machine, 'stopped')).marks).toMatchObject({ engine: s.engine })
    await s.eventually('hints come again', async () =>
      hints.some(({ token = machine.token }) => token === machine.token) ? true : undefined,
    )
    watching.unsubscribe()
  })
}

interface Armed {
  readonly s: LocationSubject
  readonly arm: (name: string) => Promise<void>
}
