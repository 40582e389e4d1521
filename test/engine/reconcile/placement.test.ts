import { expect, it } from 'vitest'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import {
  chooseSite,
  maySit,
  placementOf,
  siteKey,
  sitesOf,
  type SiteFacts,
  type Vacancy,
} from '../../../engine/reconcile/facts/placement.js'
import { required, type PlacementSpec } from '../../../engine/index.js'
import { application, entity, role, service } from '../../support/specs.js'

/** Keys of the sites that members one after another would get, each counted at once. */
function chosen(
  placement: PlacementSpec,
  members: number,
  vacancies: { readonly [site: string]: Vacancy } = {},
): readonly string[] {
  const tree = indexSpec(application([service('web', { placement })]))
  const sites = sitesOf(required(tree.at('web'), 'web'))
  const counts = new Map<string, number>()
  return Array.from({ length: members }, (_, at) => {
    const facts: SiteFacts = {
      sites,
      placement,
      counts,
      vacancy: (site) => vacancies[siteKey(site)] ?? 'open',
      number: at + 1,
    }
    const site = chooseSite(facts)?.site
    if (site === undefined) return 'nowhere'
    for (const key of new Set([site.location, siteKey(site)])) counts.set(key, (counts.get(key) ?? 0) + 1)
    return siteKey(site)
  })
}

const two = { locations: ['a', 'b'], zones: [] }

it('uses locations one after another, up to their caps', () => {
  expect(chosen(two, 3)).toEqual(['a', 'a', 'a'])
  expect(chosen({ ...two, caps: { a: 2 } }, 4)).toEqual(['a', 'a', 'b', 'b'])
  expect(chosen({ ...two, caps: { a: 1, b: 1 } }, 3)).toEqual(['a', 'b', 'nowhere'])
})

it('takes turns, or fills what has fewest', () => {
  expect(chosen({ ...two, spread: 'round-robin' }, 4)).toEqual(['a', 'b', 'a', 'b'])
  expect(chosen({ ...two, spread: 'balance', caps: { a: 1 } }, 4)).toEqual(['a', 'b', 'b', 'b'])
})

it('balances zones where nothing else is said', () => {
  expect(chosen({ locations: ['a'], zones: ['x', 'y'] }, 3)).toEqual(['a/x', 'a/y', 'a/x'])
  expect(chosen({ locations: ['a'], zones: ['x', 'y'], caps: { 'a/x': 1, a: 3 } }, 4)).toEqual([
    'a/x',
    'a/y',
    'a/y',
    'nowhere',
  ])
})

it('leaves out what is full, tries again what may have room, and takes the first when nothing has', () => {
  expect(chosen(two, 1, { a: 'full' })).toEqual(['b'])
  expect(chosen(two, 1, { a: 'probing' })).toEqual(['a'])
  expect(chosen(two, 1, { a: 'full', b: 'probing' })).toEqual(['b'])
  expect(chosen(two, 1, { a: 'full', b: 'full' })).toEqual(['a'])
})

it('goes by the nearest ancestor that names locations, with zones of its own', () => {
  const spec = application([
    entity('group', {
      placement: { locations: ['b'], zones: [] },
      children: [
        service('web', { placement: { locations: [], zones: ['x'] } }),
        role('api', 1, { placement: { locations: [], zones: ['y'], spread: 'round-robin' } }),
      ],
    }),
    service('db'),
  ])
  const tree = indexSpec(spec)
  const at = (path: string): readonly string[] => sitesOf(required(tree.at(path), path)).map(siteKey)
  expect([at('group/web'), at('group/api/1'), at('db')]).toEqual([['b/x'], ['b/y'], ['sim']])
  expect(placementOf(required(tree.at('group/api/1'), 'api'))).toMatchObject({ spread: 'round-robin' })
})

it('lets stay what is at a site that is still named', () => {
  const tree = indexSpec(application([service('web', { placement: { locations: ['a', 'b'], zones: [] } })]))
  const web = required(tree.at('web'), 'web')
  expect(maySit(web, { location: 'b', zone: 'x' })).toBe(true)
  expect(maySit(web, { location: 'c' })).toBe(false)
})
