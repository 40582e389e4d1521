import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../engine/index.js'
import { PolicyBench, WEB, attach, sensorReading, wakeReading } from '../support/policy-bench.js'
import { testsOf } from '../support/policy-trials.js'
import { stockKind } from '../support/stock-kind.js'

const KIND = stockKind('conditional-suspend')
const bench = (config: JsonObject, options: ConstructorParameters<typeof PolicyBench>[1] = {}) =>
  new PolicyBench(attach(KIND, { policies: 'replace', sensor: 'work', ...config }), options)

const asked = (policy: PolicyBench) =>
  policy.intents('suspend').map(({ at, intent }) => [at, intent.on ? 'suspend' : 'resume', intent.policy])

function told(policy: PolicyBench, values: readonly (readonly [sensor: string, value: Json])[]): void {
  for (const [at, [sensor, value]] of values.entries()) policy.read(sensorReading('web', value, at, sensor))
}

describe('conditional-suspend', () => {
  it.each<[string, JsonObject, readonly (readonly [string, Json])[], readonly (readonly [number, string])[]]>(
    [
      [
        'while the sensor is true, and asks once for each change',
        {},
        [
          ['work', true],
          ['work', 'yes'],
          ['work', false],
          ['work', 0],
          ['work', true],
        ],
        [
          [0, 'suspend'],
          [2, 'resume'],
          [4, 'suspend'],
        ],
      ],
      ['and lets them act once it is known that it is not', {}, [['work', false]], [[0, 'resume']]],
      [
        'and lets them act when the sensor is taken away',
        {},
        [
          ['work', true],
          ['work', null],
        ],
        [
          [0, 'suspend'],
          [1, 'resume'],
        ],
      ],
      [
        'by an expression',
        { when: 'value > 0.5' },
        [
          ['work', 0.4],
          ['work', 0.9],
          ['work', 0.5],
        ],
        [
          [0, 'resume'],
          [1, 'suspend'],
          [2, 'resume'],
        ],
      ],
      [
        'from what one sensor tells until another does, whatever they say',
        { until: 'done' },
        [
          ['work', { time: 1 }],
          ['work', false],
          ['done', { time: 2 }],
          ['done', { time: 3 }],
          ['work', { time: 4 }],
        ],
        [
          [0, 'suspend'],
          [2, 'resume'],
          [4, 'suspend'],
        ],
      ],
      [
        'and takes the same told again for no event',
        { until: 'done' },
        [
          ['work', { time: 1 }],
          ['done', { time: 2 }],
          ['work', { time: 1 }],
        ],
        [
          [0, 'suspend'],
          [1, 'resume'],
        ],
      ],
      [
        'and minds no other sensor',
        {},
        [
          ['load', true],
          ['', true],
          ['__proto__', true],
        ],
        [],
      ],
    ],
  )('suspends %s', (_what, config, values, expected) => {
    const policy = bench(config)
    told(policy, values)
    expect(asked(policy)).toEqual(expected.map(([at, word]) => [at, word, 'replace']))
  })

  it('asks for all of its policies, of the entity that they are of', () => {
    const policy = bench({ policies: ['replace', 'restart'], of: 'db', from: 'net' })
    policy.read(sensorReading('net', true, 5, 'work'))
    expect(
      policy.intents('suspend').map(({ intent }) => [intent.entity, intent.policy, intent.reason]),
    ).toEqual([
      ['db', 'replace', 'work of net is true'],
      ['db', 'restart', 'work of net is true'],
    ])
  })

  it('leaves it as it is, and says why, while the expression has no answer', () => {
    const policy = bench({ when: 'value > 0.5' })
    told(policy, [
      ['work', 1],
      ['work', 'much'],
      ['work', 0],
    ])
    expect(asked(policy).map(([at]) => at)).toEqual([0, 2])
    expect(policy.intents('hold').map(({ at, intent }) => [at, intent.rule])).toEqual([[1, 'when']])
  })

  it('asks for nothing while nothing is known', () => {
    const policy = bench({})
    policy.read(wakeReading('web', 0))
    expect(policy.asked).toEqual([])
  })

  it.each([
    ['when', { when: 'value +' }],
    ['when', { when: 'worth > 1' }],
    ['policies', { policies: [] as readonly string[] }],
    ['policies', { policies: 7 }],
    ['sensor', { sensor: '' }],
  ])('is refused where %s is wrong', (key, config) => {
    const answer = KIND.attach(WEB, { policies: 'replace', sensor: 'work', ...config })
    expect('problems' in answer && answer.problems.map(({ pointer }) => pointer)).toEqual([`/${key}`])
  })

  it('can be tested as a document', () => {
    const text = [
      'policy: calm',
      'does: { type: conditional-suspend, policies: replace, sensor: partition, from: self }',
      'tests:',
      '  - it: rests while the network is in doubt',
      '    given:',
      '      - { at: 10s, of: self, read: { partition: true } }',
      '      - { at: 60s, of: self, read: { partition: false } }',
      '    expect:',
      '      - { at: 10s, suspend: replace, why: partition }',
      '      - { at: 60s, resume: replace }',
    ].join('\n')
    expect(testsOf(text).map(({ faults }) => faults)).toEqual([[]])
  })
})
