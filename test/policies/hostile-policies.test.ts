import { describe, expect, it } from 'vitest'
import { type Intent, type Json, type JsonObject, PolicyHost, arbitrate } from '../../engine/index.js'
import { autoscale, rules } from '../../policies/index.js'
import { byPolicy, replaceOf, restartOf, scale, state } from '../support/arbiter-bench.js'
import { PolicyBench, attach, memberReading, sensorReading } from '../support/policy-bench.js'
import { problemsOfPolicy } from '../support/policy-trials.js'

const autoscaler = (...settings: readonly string[]): string =>
  `policy: bad\ndoes: { type: autoscale, ${settings.join(', ')} }\n`

/** A document of one rule that is asked whether it acts. */
const ruleOf = (when: string, then = 'scale: "2"', more = ''): string =>
  `policy: bad\ndoes:\n  type: rules\n  readings: { load: { sensor: load${more} } }\n  state: { text: x }\n  rules:\n    - { name: r, when: ${JSON.stringify(when)}, ${then} }\n`

const nested = (depth: number): string => (depth === 0 ? 'x' : `[x].map(x, ${nested(depth - 1)})`)

describe('a policy document that means ill is refused, and told what is wrong with it', () => {
  it.each<[what: string, text: string, said: RegExp]>([
    ['loops within loops', ruleOf(`[1.0].exists(x, ${nested(3)} == [1.0])`), /within each other at most 2/],
    ['a text that doubles', ruleOf('cel.bind(a, text + text, a == text)'), /"bind" is not offered|bind/],
    ['a pattern without bounds', ruleOf("text.matches('(a+)+$')"), /"matches" is not offered; use like/],
    [
      'an expression without end',
      ruleOf(`load > 0.0${' || load > 0.0'.repeat(500)}`),
      /at most 2000 char|nodes/,
    ],
    ['an expression that is deep', ruleOf(`${'('.repeat(200)}load > 0.0${')'.repeat(200)}`), /depth|deep/i],
    ['a number that is added to a text', ruleOf("load + 'a' == 'b'"), /no such overload/],
    ['a condition that is a number', ruleOf('load'), /true or false is wanted/],
    ['a count that is a text', ruleOf('load > 0.0', `scale: "'two'"`), /a number is wanted/],
    ['a name that nobody has', ruleOf('process.env == 1'), /process/],
    ['a list for a map', 'policy: bad\ndoes: { type: rules, rules: { name: r } }\n', /must be a list/],
    ['a map for a number', autoscaler('lower: { a: 1 }', 'upper: 2'), /finite number/],
    ['a threshold that is no number', autoscaler('lower: .nan', 'upper: 2'), /finite number|number/],
    ['a threshold without bounds', autoscaler('lower: 1', 'upper: .inf'), /finite number|number/],
    ['a text that is called a number', autoscaler('lower: 1', 'upper: NaN'), /finite number/],
    ['the lower above the upper', autoscaler('lower: 9', 'upper: 2'), /"lower" 9 is above "upper" 2/],
    ['the fewest above the most', autoscaler('lower: 1', 'upper: 2', 'min: 5', 'max: 3'), /"min" 5 is above/],
    ['a negative rest', autoscaler('lower: 1', 'upper: 2', 'cooldown: -5s'), /duration of at least 0/],
    [
      'a window of minus one',
      autoscaler('lower: 1', 'upper: 2', 'scaleOutAfter: -1'),
      /duration of at least 0/,
    ],
    ['a time without end', autoscaler('lower: 1', 'upper: 2', 'staleAfter: 99999999999999'), /duration/],
    ['a period of nothing', 'policy: bad\ndoes: { type: restart, period: 0s }\n', /duration of at least 1/],
    ['no attempts', 'policy: bad\ndoes: { type: restart, attempts: 0 }\n', /at least 1/],
    [
      'members that never tell',
      `${autoscaler('lower: 1', 'upper: 2')}pool: { min: 1, max: 2, every: 0 }\n`,
      /every/,
    ],
    ['a name of what we are written in', ruleOf('load > 0.0', 'set: { __proto__: "1" }'), /__proto__/],
    ['its own prototype', 'policy: bad\ndoes: { type: autoscale, __proto__: { lower: 1 } }\n', /__proto__/],
    ['a policy of a kind that is none', 'policy: bad\ndoes: { type: constructor }\n', /constructor/],
  ])('%s', (_what, text, said) => {
    const problems = problemsOfPolicy(text)
    expect(problems.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0)
    expect(problems.map(({ message, hint = '' }) => `${message} ${hint}`).join('\n')).toMatch(said)
    for (const { hint, range } of problems) expect([hint, range]).not.toContain(undefined)
  })
})

