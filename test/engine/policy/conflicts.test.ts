import { describe, expect, it } from 'vitest'
import { type AttachedPolicy, type NamedPolicy, conflictsOf } from '../../../engine/index.js'

const policy = (
  entity: string,
  name: string,
  decides: AttachedPolicy['decides'],
  conditions: 'self' | 'members' = 'self',
): NamedPolicy => ({
  entity,
  name,
  policy: {
    interest: { sensors: [], conditions },
    decides,
    initial: {},
    pipeline: () => (readings$) => readings$ as never,
  },
})

describe('two policies', () => {
  it.each<[string, NamedPolicy, NamedPolicy, readonly string[]]>([
    [
      'that write one count',
      policy('web', 'a', ['count'], 'members'),
      policy('web', 'b', ['count']),
      ['b of web, a of web: count'],
    ],
    [
      'that restart one entity',
      policy('store', 'a', ['restart']),
      policy('store', 'b', ['restart']),
      ['b of store, a of store: restart'],
    ],
    [
      'one of a role, one of its members',
      policy('web', 'a', ['replace'], 'members'),
      policy('web/*', 'b', ['replace']),
      ['b of web/*, a of web: replace'],
    ],
    [
      'that decide different things',
      policy('web', 'a', ['restart'], 'members'),
      policy('web', 'b', ['replace'], 'members'),
      [],
    ],
    [
      'of different entities',
      policy('web', 'a', ['count'], 'members'),
      policy('db', 'b', ['count'], 'members'),
      [],
    ],
    [
      'of a role and of its child that is no member',
      policy('web', 'a', ['restart'], 'members'),
      policy('web/side', 'b', ['restart']),
      [],
    ],
    [
      'of a role itself and of its members',
      policy('web', 'a', ['restart']),
      policy('web', 'b', ['restart'], 'members'),
      [],
    ],
  ])('%s are told from each other', (_what, one, two, expected) => {
    const told = conflictsOf([one, two]).map(
      ({ one: a, other: b, what }) => `${a.name} of ${a.entity}, ${b.name} of ${b.entity}: ${what}`,
    )
    expect(told).toEqual(expected)
  })
})
