import { describe, expect, it } from 'vitest'
import { portNumber } from '../../../engine/reconcile/calls/port-number.js'
import { machineShape } from '../../../engine/reconcile/calls/shape.js'
import type { EntitySpec, Expression, Json } from '../../../engine/index.js'
import { compileText, services } from '../../blueprints/support/documents.js'

describe('the number that a wish for a port means', () => {
  it.each<[Json, number | undefined]>([
    [80, 80],
    ['80', 80],
    ['80+', 80],
    [' 8000 - 8010 ', 8000],
    ['8081,9000+', 8081],
    [0, undefined],
    [65_536, undefined],
    ['http', undefined],
    ['80-', undefined],
    [80.5, undefined],
    [null, undefined],
    [[80], undefined],
  ])('of %j is %j', (wish, number) => {
    expect(portNumber(wish)).toBe(number)
  })
})

describe('a port of a machine whose number a config key says', () => {
  const [spec] = compiled(
    '- type: software',
    '  launch: run',
    '  ports: [{ name: http, number: 8080, key: web.port }]',
  )
  const given = { hostname: 'h', aliases: [], networks: [], volumes: [], addresses: [], rules: [] }

  it.each<[string, Json, number]>([
    ['that number', '9000+', 9000],
    ['its own where nothing is said', null, 8080],
    ['its own where what is said is empty', '', 8080],
  ])('gets %s', (_name, value, number) => {
    const made = machineShape(spec, saying(value), given)
    expect(made).toMatchObject({ kind: 'ready', value: { ports: [{ name: 'http', number }] } })
  })

  it('carries no expression to the place', () => {
    expect(JSON.stringify(machineShape(spec, saying(9000), given))).not.toContain('wanted')
  })

  it('fails with the reason where no port can be what is said', () => {
    expect(machineShape(spec, saying('http'), given)).toEqual({
      kind: 'failed',
      reason: 'http: no port can be "http"',
    })
  })

  it('waits for what the number waits for', () => {
    const waiting = { kind: 'waiting', on: [] } as const
    expect(machineShape(spec, (one) => (isPort(one) ? waiting : literal(null)), given).kind).toBe('waiting')
  })
})

function saying(value: Json): Parameters<typeof machineShape>[1] {
  return (expression) => (isPort(expression) ? literal(value) : literal(null))
}

function literal(value: Json): { readonly kind: 'ready'; readonly value: Json } {
  return { kind: 'ready', value }
}

function isPort(expression: Expression): boolean {
  return expression.kind === 'config' && expression.key === 'web.port'
}

function compiled(...lines: readonly string[]): readonly [EntitySpec] {
  const result = compileText(services(...lines))
  const spec = result.kind === 'compiled' ? result.spec.root.children[0] : undefined
  if (spec === undefined) throw new Error('the document does not compile')
  return [spec]
}
