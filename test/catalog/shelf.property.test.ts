import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCatalog } from '../../blueprints/index.js'
import { type Bundle, Shelf, compareVersions, isSnapshot } from '../../catalog/index.js'
import { shapeOptions } from '../support/shapes.js'

const { adjuncts } = shapeOptions()

/** A bundle with items of its own version; what `says` is its only difference. */
interface Wanted {
  readonly id: string
  readonly version: string
  readonly items: readonly string[]
  readonly says: string
}

const NAMES = ['red', 'blue', 'green']
const VERSIONS = ['1', '1.0.0', '1.2.0', '1.10.0', '2.0.0-SNAPSHOT', '0.9.0-SNAPSHOT', '2.0.0-rc1', 'next']

const wanted: fc.Arbitrary<Wanted> = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  version: fc.constantFrom(...VERSIONS),
  items: fc.subarray(NAMES),
  says: fc.constantFrom('one', 'two'),
})

type Act =
  | { readonly does: 'add'; readonly bundle: Wanted }
  | { readonly does: 'remove'; readonly id: string; readonly version: string }

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: wanted.map((bundle): Act => ({ does: 'add', bundle })) },
    wanted.map(({ id, version }): Act => ({ does: 'remove', id, version })),
  ),
  { maxLength: 14 },
)

function bundleOf({ id, version, items, says }: Wanted): Bundle {
  const item = (name: string): readonly string[] => [
    `  - id: ${name}`,
    `    version: "${version}"`,
    '    item:',
    '      type: software',
    `      launch: ${says}`,
  ]
  const lines = ['brooklyn.catalog:', '  items:', ...items.flatMap(item)]
  const text = `${lines.join('\n')}\n`
  const read = items.length === 0 ? [] : readCatalog({ file: 'items.bom', text }, adjuncts).items
  return { id, version, items: read }
}

/** The same, as a list in which the last one counts. */
function modelAfter(acts: readonly Act[]): readonly Wanted[] {
  return acts.reduce<readonly Wanted[]>((there, act) => {
    const { id, version } = act.does === 'add' ? act.bundle : act
    const others = there.filter((one) => one.id !== id || one.version !== version)
    return act.does === 'add' ? [...others, act.bundle] : others
  }, [])
}

function shelfAfter(acts: readonly Act[]): Shelf {
  return acts.reduce(
    (shelf, act) => (act.does === 'add' ? shelf.with(bundleOf(act.bundle)) : shelf.without(act)),
    new Shelf(),
  )
}

function highest(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareVersions).at(-1)
}

function saidBy(shelf: Shelf, name: string): string | undefined {
  return shelf.catalog.find(name)?.definition.get('launch')?.text
}

describe('a shelf, whatever is put on it and taken off', () => {
  it('has the bundles of the model, and the highest version of each as the latest', () => {
    fc.assert(
      fc.property(acts, (given) => {
        const [shelf, model] = [shelfAfter(given), modelAfter(given)]
        for (const id of ['a', 'b', 'c']) {
          const versions = model.filter((one) => one.id === id).map(({ version }) => version)
          expect(shelf.versions(id).map(({ version }) => version)).toEqual(
            [...versions].sort((a, b) => compareVersions(b, a)),
          )
          expect(shelf.find(id, 'latest')?.version).toBe(highest(versions))
          for (const version of VERSIONS)
            expect(shelf.find(id, version)?.version).toBe(versions.find((one) => one === version))
        }
      }),
    )
  })

  it('means by an item of a version the one that was added last, and by its name alone the highest', () => {
    fc.assert(
      fc.property(acts, (given) => {
        const [shelf, model] = [shelfAfter(given), modelAfter(given)]
        for (const name of NAMES) {
          const holders = model.filter(({ items }) => items.includes(name))
          const meant = (version: string | undefined): string | undefined =>
            holders.findLast((one) => one.version === version)?.says
          for (const version of VERSIONS) expect(saidBy(shelf, `${name}:${version}`)).toBe(meant(version))
          const latest = highest(holders.map(({ version }) => version))
          expect(saidBy(shelf, name)).toBe(meant(latest))
          expect(saidBy(shelf, `${name}:latest`)).toBe(meant(latest))
        }
      }),
    )
  })

  it('has a bundle clash where another one has an item otherwise, unless that may still change', () => {
    fc.assert(
      fc.property(acts, wanted, (given, next) => {
        const [shelf, model] = [shelfAfter(given), modelAfter(given)]
        const others = model.filter((one) => one.id !== next.id || one.version !== next.version)
        const clashing = next.items.filter((name) => {
          const other = others.findLast((one) => one.version === next.version && one.items.includes(name))
          return other !== undefined && other.says !== next.says && !isSnapshot(next.version)
        })
        const told = shelf.clashes(bundleOf(next)).map(({ message }) => message.split(':')[0])
        expect(told).toEqual(clashing)
      }),
    )
  })

  it('is another one after a change, and stays what it was', () => {
    fc.assert(
      fc.property(acts, wanted, (given, next) => {
        const shelf = shelfAfter(given)
        const before = shelf.bundles
        expect(shelf.with(bundleOf(next))).not.toBe(shelf)
        expect(shelf.without(next).find(next.id, next.version)).toBeUndefined()
        expect(shelf.bundles).toBe(before)
      }),
    )
  })
})
