import { describe, expect, it } from 'vitest'
import { testsOf } from '../../support/policy-trials.js'

const follow = (...tests: readonly string[]): string =>
  [
    'policy: follow',
    'parameters: { high: 50 }',
    'does:',
    '  type: rules',
    '  readings: { load: { sensor: load, staleAfter: 20s } }',
    '  rules:',
    '    - { name: grow, when: load > high, for: 10s, cooldown: 30s, scale: ceil(count * load / high) }',
    '    - { name: wedged, each: member, when: load > 10 * high, for: 20s, act: replace }',
    'pool: { min: 1, max: 10, initial: 2, every: 5s }',
    'tests:',
    ...tests.map((line) => `  ${line}`),
  ].join('\n')

const outcome = (text: string): readonly (readonly [passed: boolean, ...faults: string[]])[] =>
  testsOf(text).map(({ passed, faults }) => [passed, ...faults])

describe('a test of a policy', () => {
  it('passes where what is expected is asked for in its time, and for the reason that is named', () => {
    const text = follow(
      '- it: grows when the load stays too high',
      '  given: [{ at: 0s, read: { load: 30 } }, { at: 20s, read: { load: 90 } }]',
      '  expect: [{ until: 29s, nothing: true }, { at: 30s, scale: 4, why: load > high }]',
    )
    expect(outcome(text)).toEqual([[true]])
  })

  it.each([
    [
      '{ by: 29s, scale: 4 }',
      '"scale to 4" was expected by 29 s; it asked: hold (grow) at 0 ms (when: load: nothing was read); hold (wedged) at 0 ms (when: load: nothing was read)',
    ],
    [
      '{ by: 40s, scale: 5 }',
      '"scale to 5" was expected by 40 s; it asked: scale to 4 at 30 s (grow: load > high)',
    ],
    [
      '{ at: 31s, scale: 4 }',
      '"scale to 4" was expected at 31 s; it asked: scale to 4 at 30 s (grow: load > high)',
    ],
    [
      '{ until: 1 min, nothing: true }',
      'nothing was expected until 1 min, but it asked: scale to 4 at 30 s (grow: load > high); scale to 4 at 1 min (grow: load > high)',
    ],
    [
      '{ by: 40s, scale: 4, why: shrink }',
      '"scale to 4" was expected by 40 s, because of "shrink"; it asked: scale to 4 at 30 s (grow: load > high)',
    ],
  ])('that expects %s says what was asked instead', (expected, fault) => {
    const given = '  given: [{ at: 0s, read: { load: 30 } }, { at: 20s, read: { load: 90 } }]'
    const [found] = testsOf(follow('- it: is wrong', given, `  expect: [${expected}]`))
    expect([found?.passed, found?.faults]).toEqual([false, [fault]])
  })

  it('tells members apart, and what befalls them', () => {
    const text = follow(
      '- it: replaces the one that is wedged',
      '  members: 3',
      '  given: [{ at: 0s, read: { load: 10 } }, { at: 10s, of: 2, read: { load: 900 } }]',
      '  expect: [{ at: 30s, replace: 2, why: wedged }]',
      '- it: trusts nobody of whom nothing is heard',
      '  given: [{ at: 0s, read: { load: 90 } }, { at: 5s, of: 1, event: silent }]',
      '  expect: [{ at: 10s, scale: 4 }, { by: 27s, hold: grow, why: no fresh value of pool/1 }]',
      '- it: does not count who is gone',
      '  members: 2',
      '  given: [{ at: 0s, read: { load: 90 } }, { at: 1s, of: 2, event: gone }]',
      '  expect: [{ at: 10s, scale: 2 }]',
    )
    expect(outcome(text)).toEqual([[true], [true], [true]])
  })

  it('takes other values of parameters', () => {
    const text = follow(
      '- it: is set otherwise',
      '  parameters: { high: 100 }',
      '  given: [{ at: 0s, read: { load: 90 } }]',
      '  expect: [{ until: 10 min, nothing: true }]',
    )
    expect(outcome(text)).toEqual([[true]])
  })

  it('runs the stock policies too, with their rests and restarts', () => {
    const restart = [
      'policy: again',
      'does: { type: restart, attempts: 2, period: 1 min, backoff: { initial: 1s } }',
      'tests:',
      '  - it: launches again twice, and then no more',
      '    given:',
      '      - { at: 0s, of: 1, event: failed }',
      '      - { at: 5s, of: 1, event: up }',
      '      - { at: 6s, of: 1, event: failed }',
      '      - { at: 12s, of: 1, event: up }',
      '      - { at: 13s, of: 1, event: failed }',
      '    expect:',
      '      - { at: 1s, restart: 1 }',
      '      - { by: 10s, restart: 1 }',
      '      - { by: 20s, hold: restart-budget }',
      '      - { until: 30s, nothing: true }',
    ].join('\n')
    expect(outcome(restart)).toEqual([[true]])
  })

  it('gives the same again, to the last word', () => {
    const text = follow(
      '- it: grows',
      '  given: [{ at: 0s, read: { load: 90 } }]',
      '  expect: [{ by: 5 min, scale: 4 }]',
    )
    expect(JSON.stringify(testsOf(text))).toBe(JSON.stringify(testsOf(text)))
  })
})
