import { describe, expect, it } from 'vitest'
import {
  carriedOver,
  graftOnto,
  pathOf,
  pruneFrom,
  type Grafted,
} from '../../../engine/operate/changes/grafts.js'
import type { EntitySpec } from '../../../engine/index.js'
import { application, entity, role, service } from '../../support/specs.js'

const shop = application([entity('data', { children: [service('db')] }), role('web', 2)])
const bare: Grafted = { spec: shop, grafts: [] }

/** The document with these added, each under its own name as the key. */
function withAll(...wishes: readonly (readonly [parent: string, spec: EntitySpec])[]): Grafted {
  return wishes.reduce<Grafted>((now, [parent, spec]) => {
    const next = graftOnto(now, { parent, key: spec.name, spec })
    if (next.kind !== 'next') throw new Error(JSON.stringify(next))
    return next
  }, bare)
}

function paths({ grafts }: Grafted): readonly string[] {
  return grafts.map(pathOf)
}

describe('adding', () => {
  it('puts an entity behind the other children of its parent', () => {
    const next = withAll(['data', service('cache')])
    expect(next.spec.root.children[0]?.children.map(({ name }) => name)).toEqual(['db', 'cache'])
    expect(next.grafts).toEqual([{ key: 'cache', parent: 'data', name: 'cache' }])
    expect(shop.root.children[0]?.children).toHaveLength(1)
  })

  it('is done already where the same is there by the same key', () => {
    const cache = service('cache')
    const now = withAll(['data', cache])
    expect(graftOnto(now, { parent: 'data', key: 'cache', spec: cache })).toEqual({ kind: 'same' })
  })

  it('keeps the name and what was added to it when it is changed by its key', () => {
    const now = withAll(['data', service('cache')], ['data/cache', service('probe')])
    const next = graftOnto(now, { parent: 'data', key: 'cache', spec: service('store', { tags: ['new'] }) })
    expect(next).toMatchObject({ kind: 'next', grafts: now.grafts })
    const changed = next.kind === 'next' ? next.spec.root.children[0]?.children[1] : undefined
    expect(changed).toMatchObject({ name: 'cache', tags: ['new'], children: [{ name: 'probe' }] })
  })

  it('moves it where the key comes with another parent', () => {
    const now = withAll(['data', service('cache')])
    const next = graftOnto(now, { parent: '', key: 'cache', spec: service('cache') })
    expect(next).toMatchObject({ kind: 'next', grafts: [{ key: 'cache', parent: '', name: 'cache' }] })
  })

  it('gives it a name that nobody has whom somebody may mean', () => {
    const once = withAll(['data', service('db')])
    expect(paths(once)).toEqual(['data/db-2'])
    const twice = graftOnto(once, { parent: '', key: 'another', spec: service('db') })
    expect(twice).toMatchObject({ kind: 'next', grafts: [{}, { name: 'db-3' }] })
  })

  it.each([
    ['nowhere', 'nowhere', service('cache'), 'there is no entity nowhere'],
    ['one member', 'web/1', service('cache'), /what all members share/],
    ['with a plan id that means another', '', service('x', { id: 'db' }), /has an entity db already/],
  ])('is refused: %s', (_case, parent, spec, reason) => {
    const refused: unknown = graftOnto(bare, { parent, key: 'k', spec })
    expect(refused).toMatchObject({ kind: 'invalid', reason: expect.stringMatching(reason) as string })
  })
})

describe('taking away', () => {
  it('gives the document itself back, with all that was added to the entity gone', () => {
    const now = withAll(['data', service('cache')], ['data/cache', service('probe')])
    const next = pruneFrom(now, 'data/cache')
    expect(next).toEqual({ kind: 'next', spec: shop, grafts: [] })
  })

  it('is done already where nothing is', () => {
    expect(pruneFrom(bare, 'data/cache')).toEqual({ kind: 'same' })
  })

  it('is refused for what the document says', () => {
    expect(pruneFrom(bare, 'data/db')).toMatchObject({ kind: 'invalid' })
  })
})

describe('another document', () => {
  const now = withAll(['data', service('cache')], ['data/cache', service('probe')])

  it('keeps what was added where its parent is still there', () => {
    const next = carriedOver(now, application([entity('data', { children: [] }), service('mail')]))
    expect(paths(next)).toEqual(['data/cache', 'data/cache/probe'])
    expect(next.lost).toEqual([])
    expect(next.spec.root.children[0]?.children[0]?.children[0]?.name).toBe('probe')
  })

  it('loses what was added to what it does not have, and says so', () => {
    const next = carriedOver(now, application([service('mail')]))
    expect(paths(next)).toEqual([])
    expect(next.lost.map(({ reason }) => reason)).toEqual([
      'there is no entity data',
      'there is no entity data/cache',
    ])
  })

  it('takes over what has a place in the document by now', () => {
    const own = service('cache', { tags: ['own'] })
    const next = carriedOver(now, application([entity('data', { children: [own] })]))
    expect(next.lost[0]?.reason).toBe('the document has a data/cache of its own')
    expect(next.spec.root.children[0]?.children[0]).toMatchObject({ tags: ['own'] })
  })

  it('is the very same spec where nothing was added', () => {
    expect(carriedOver(bare, shop).spec).toBe(shop)
  })
})
