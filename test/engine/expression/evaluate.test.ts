import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret, literal, type Expression, type Json } from '../../../engine/index.js'
import { evaluate, type Evaluation, type Snapshot } from '../../../engine/expression/evaluate.js'
import { EntityValue, isTruthy, plain, text } from '../../../engine/expression/value.js'
import { TEST_SEAL } from '../../support/engine-harness.js'

const self = { scope: 'self' } as const
const global = (id: string) => ({ scope: 'global', id }) as const
const config = (key: string, of: Extract<Expression, { kind: 'config' }>['of'] = self): Expression => ({
  kind: 'config',
  of,
  key,
})
const sensor = (name: string, id = 'db', whenReady = true): Expression => ({
  kind: 'sensor',
  of: global(id),
  sensor: name,
  whenReady,
})
const sealed = TEST_SEAL.seal('password', 'hunter2')

/** A tree of two: web and db. */
function snapshot(
  configs: { readonly [key: string]: Expression } = {},
  sensors: { readonly [name: string]: Json } = {},
): Snapshot {
  return {
    resolve: (step, from) => ('id' in step ? (step.id === 'db' ? ['db'] : []) : [from]),
    config: (path, key) => {
      const expression = Object.hasOwn(configs, key) ? configs[key] : undefined
      return expression === undefined ? [] : [{ expression, declaredBy: path }]
    },
    sensor: (_path, name) => (Object.hasOwn(sensors, name) ? sensors[name] : undefined),
    locations: () => [],
    nameOf: (path: string) => path,
    external: () => ({ kind: 'failed', reason: 'nobody supplies anything' }),
    render: (template, values) =>
      template === 'broken' ? { error: 'line 1: broken' } : { text: `${template} ${JSON.stringify(values)}` },
  }
}

function value(expression: Expression, of: Snapshot = snapshot()): Evaluation {
  return evaluate(expression, 'web', of, TEST_SEAL)
}

describe('an expression', () => {
  it.each<[string, Expression, Json]>([
    ['a literal', literal({ a: [1, null] }), { a: [1, null] }],
    ['a list', { kind: 'list', items: [literal(1), literal('b')] }, [1, 'b']],
    ['a map', { kind: 'map', entries: { a: literal(1) } }, { a: 1 }],
    [
      'a format',
      { kind: 'format', pattern: '%s:%s %%', arguments: [literal('a'), literal(8080)] },
      'a:8080 %',
    ],
    [
      'a format with too few arguments',
      { kind: 'format', pattern: '%s-%s', arguments: [literal('a')] },
      'a-%s',
    ],
    ['an element', { kind: 'access', of: literal(['a', 'b']), key: 1 }, 'b'],
    ['a member', { kind: 'access', of: literal({ a: 1 }), key: 'a' }, 1],
    ['a member that is not there', { kind: 'access', of: literal({ a: 1 }), key: 'constructor' }, null],
    ['a member of a number', { kind: 'access', of: literal(7), key: 'a' }, null],
    ['config that nobody declares', config('colour'), null],
    ['a template', { kind: 'template', text: 'hello', bindings: { a: literal(1) } }, 'hello {"a":1}'],
  ])('is ready: %s', (_what, expression, expected) => {
    expect(value(expression)).toEqual({ kind: 'ready', value: expected })
  })

  it('is an entity, which shows as its path', () => {
    const made = value({ kind: 'entity-id', of: global('db') })
    expect(made).toEqual({ kind: 'ready', value: new EntityValue('db') })
    const shown = made.kind === 'ready' ? made.value : null
    expect([
      plain([shown]),
      text(shown),
      JSON.stringify({ shown }),
      new EntityValue('db').toString(),
    ]).toEqual([['db'], 'db', '{"shown":"db"}', 'db'])
  })

  it('follows config through config', () => {
    expect(value(config('a'), snapshot({ a: config('b'), b: literal('end') }))).toEqual({
      kind: 'ready',
      value: 'end',
    })
  })

  it.each<[string, { readonly [key: string]: Expression }]>([
    ['itself', { a: config('a') }],
    ['one that refers back', { a: config('b'), b: { kind: 'list', items: [config('a')] } }],
    [
      'three in a ring',
      { a: config('b'), b: config('c'), c: { kind: 'format', pattern: '%s', arguments: [config('a')] } },
    ],
  ])('fails that refers to %s', (_what, configs) => {
    expect(value(config('a'), snapshot(configs))).toEqual({
      kind: 'failed',
      reason: 'config a of web refers to itself',
    })
  })

  it('may use one config twice', () => {
    const twice: Expression = { kind: 'list', items: [config('a'), config('a')] }
    expect(value(twice, snapshot({ a: literal(1) }))).toEqual({ kind: 'ready', value: [1, 1] })
  })

  it('waits for a sensor, and says for which of whom', () => {
    expect(value(sensor('url'))).toEqual({ kind: 'waiting', on: ['db: sensor url has not been set'] })
    expect(value(sensor('url', 'nobody'))).toEqual({ kind: 'waiting', on: ['no entity global "nobody" yet'] })
  })

  it('waits for all that is missing at once', () => {
    const both: Expression = { kind: 'map', entries: { a: sensor('url'), b: literal(1), c: sensor('port') } }
    expect(value(both)).toEqual({
      kind: 'waiting',
      on: ['db: sensor url has not been set', 'db: sensor port has not been set'],
    })
  })

  it('fails rather than waits when one part has failed', () => {
    const both: Expression = {
      kind: 'list',
      items: [sensor('url'), { kind: 'template', text: 'broken', bindings: {} }],
    }
    expect(value(both)).toEqual({ kind: 'failed', reason: 'line 1: broken' })
  })

  it.each<[Json]>([[false], [0], [''], [null], [[]], [{}]])(
    'waits while a sensor that must be ready is %j',
    (seen) => {
      expect(value(sensor('up'), snapshot({}, { up: seen })).kind).toBe('waiting')
      expect(value(sensor('up', 'db', false), snapshot({}, { up: seen }))).toEqual({
        kind: 'ready',
        value: seen,
      })
      expect(isTruthy(seen)).toBe(false)
    },
  )
})

