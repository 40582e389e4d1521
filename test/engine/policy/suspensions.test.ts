import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArbiterState, type Intent, type Request, arbitrate } from '../../../engine/index.js'
import { suspensionOf } from '../../../engine/entity/desired.js'
import { byPolicy, replaceOf, state } from '../../support/arbiter-bench.js'
import { desired } from '../../support/desired-record.js'

const NOW = 100_000
const NAMES = ['a', 'b', 'c', 'd']

const suspend = (policy: string, on = true, entity = 'web'): Intent => ({
  kind: 'suspend',
  entity,
  policy,
  on,
  reason: 'it is in doubt',
})

const by = (name: string, intent: Intent): Request => ({
  by: { kind: 'policy', entity: 'web', name, type: 'conditional-suspend', version: 'v1' },
  intent,
  inputs: [],
})

type Suspended = NonNullable<ArbiterState['desired']['suspendedByPolicies']>

const standing = (suspendedByPolicies: Suspended = {}, change: Parameters<typeof desired>[0] = {}) =>
  state({ desired: desired({ suspendedByPolicies, ...change }), policies: { web: NAMES } })

const word = { by: 'policy web/a', reason: 'it is in doubt', at: NOW }

describe('the arbiter says of a suspension', () => {
  it.each<[string, Request, ArbiterState, string]>([
    ['that it is granted', by('a', suspend('b')), standing(), 'decided granted'],
    [
      'that it is granted beside that of another',
      by('a', suspend('b')),
      standing({ 'web:b': { 'web:c': word } }),
      'decided granted',
    ],
    [
      'that it is so already',
      by('a', suspend('b')),
      standing({ 'web:b': { 'web:a': word } }),
      'held already-so',
    ],
    [
      'that nothing ends',
      by('a', suspend('b', false)),
      standing({ 'web:b': { 'web:c': word } }),
      'held already-so',
    ],
    ['that there is no such policy', by('a', suspend('z')), standing(), 'refused unknown-policy'],
    [
      'that there is none of an inherited name',
      by('a', suspend('constructor')),
      standing(),
      'refused unknown-policy',
    ],
    [
      'that there is none at another entity',
      by('a', suspend('b', true, '__proto__')),
      standing(),
      'refused unknown-policy',
    ],
    ['that nobody suspends himself', by('a', suspend('a')), standing(), 'refused suspends-itself'],
    [
      'that one that suspends another must be able to end that',
      by('a', suspend('b')),
      standing({ 'web:c': { 'web:b': word } }),
      'held suspends-others',
    ],
    [
      'that it is granted while the application rests',
      by('a', suspend('b')),
      standing({}, { wish: 'stopped' }),
      'decided granted',
    ],
    [
      'that who is suspended asks for nothing',
      by('a', suspend('b')),
      standing({ 'web:a': { 'web:c': word } }),
      'held suspended',
    ],
  ])('%s', (_what, request, given, said) => {
    const { decisions } = arbitrate(given, [request], NOW)
    expect(decisions.map(({ outcome, rule }) => `${outcome} ${rule}`)).toEqual([said])
  })

  it('who asked, when and why, and leaves nothing behind when it ends', () => {
    const begun = arbitrate(standing(), [by('a', suspend('b'))], NOW).desired
    expect(begun).toMatchObject({ suspendedByPolicies: { 'web:b': { 'web:a': word } } })
    const after = standing(begun?.suspendedByPolicies)
    expect(arbitrate(after, [by('a', suspend('b', false))], NOW).desired?.suspendedByPolicies).toEqual({})
  })

  it('nothing where something else is granted', () => {
    expect(arbitrate(standing(), [byPolicy(replaceOf('web/1'))], NOW).desired).not.toHaveProperty(
      'suspendedByPolicies',
    )
  })
})

it('grants nothing more to a policy that is suspended in the same turn, whoever asked first', () => {
  const asks = [by('b', replaceOf('web/1')), by('a', suspend('b')), by('c', replaceOf('web/2'))]
  const { decisions } = arbitrate(standing(), asks, NOW)
  expect(decisions.map(({ by: who, outcome, rule }) => `${who} ${outcome} ${rule}`)).toEqual([
    'a decided granted',
    'b held suspended',
    'c decided granted',
  ])
})

it('takes the word of a person before that of a policy', () => {
  const ann = { by: 'ann', reason: 'to look at it', at: 0 }
  const both = { suspended: { 'web:b': ann }, suspendedByPolicies: { 'web:b': { 'web:a': word } } }
  expect(suspensionOf(both, 'web:b')).toBe(ann)
  expect(suspensionOf({ suspendedByPolicies: both.suspendedByPolicies }, 'web:b')).toBe(word)
  expect(suspensionOf(both, 'web:c')).toBeUndefined()
  expect(suspensionOf(both, 'constructor')).toBeUndefined()
})

const name = fc.constantFrom(...NAMES)
const ask = fc.record({ who: name, whom: name, on: fc.boolean() })

it('never lets policies suspend each other for good: when those that may act end it all, nobody is suspended', () => {
  fc.assert(
    fc.property(fc.array(fc.array(ask, { maxLength: 4 }), { maxLength: 20 }), (turns) => {
      let suspended: Suspended = {}
      const put = (requests: readonly Request[]): void => {
        suspended = arbitrate(standing(suspended), requests, NOW).desired?.suspendedByPolicies ?? suspended
      }
      for (const turn of turns) put(turn.map(({ who, whom, on }) => by(who, suspend(whom, on))))
      for (const _round of NAMES)
        for (const who of NAMES) put(NAMES.map((whom) => by(who, suspend(whom, false))))
      expect(suspended).toEqual({})
    }),
    { numRuns: 1_000 },
  )
})
