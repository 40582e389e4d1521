import { describe, expect, it } from 'vitest'
import { arbitrate, type ArbiterState, type DesiredRecord, type Intent } from '../../../engine/index.js'
import { byPolicy, role, state } from '../../support/arbiter-bench.js'
import { desired } from '../../support/desired-record.js'

type Rollout = NonNullable<DesiredRecord['rollouts']>[string]

const COMING: Rollout = {
  version: 2,
  restores: 1,
  through: 3,
  keeps: [{ above: 0, version: 1 }],
  since: 0,
}

const standing = (rollout?: Partial<Rollout>, more: Partial<ArbiterState> = {}): ArbiterState =>
  state({
    desired: desired({ version: 2, ...(rollout ? { rollouts: { web: { ...COMING, ...rollout } } } : {}) }),
    roles: { web: role({ numbers: [3, 5, 8] }) },
    ...more,
  })

const about = { entity: 'web', version: 2, reason: 'well' } as const
const advance = (members: number | 'all', version = 2): Intent => ({
  ...about,
  kind: 'advance',
  members,
  version,
})

const ask = (intent: Intent, given: ArbiterState) => arbitrate(given, [byPolicy(intent)], 100)
const said = (intent: Intent, given: ArbiterState) =>
  ask(intent, given)
    .decisions.map(({ outcome, rule }) => `${outcome} ${rule}`)
    .join()

describe('of a change that comes in turns', () => {
  it.each<[number | 'all', number | 'all']>([
    [2, 5],
    [3, 8],
    [9, 8],
    ['all', 'all'],
  ])('%s members are admitted by their numbers, up to %s', (members, through) => {
    expect(ask(advance(members), standing({})).desired?.rollouts).toEqual({ web: { ...COMING, through } })
  })

  it.each<[string, Intent, ArbiterState, string]>([
    ['fewer than there are', advance(1), standing({}), 'held already-so'],
    ['no number', advance(0), standing({}), 'refused bounds'],
    ['another change', advance(2, 1), standing({}), 'refused superseded'],
    ['what is over', advance(2), standing(), 'refused superseded'],
    ['more while it is stalled', advance(2), standing({ stalled: 'bad' }), 'held stalled'],
    ['its end before all have it', { ...about, kind: 'finish' }, standing({}), 'refused bounds'],
    ['its end', { ...about, kind: 'finish' }, standing({ through: 'all' }), 'decided granted'],
    ['what there was before', { ...about, kind: 'revert' }, standing({ stalled: 'bad' }), 'decided granted'],
    [
      'that twice',
      { ...about, kind: 'revert' },
      standing(undefined, { restored: 1 }),
      'refused rollback-of-rollback',
    ],
    [
      'something of an inherited name',
      { ...about, kind: 'finish', entity: '__proto__' },
      standing({}),
      'refused superseded',
    ],
  ])('asked for %s, the arbiter says so', (_what, intent, given, answer) => {
    expect(said(intent, given)).toBe(answer)
  })

  it('nothing is granted while the application is to be stopped, or the role is held', () => {
    const stopped = standing({})
    expect(said(advance(2), { ...stopped, desired: { ...stopped.desired, wish: 'stopped' } })).toBe(
      'refused wish',
    )
    const holds = { web: { by: 'ann', until: 200 } }
    expect(said(advance(2), { ...stopped, desired: { ...stopped.desired, holds } })).toBe('held entity-held')
  })

  it('the end takes it out, and a stall says why', () => {
    expect(ask({ ...about, kind: 'finish' }, standing({ through: 'all' })).desired?.rollouts).toEqual({})
    expect(ask({ ...about, kind: 'stall' }, standing({})).desired?.rollouts?.['web']?.stalled).toBe('well')
  })
})
