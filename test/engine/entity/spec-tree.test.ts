import { describe, expect, it } from 'vitest'
import { predecessors, successors } from '../../../engine/reconcile/facts/order.js'
import { indexSpec, pathSeenFrom, roleOf, type SpecNode } from '../../../engine/entity/spec-tree.js'
import { required } from '../../../engine/index.js'
import { application, entity, role, service, startsAfter } from '../../support/specs.js'

const agent = service('agent', { id: 'the-agent' })
const spec = application([
  role('web', 2, { priority: 20, member: { children: [agent] } }),
  service('db', { id: 'store', priority: 10 }),
  entity('back', {
    priority: 20,
    children: [service('cache'), role('worker', 1, { relations: [startsAfter('cache')] })],
  }),
  service('report', { relations: [startsAfter('web'), { ...startsAfter('db'), ordering: 'none' }] }),
])
const tree = indexSpec(spec)

function node(path: string): SpecNode {
  return required(tree.at(path), path)
}

describe('an indexed spec', () => {
  it.each([
    ['', 'shop'],
    ['web', 'web'],
    ['web/7', 'web'],
    ['web/7/agent', 'agent'],
    ['back/worker/1', 'worker'],
  ])('finds %s', (path, name) => {
    expect(tree.at(path)?.spec.name).toBe(name)
  })

  it.each(['nobody', 'web/seven', 'db/1', 'web/1/nobody', 'web//1', 'constructor', '__proto__'])(
    'finds no %s',
    (path) => {
      expect(tree.at(path)).toBeUndefined()
    },
  )

  it('lists parents before what is inside of them', () => {
    const late = tree.nodes.filter(
      (one, at) => one.parent !== undefined && tree.nodes.indexOf(one.parent) > at,
    )
    expect(late).toEqual([])
  })

  it('knows entities by their plan id before their name', () => {
    expect(tree.named('store').map((one) => one.pattern)).toEqual(['db'])
    expect(tree.named('the-agent').map((one) => one.pattern)).toEqual(['web/*/agent'])
    expect(tree.named('db').map((one) => one.pattern)).toEqual(['db'])
    expect(tree.named('nobody')).toEqual([])
  })

  it('is made once for each spec', () => {
    expect(indexSpec(spec)).toBe(tree)
  })

  it('knows the role of a member, and itself for all others', () => {
    expect(roleOf(node('web/1')).pattern).toBe('web')
    expect(roleOf(node('db')).pattern).toBe('db')
  })

  it.each([
    ['web/*/agent', 'web/3', 'web/3/agent'],
    ['web/*/agent', 'web/3/agent', 'web/3/agent'],
    ['web/*/agent', 'db', 'web'],
    ['web/*', 'back/worker/1', 'web'],
    ['db', 'web/1', 'db'],
  ])('sees %s from %s as %s', (pattern, from, path) => {
    const found = required(
      tree.nodes.find((one) => one.pattern === pattern),
      pattern,
    )
    expect(pathSeenFrom(found, from)).toBe(path)
  })
})

describe('order', () => {
  const before = (path: string): readonly string[] =>
    predecessors(tree, node(path))
      .map((one) => one.pattern)
      .sort()
  const after = (path: string): readonly string[] =>
    successors(tree, node(path))
      .map((one) => one.pattern)
      .sort()

  it.each([
    ['db', []],
    ['web', ['db']],
    ['web/1', ['db']],
    ['web/1/agent', ['db']],
    ['back/cache', ['db']],
    ['back/worker', ['back/cache', 'db']],
    ['report', ['web']],
  ])('has before %s: %s', (path, expected) => {
    expect(before(path)).toEqual(expected)
  })

  it.each([
    ['db', ['back', 'web']],
    ['back/cache', ['back/worker']],
    ['web/1', ['report']],
    ['report', []],
  ])('has after %s: %s', (path, expected) => {
    expect(after(path)).toEqual(expected)
  })

  it('takes the next lower priority, however far below', () => {
    const far = indexSpec(
      application([
        service('a', { priority: 1 }),
        service('b', { priority: 50 }),
        service('c', { priority: 90 }),
      ]),
    )
    expect(predecessors(far, required(far.at('c'), 'c')).map((one) => one.pattern)).toEqual(['b'])
  })

  it('makes nobody wait for what it is inside of', () => {
    const within = indexSpec(
      application([entity('group', { children: [service('a', { relations: [startsAfter('group')] })] })]),
    )
    expect(predecessors(within, required(within.at('group/a'), 'a'))).toEqual([])
  })
})
