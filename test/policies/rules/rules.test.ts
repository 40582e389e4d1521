import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { rules } from '../../../policies/index.js'
import { PolicyBench, attach, memberReading, sensorReading } from '../../support/policy-bench.js'

const SUBJECT = { path: 'web', min: 1, max: 8, initial: 2 }
const bench = (config: JsonObject): PolicyBench => new PolicyBench(attach(rules, config, SUBJECT))
const faults = (config: JsonObject): readonly string[] => {
  const attached = rules.attach(SUBJECT, config)
  return 'problems' in attached
    ? attached.problems.map(({ pointer, message }) => `${pointer}: ${message}`)
    : []
}

const load = { sensor: 'load' }
const grow = { name: 'grow', when: 'load > high', scale: 'count + 1' }

describe('a policy of rules', () => {
  const twoMembers = (policy: PolicyBench): void => {
    policy.read(memberReading('web/1', 0))
    policy.read(memberReading('web/2', 0))
  }

  it('asks for what its rule says when the rule is true', () => {
    const policy = bench({ parameters: { high: 50 }, readings: { load }, rules: [grow] })
    twoMembers(policy)
    policy.read(sensorReading('web/1', 40, 1_000))
    policy.read(sensorReading('web/2', 40, 1_000))
    expect(policy.intents('scale')).toEqual([])
    policy.read(sensorReading('web/2', 80, 2_000))
    expect(policy.intents('scale').map(({ at, intent }) => [at, intent])).toEqual([
      [2_000, { kind: 'scale', entity: 'web', count: 3, reason: 'grow: load > high' }],
    ])
  })

  it('takes no value whose time has not come, which would stand for ever', () => {
    const policy = bench({ parameters: { high: 50 }, readings: { load }, rules: [grow] })
    twoMembers(policy)
    for (const member of ['web/1', 'web/2']) policy.read(sensorReading(member, 90, 9_000_000), 1_000)
    expect(policy.intents('scale')).toEqual([])
    for (const member of ['web/1', 'web/2']) policy.read(sensorReading(member, 90, 4_000), 2_000)
    expect(policy.intents('scale')).toHaveLength(1)
    for (const member of ['web/1', 'web/2']) policy.read(sensorReading(member, 10, 3_000))
    policy.read(sensorReading('web/1', 10, 3_500))
    expect(policy.intents('scale')).toHaveLength(1)
  })

  it('is not led astray by names that mean something to programs', () => {
    const odd = { sensor: '__proto__' }
    const policy = bench({ parameters: { high: 50 }, readings: { load: odd }, rules: [grow] })
    twoMembers(policy)
    for (const entity of ['web/1', '__proto__', 'web/2', 'constructor'])
      policy.read(sensorReading(entity, 90, 1_000, '__proto__'))
    expect(policy.intents('scale').map(({ intent }) => intent.count)).toEqual([3, 3])
    expect(Object.getPrototypeOf(policy.memory)).toBe(Object.prototype)
  })

  it('waits until it has been true for so long, and begins anew when it was not meanwhile', () => {
    const policy = bench({ parameters: { high: 50 }, readings: { load }, rules: [{ ...grow, for: '10s' }] })
    twoMembers(policy)
    const both = (at: number, value: number): void => {
      policy.read(sensorReading('web/1', value, at))
      policy.read(sensorReading('web/2', value, at))
    }
    both(1_000, 80)
    both(6_000, 20)
    both(8_000, 80)
    policy.passUntil(17_999)
    expect(policy.intents('scale')).toEqual([])
    policy.passUntil(18_000)
    expect(policy.intents('scale').map(({ at }) => at)).toEqual([18_000])
  })

  it('rests for its cooldown after it has asked', () => {
    const policy = bench({
      parameters: { high: 50 },
      readings: { load },
      rules: [{ ...grow, cooldown: '20s' }],
    })
    twoMembers(policy)
    for (let at = 1_000; at <= 30_000; at += 1_000)
      for (const member of ['web/1', 'web/2']) policy.read(sensorReading(member, 90, at))
    expect(policy.intents('scale').map(({ at }) => at)).toEqual([1_000, 21_000])
  })

  it('stays within its own bounds and those of its entity', () => {
    const policy = bench({
      readings: { load },
      bounds: { max: 4 },
      rules: [{ name: 'much', when: 'load > 0', scale: 'load * 100' }],
    })
    twoMembers(policy)
    policy.read(sensorReading('web/1', 3, 1_000))
    policy.read(sensorReading('web/2', 3, 1_000))
    expect(policy.intents('scale').map(({ intent }) => intent.count)).toEqual([4])
  })

  it('holds and says why while a member that is up has no fresh reading', () => {
    const policy = bench({
      parameters: { high: 50 },
      readings: { load: { ...load, staleAfter: '5s' } },
      rules: [grow],
    })
    twoMembers(policy)
    policy.read(sensorReading('web/1', 90, 1_000))
    expect(policy.intents('hold').at(-1)?.intent.reason).toBe('when: load: there is no fresh value of web/2')
    policy.read(sensorReading('web/2', 90, 2_000))
    expect(policy.intents('scale')).toHaveLength(1)
    policy.passUntil(20_000)
    expect(policy.intents('hold').at(-1)?.intent.reason).toContain('no fresh value of web/1')
  })

  it('is asked of each member by itself where it says so', () => {
    const policy = bench({
      readings: { errors: { sensor: 'load' } },
      rules: [{ name: 'sick', each: 'member', when: 'errors > 10', for: '5s', act: 'replace' }],
    })
    twoMembers(policy)
    policy.read(sensorReading('web/1', 20, 1_000))
    policy.read(sensorReading('web/2', 1, 1_000))
    policy.passUntil(6_000)
    expect(
      policy.intents('replace').map(({ at, intent }) => [at, intent.entity, intent.incarnation]),
    ).toEqual([[6_000, 'web/1', 1]])
  })

  it('restarts nobody that was never launched, and rests for nothing', () => {
    const policy = bench({
      readings: {},
      rules: [{ name: 'again', each: 'member', when: 'true', cooldown: '1h', act: 'restart' }],
    })
    policy.read(memberReading('web/1', 0, { state: 'starting', up: false, run: 0 }))
    policy.read(memberReading('web/1', 1_000))
    expect(policy.intents('restart').map(({ at, intent }) => [at, intent.run])).toEqual([[1_000, 1]])
  })

  it('calls an effector with what it says, once for each time', () => {
    const policy = bench({
      readings: { load },
      rules: [
        { name: 'high', when: 'load > 50', cooldown: '1 min', call: 'shed', arguments: { by: 'load - 50' } },
      ],
    })
    twoMembers(policy)
    for (const at of [1_000, 2_000, 70_000])
      for (const member of ['web/1', 'web/2']) policy.read(sensorReading(member, 60, at))
    const called = policy
      .intents('call')
      .map(({ intent }) => [intent.entity, intent.effector, intent.arguments])
    expect(called).toEqual([
      ['web', 'shed', { by: 10 }],
      ['web', 'shed', { by: 10 }],
    ])
    expect(new Set(policy.intents('call').map(({ intent }) => intent.key)).size).toBe(2)
  })

  it('remembers what its rules set', () => {
    const policy = bench({
      readings: { load },
      state: { most: 0 },
      rules: [
        { name: 'note', when: 'load > most', set: { most: 'load' } },
        { name: 'fell', when: 'load < most / 2', scale: 'count - 1' },
      ],
    })
    policy.read(memberReading('web/1', 0))
    policy.read(memberReading('web/2', 0))
    for (const [at, value] of [
      [1_000, 10],
      [2_000, 60],
      [3_000, 20],
    ] as const)
      for (const member of ['web/1', 'web/2']) policy.read(sensorReading(member, value, at))
    expect(policy.intents('scale').map(({ intent }) => intent.count)).toEqual([1])
  })

  it('takes the mean over a window where one is given', () => {
    const policy = bench({
      parameters: { high: 50 },
      readings: { load: { ...load, window: '10s' } },
      rules: [grow],
    })
    policy.read(memberReading('web/1', 0))
    for (const [at, value] of [
      [1_000, 10],
      [2_000, 10],
      [3_000, 100],
    ] as const)
      policy.read(sensorReading('web/1', value, at))
    expect(policy.intents('scale')).toEqual([])
    policy.read(sensorReading('web/1', 100, 4_000))
    expect(policy.intents('scale')).toHaveLength(1)
  })

  it('holds where an expression has no value', () => {
    const policy = bench({ readings: { load }, rules: [{ name: 'odd', when: '1 / 0 > 0', scale: '2' }] })
    policy.read(memberReading('web/1', 0))
    expect(policy.intents('hold').at(-1)?.intent).toEqual({
      kind: 'hold',
      rule: 'odd',
      reason: 'when: division by zero',
    })
  })
})

