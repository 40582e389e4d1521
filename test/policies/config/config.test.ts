import { describe, expect, it } from 'vitest'
import type { JsonObject, PolicyKind, PolicySubject } from '../../../engine/index.js'
import { autoscale, replace, restart, stockPolicies } from '../../../policies/index.js'
import { formatDuration, parseDuration } from '../../../policies/config/duration.js'
import { nearestName } from '../../../policies/config/nearest.js'
import { WEB } from '../../support/policy-bench.js'

const problemsOf = (kind: PolicyKind, config: JsonObject, subject: PolicySubject = WEB) => {
  const answer = kind.attach(subject, config)
  return 'problems' in answer ? answer.problems : []
}
const band = { lower: 10, upper: 50 }

describe('the configuration of a policy', () => {
  it.each([
    [
      'a misspelt key',
      autoscale,
      { ...band, coolDown: 5 },
      'policy-config-unknown-key',
      '/coolDown',
      '"cooldown"',
    ],
    [
      'a far-fetched key',
      restart,
      { colour: 1 },
      'policy-config-unknown-key',
      '/colour',
      'Known keys: attempts',
    ],
    ['a missing key', autoscale, { upper: 50 }, 'policy-config-missing', '/lower', '"lower"'],
    ['NaN', autoscale, { lower: NaN, upper: 50 }, 'policy-config-value', '/lower', 'finite number'],
    ['infinity', autoscale, { lower: 1, upper: Infinity }, 'policy-config-value', '/upper', 'finite number'],
    [
      'text for a number',
      autoscale,
      { lower: 'low', upper: 50 },
      'policy-config-value',
      '/lower',
      'finite number',
    ],
    [
      'a negative threshold',
      autoscale,
      { lower: -1, upper: 50 },
      'policy-config-value',
      '/lower',
      'at least 0',
    ],
    [
      'lower above upper',
      autoscale,
      { lower: 60, upper: 50 },
      'policy-config-contradiction',
      '/lower',
      'Exchange',
    ],
    ['an upper of 0', autoscale, { lower: 0, upper: 0 }, 'policy-config-contradiction', '/upper', 'highest'],
    [
      'min above max',
      autoscale,
      { ...band, min: 5, max: 4 },
      'policy-config-contradiction',
      '/min',
      'Exchange',
    ],
    [
      'max above the role',
      autoscale,
      { ...band, max: 11 },
      'policy-config-contradiction',
      '/max',
      'at most 10',
    ],
    [
      'min below the role',
      autoscale,
      { ...band, min: 0 },
      'policy-config-contradiction',
      '/min',
      'at least 1',
    ],
    [
      'a fraction of a member',
      autoscale,
      { ...band, max: 2.5 },
      'policy-config-value',
      '/max',
      'whole number',
    ],
    [
      'a negative cooldown',
      autoscale,
      { ...band, cooldown: -5 },
      'policy-config-value',
      '/cooldown',
      'duration',
    ],
    [
      'a duration without unit',
      autoscale,
      { ...band, cooldown: '5' },
      'policy-config-value',
      '/cooldown',
      '5s',
    ],
    ['a sensor without name', autoscale, { ...band, sensor: '' }, 'policy-config-value', '/sensor', 'a name'],
    ['a period of 0', restart, { period: 0 }, 'policy-config-value', '/period', 'at least 1 ms'],
    ['no attempts', restart, { attempts: 0 }, 'policy-config-value', '/attempts', 'at least 1'],
    [
      'a shrinking back-off',
      restart,
      { backoff: { factor: 0.5 } },
      'policy-config-value',
      '/backoff/factor',
      'at least 1',
    ],
    [
      'a back-off that is none',
      restart,
      { backoff: 5 },
      'policy-config-value',
      '/backoff',
      'a map with initial',
    ],
    [
      'an unknown back-off key',
      restart,
      { backoff: { first: 1 } },
      'policy-config-unknown-key',
      '/backoff/first',
      'factor',
    ],
    [
      'initial above max',
      restart,
      { backoff: { initial: '1m', max: '1s' } },
      'policy-config-contradiction',
      '/backoff',
      'Ex',
    ],
    ['a list for a number', replace, { attempts: [5] }, 'policy-config-value', '/attempts', 'whole number'],
    [
      'an absurd duration',
      replace,
      { unhealthyFor: 1e15 },
      'policy-config-value',
      '/unhealthyFor',
      'duration',
    ],
    [
      'an inherited name',
      replace,
      JSON.parse('{"__proto__": 1}') as JsonObject,
      'policy-config-unknown-key',
      '/__proto__',
      'Known',
    ],
  ] as const)('refuses %s with a way out', (_what, kind, config, code, pointer, hint) => {
    const problems = problemsOf(kind, config)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ kind: 'problem', severity: 'error', code, pointer })
    expect(problems[0]?.hint).toContain(hint)
  })

  it('reports every mistake at once', () => {
    const problems = problemsOf(autoscale, { lower: 'x', uper: 3, cooldown: -1 })
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/uper', '/lower', '/upper', '/cooldown'])
  })

  it('refuses to scale an entity without members', () => {
    expect(problemsOf(autoscale, band, { path: 'store' })[0]?.message).toBe(
      'autoscale: "store" has no members to scale',
    )
  })

  it.each(stockPolicies.map((kind) => [kind.type, kind] as const))(
    '%s has a closed schema with defaults',
    (_type, kind) => {
      expect(kind.schema['additionalProperties']).toBe(false)
      expect(JSON.parse(JSON.stringify(kind.schema))).toEqual(kind.schema)
      expect(kind.description).not.toBe('')
    },
  )

  it('requires what it cannot guess', () => {
    const required = stockPolicies.flatMap(({ type, schema }) =>
      schema['required'] === undefined ? [] : [[type, schema['required']]],
    )
    expect(Object.fromEntries(required)).toEqual({
      'conditional-suspend': ['policies', 'sensor'],
      'dependent-scale': ['follow'],
      rules: ['rules'],
      'schedule-effector': ['effector'],
      'periodic-effector': ['effector'],
      'on-sensor': ['effector', 'sensor'],
      'on-elements': ['sensor'],
      balancer: ['of'],
      render: ['sensor'],
      'move-items': ['low', 'high'],
    })
  })
})

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['2 min', 120_000],
    ['2m', 120_000],
    ['1h 30m', 5_400_000],
    ['1.5s', 1_500],
    [' 3 seconds ', 3_000],
    ['1d', 86_400_000],
  ])('reads %j as %d ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  it.each(['', ' ', '5', 's', '-5s', '5 parsecs', '5s!', '1e3s', `${'9'.repeat(50)}s`, 'constructor'])(
    'does not read %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it.each([
    [50, '50 ms'],
    [1_500, '1.5 s'],
    [90_000, '90 s'],
    [120_000, '2 min'],
    [7_200_000, '2 h'],
  ])('writes %d ms as %j', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})

it('finds the name that was meant, or none', () => {
  expect(nearestName('scaleOutafter', ['scaleInAfter', 'scaleOutAfter'])).toBe('scaleOutAfter')
  expect(nearestName('x', ['lower', 'upper'])).toBeUndefined()
})