describe('a secret', () => {
  it('stays one alone, in a format and in a template, and shows as its name', () => {
    const made: readonly Expression[] = [
      sealed,
      { kind: 'format', pattern: 'pw=%s', arguments: [sealed] },
      { kind: 'template', text: 'pw', bindings: { pw: { kind: 'list', items: [sealed] } } },
    ]
    for (const expression of made) {
      const ready = value(expression)
      expect(ready).toMatchObject({ kind: 'ready', value: expect.any(Secret) as Secret })
      expect(JSON.stringify(ready)).not.toContain('hunter2')
      const shown = ready.kind === 'ready' ? ready.value : null
      expect(shown instanceof Secret && shown.reveal()).toContain('hunter2')
    }
  })

  it('is hidden inside of lists and maps when these are shown', () => {
    const ready = value({ kind: 'map', entries: { user: literal('ann'), password: sealed } })
    const shown = ready.kind === 'ready' ? JSON.stringify(plain(ready.value)) : ''
    expect(shown).toContain('ann')
    expect(shown).not.toContain('hunter2')
  })

  it('is what a supplier of configuration answers', () => {
    const external: Expression = { kind: 'external', provider: 'vault', key: 'password' }
    const vault = { ...snapshot(), external: () => ({ kind: 'found', clear: 'hunter2' }) as const }
    const made = value({ kind: 'apply', function: 'url-encode', arguments: [external] }, vault)
    const shown = made.kind === 'ready' ? made.value : null
    expect([shown instanceof Secret && shown.reveal(), JSON.stringify(made)]).toEqual([
      'hunter2',
      '{"kind":"ready","value":"<secret encoded text>"}',
    ])
    expect(value(external)).toEqual({ kind: 'failed', reason: 'nobody supplies anything' })
  })

  it('is no name of anything', () => {
    const named: Expression = { kind: 'config', of: self, key: sealed }
    const entity: Expression = { kind: 'entity-id', of: { scope: 'global', id: sealed } }
    expect([value(named), value(entity)]).toEqual([
      { kind: 'failed', reason: 'the secret password cannot be a name' },
      { kind: 'failed', reason: 'the secret password cannot be the id of an entity' },
    ])
  })

  it('has no members', () => {
    expect(value({ kind: 'access', of: sealed, key: 'length' })).toEqual({
      kind: 'failed',
      reason: 'a secret has no member length',
    })
  })
})

it.each<[Json, string]>([
  ['a b', 'a b'],
  [7, '7'],
  [true, 'true'],
  [null, 'null'],
  [['a', 1], '["a",1]'],
])('shows %j as text', (given, expected) => {
  expect(text(given)).toBe(expected)
})

it('gives every literal back as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(value(literal(json as Json))).toEqual({ kind: 'ready', value: json })
    }),
  )
})