describe('a document of rules', () => {
  it.each<readonly [what: string, config: JsonObject, said: readonly string[]]>([
    [
      'has no rules',
      { readings: { load } },
      ['/rules: rules: "rules" must be a list with at least one rule'],
    ],
    [
      'names what is not declared',
      { readings: { load }, rules: [{ name: 'a', when: 'laod > 1', scale: '2' }] },
      ['/rules/0/when: rules: "laod" in "when": unknown variable: laod'],
    ],
    [
      'compares what does not compare',
      { parameters: { high: 'x' }, readings: { load }, rules: [grow] },
      ['/rules/0/when: rules: "load > high" in "when": no such overload: double > string'],
    ],
    [
      'does nothing',
      { readings: { load }, rules: [{ name: 'a', when: 'load > 1' }] },
      ['/rules/0: rules: it does nothing'],
    ],
    [
      'has a key that there is not',
      { readings: { load: { ...load, windwo: '5s' } }, rules: [{ name: 'a', when: 'load > 1', scale: '2' }] },
      ['/readings/load/windwo: rules has no setting "windwo"'],
    ],
    [
      'has a part that there is not',
      { raedings: {}, rules: [{ name: 'a', when: 'up > 1', scale: '2' }] },
      ['/raedings: rules: it has no part "raedings"'],
    ],
    [
      'gives a name twice',
      { parameters: { load: 1 }, readings: { load }, rules: [{ name: 'a', when: 'load > 1', scale: '2' }] },
      ['/readings/load: rules: "load" has a meaning already'],
    ],
    [
      'sets what is not its state',
      { readings: { load }, rules: [{ name: 'a', when: 'load > 1', set: { x: 'load' } }] },
      ['/rules/0/set/x: rules: the state has no "x"'],
    ],
    [
      'has bounds the wrong way round',
      { bounds: { min: 4, max: 2 }, rules: [{ name: 'a', when: 'up > 1', scale: '2' }] },
      ['/bounds/min: rules: "min" 4 is above "max" 2'],
    ],
    [
      'has a name that means something to the language we are written in',
      { state: { __proto__x: 1 }, rules: [{ name: 'a', when: 'up > 1', scale: '2' }] },
      ['/state/__proto__x: rules: "__proto__x" cannot be a name'],
    ],
    [
      'asks one member for a number of members',
      { rules: [{ name: 'a', each: 'member', when: 'up > 1', scale: '2' }] },
      ['/rules/0/scale: rules: one member has no number of members'],
    ],
  ])('that %s is refused', (_what, config, said) => {
    expect(faults(config)).toEqual(said)
  })
})
