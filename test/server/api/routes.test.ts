import { describe, expect, it } from 'vitest'
import { REFUSALS, ROUTES, isOptional, misfits, routeOf, urlOf, wordsOf } from '../../../server/api/index.js'

describe('the table of routes', () => {
  it.each(ROUTES)('$method $path is whole', (route) => {
    const braces = [...route.path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name)
    expect(Object.keys(route.params)).toEqual(braces)
    expect(route.permission).not.toBe('')
    expect(route.summary).toMatch(/^[A-Z].*\.$/)
    expect(
      Object.values(route.query).every((schema) => isOptional(schema) || route.id === 'diffVersions'),
    ).toBe(true)
    expect(route.contentTypes.length === 0).toBe(route.body === undefined)
    expect(route.method === 'GET' && route.idempotency !== 'none').toBe(false)
  })

  it('has no two routes with one name or one address', () => {
    const addresses = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/\{[a-z]+\}/g, '{}')}`)
    expect(new Set(addresses).size).toBe(ROUTES.length)
    expect(new Set(ROUTES.map(({ id }) => id)).size).toBe(ROUTES.length)
  })

  it('is public in what is about the server only', () => {
    const open = ROUTES.filter(({ permission }) => permission === 'public').map(({ path }) => path)
    expect(open).toEqual(['/health', '/ready', '/openapi.json'])
  })
})

describe('addresses', () => {
  it('carry every character of a name', () => {
    expect(urlOf('getEntity', { application: 'a b', entity: 'web/1?#%' })).toBe(
      '/v1/applications/a%20b/entities/web%2F1%3F%23%25',
    )
    expect(urlOf('listApplications', {}, { cursor: 'a&b=c', limit: undefined })).toBe(
      '/v1/applications?cursor=a%26b%3Dc',
    )
  })

  it('are not made without what they need', () => {
    expect(() => urlOf('getEntity', { application: 'a' })).toThrow('entity')
    expect(() => urlOf('getEntity', { application: '', entity: 'x' })).toThrow('application')
  })
})

describe('misfits', () => {
  const { body } = routeOf('execCommand')

  it.each([
    [{ command: ['ls'] }, []],
    [{ command: [] }, ['/command']],
    [{ command: 'ls' }, ['/command']],
    [{ command: ['ls'], timeout: 0 }, ['/timeout']],
    [{ command: ['ls'], timeout: 1.5 }, ['/timeout']],
    [{ command: ['ls'], extra: 1 }, ['/extra']],
    [{}, ['/command']],
    [null, ['']],
  ])('of %j are at %j', (value, pointers) => {
    expect(misfits(body!, value).map(({ pointer }) => pointer)).toEqual(pointers)
  })

  it('name the words that would fit', () => {
    expect(misfits(routeOf('replaceEntity').body!, { order: 'sideways' })).toEqual([
      { pointer: '/order', message: 'Expected one of new-first, old-first' },
    ])
    expect(wordsOf(routeOf('readTaskStream').params['stream']!)).toEqual(['stdin', 'stdout', 'stderr'])
  })

  it('are not more than help', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_none, at) => [`x${at}`, 1]))
    expect(misfits(body!, many).length).toBe(20)
  })
})

describe('refusals', () => {
  it.each(Object.entries(REFUSALS))('%s says what to do', (code, { status, title, remedy }) => {
    expect(code).toMatch(/^[a-z-]+$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect([title, remedy]).not.toContain('')
  })
})