describe('what no check can see stays within bounds', () => {
  const ruled = (config: JsonObject): PolicyBench => {
    const bench = new PolicyBench(attach(rules, config), { restarts: true })
    bench.read(memberReading('web/1', 0))
    return bench
  }
  const holds = (bench: PolicyBench): readonly string[] =>
    bench.intents('hold').map(({ intent }) => intent.reason)

  it('a text that doubles with each reading stops growing', () => {
    const grows = { name: 'grow', when: 'up > 0', set: { text: 'text + text' } }
    const bench = ruled({ state: { text: 'x' }, rules: [grows] })
    for (let at = 1; at <= 60; at += 1) bench.read(sensorReading('web/1', 1, at * 1_000))
    expect(JSON.stringify(bench.memory).length).toBeLessThan(20_000)
    expect(holds(bench).at(-1)).toContain('cannot be kept')
  })

  it.each(['load / 0', '0.0 / (load - load)', '1.0e308 * 10.0 * load'])(
    'a count of %s is not asked for',
    (text) => {
      const bench = ruled({
        readings: { load: { sensor: 'load' } },
        rules: [{ name: 'odd', when: 'load > 0.0', scale: text }],
      })
      bench.read(sensorReading('web/1', 5, 1_000))
      expect(bench.intents('scale')).toEqual([])
      expect(holds(bench).some((reason) => reason.startsWith('scale:'))).toBe(true)
    },
  )

  it('a window that is longer than anything is kept has as many values as fit', () => {
    const load = { sensor: 'load', window: '10000d', staleAfter: '10000d' }
    const bench = ruled({ readings: { load }, rules: [{ name: 'r', when: 'load > 9.0', scale: '2' }] })
    for (let at = 1; at <= 2_000; at += 1) bench.read(sensorReading('web/1', 1, at * 1_000))
    const samples = (bench.memory['samples'] as { load: { 'web/1': readonly Json[] } }).load['web/1']
    expect(samples).toHaveLength(600)
  })

  it.each<[what: string, value: Json, at: number]>([
    ['of next year', 99, 366 * 86_400_000],
    ['of the end of time', 99, Number.MAX_SAFE_INTEGER],
    ['that is a text', '99', 1_000],
    ['that is a map', { value: 99 }, 1_000],
    ['that is below nothing', -99, 1_000],
    ['beyond belief', 1e300, 1_000],
  ])('a load %s moves no autoscaler, and leaves what it is told after that believed', (_what, value, at) => {
    const bench = new PolicyBench(attach(autoscale, { lower: 1, upper: 2, scaleOutAfter: 0 }), {
      restarts: true,
    })
    bench.read(memberReading('web/1', 0))
    bench.read(sensorReading('web/1', value, at), 1_000)
    expect(bench.intents('scale')).toEqual([])
    expect(bench.intents('hold').some(({ intent }) => intent.rule === 'untrusted-reading')).toBe(true)
    bench.read(sensorReading('web/1', 8, 2_000))
    bench.read(sensorReading('web/1', 8, 3_000))
    expect(bench.intents('scale').at(-1)?.intent.count).toBeGreaterThan(1)
  })

  it.each(['other/web', '../other/web', 'tenant/other/web', '__proto__', 'constructor'])(
    'what is asked for at %s, which is nothing of its application, is refused',
    (entity) => {
      const intents: readonly Intent[] = [
        scale(4, entity),
        restartOf(entity),
        replaceOf(entity),
        { kind: 'call', entity, effector: 'stop', arguments: {}, key: '1', reason: 'x' },
      ]
      const { decisions, desired, calls } = arbitrate(state(), intents.map(byPolicy), 0)
      expect(decisions.map(({ outcome, rule }) => [outcome, rule])).toEqual(
        intents.map(() => ['refused', 'unknown-entity']),
      )
      expect([desired, calls]).toEqual([undefined, []])
    },
  )

  it('a flood of readings of names that nobody knows leaves no trace', () => {
    const host = new PolicyHost()
    const policy = attach(autoscale, { lower: 1, upper: 2 })
    host.attach([{ entity: 'web', name: 'size', type: 'autoscale', version: '1', policy }])
    for (const name of ['__proto__', 'constructor', 'toString'])
      for (let at = 0; at < 1_000; at += 1) host.observe(sensorReading(`web/${at}`, 1, at, name))
    expect(host.turn(2_000)).toEqual({ requests: [], yields: [], checkpoints: [] })
  })
})
