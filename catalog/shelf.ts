import { type ItemDefinition, namedTypes, problem } from '../blueprints/index.js'
import { type Problem, digestOf } from '../engine/index.js'
import type { Bundle } from './bundle.js'
import { Catalog } from './catalog.js'
import { compareVersions, isSnapshot } from './versions.js'

/** An item that names another one that is no more. */
export interface Lost {
  readonly item: ItemDefinition
  /** As it is written there. */
  readonly name: string
}

/** Bundles in the order in which they were added. Frozen: adding and removing give another one. */
export class Shelf {
  readonly bundles: readonly Bundle[]
  /** Of all their items; of two of the same id and version the one that was added last is meant. */
  readonly catalog: Catalog
  readonly #holders = new Map<ItemDefinition, Bundle>()

  constructor(bundles: readonly Bundle[] = []) {
    this.bundles = bundles
    const items = new Map<string, ItemDefinition>()
    for (const bundle of bundles)
      for (const item of bundle.items) {
        items.set(nameOf(item), item)
        this.#holders.set(item, bundle)
      }
    this.catalog = new Catalog([...items.values()])
  }

  /** The bundle of a version; `latest` is the highest, which is a snapshot only where all are. */
  find(id: string, version: string): Bundle | undefined {
    const versions = this.versions(id)
    return version === 'latest' ? versions[0] : versions.find((one) => one.version === version)
  }

  /** All bundles of a name, the highest version first. */
  versions(id: string): readonly Bundle[] {
    return this.bundles.filter((one) => one.id === id).sort((a, b) => compareVersions(b.version, a.version))
  }

  /** The bundle that an item of this shelf came with. */
  bundleOf(item: ItemDefinition): Bundle | undefined {
    return this.#holders.get(item)
  }

  /** With one more; the same version of it goes. */
  with(bundle: Bundle): Shelf {
    return new Shelf([...this.without(bundle).bundles, bundle])
  }

  /** Without one. */
  without({ id, version }: Pick<Bundle, 'id' | 'version'>): Shelf {
    return new Shelf(this.bundles.filter((one) => one.id !== id || one.version !== version))
  }

  /** Items of a bundle that other bundles have too and that say something else; snapshots may. */
  clashes(bundle: Bundle): readonly Problem[] {
    const others = this.without(bundle)
    return bundle.items.flatMap((item) => {
      const other = others.catalog.find(nameOf(item))
      if (other === undefined || isSnapshot(item.version) || isSame(item, other)) return []
      const holder = others.bundleOf(other)
      const message = `${nameOf(item)} is there already, in ${holder === undefined ? 'another bundle' : nameOf(holder)}`
      return [problem('BP1222', message, item.place, { hint: 'give it another version' })]
    })
  }

  /** Items of this shelf that name what was on an earlier one and is not on this. */
  lostSince(earlier: Shelf): readonly Lost[] {
    return this.catalog.items.flatMap((item) =>
      namedTypes(item)
        .filter((name) => earlier.catalog.find(name) !== undefined && this.catalog.find(name) === undefined)
        .map((name) => ({ item, name })),
    )
  }
}

/** What documents call one version of a bundle or an item. */
export function nameOf({ id, version }: Pick<Bundle, 'id' | 'version'>): string {
  return `${id}:${version}`
}

function isSame(a: ItemDefinition, b: ItemDefinition): boolean {
  return a.kind === b.kind && digestOf(a.definition.value) === digestOf(b.definition.value)
}
