import { expect, it } from 'vitest'
import type { Json, Predicate } from '../../engine/index.js'
import { ofSensor, ofTarget } from '../../blueprints/dialects/camp/language/states.js'

const equals = (value: Json): Predicate => ({ kind: 'equals', value })

it.each<[what: string, said: Predicate, meant: Predicate]>([
  ['in upper case', equals('RUNNING'), { kind: 'any', of: [equals('running'), equals('completed')] }],
  ['with "_"', equals('On_Fire'), { kind: 'any', of: [equals('failed'), equals('quarantined')] }],
  [
    'by a regular expression',
    { kind: 'pattern', text: 'on-.*|stopp.*' },
    { kind: 'any', of: ['stopping', 'stopped', 'failed', 'quarantined', 'removing'].map(equals) },
  ],
  [
    'by a glob',
    { kind: 'glob', text: 'start*' },
    { kind: 'any', of: [equals('waiting'), equals('starting')] },
  ],
  ['by what shows only later', { kind: 'glob', text: '${x}*' }, { kind: 'glob', text: '${x}*' }],
  ['by our own word', equals('failed'), equals('failed')],
  [
    'inside of another test',
    { kind: 'not', of: { kind: 'all', of: [equals('STOPPED')] } },
    { kind: 'not', of: { kind: 'all', of: [{ kind: 'any', of: [equals('stopped')] }] } },
  ],
])('a state of an entity may be named %s', (_what, said, meant) => {
  expect(ofSensor('service.state', said)).toEqual(meant)
  expect(ofSensor('other', said)).toBe(said)
})

it('what an expression reads of a state is compared in any case', () => {
  expect(ofTarget("${entity.sensor['service.state']}", equals('ON_FIRE'))).toEqual(equals('on-fire'))
  expect(ofTarget('${entity.sensor.other}', equals('ON_FIRE'))).toEqual(equals('ON_FIRE'))
})
