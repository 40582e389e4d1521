import { type Bundle, Shelf, nameOf, readBundle } from '../../../catalog/index.js'
import { required } from '../../../engine/index.js'
import type { BundleRecord, Bundles } from './bundle-record.js'
import { type Examine, type KnownTypes, TenantCatalog, bundledFile } from './tenant-catalog.js'

/** What catalogs are made with. */
export interface CatalogParts {
  readonly bundles: Bundles
  readonly known: KnownTypes
  readonly examine: Examine
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Lets others have their turn between two long pieces of work. */
  readonly pause: () => Promise<void>
}

/** The catalogs of all tenants, each read when it is asked for and kept until it changes. */
export class Catalogs {
  readonly parts: CatalogParts
  readonly #read = new Map<string, TenantCatalog>()
  readonly #bundles = new WeakMap<BundleRecord, Bundle>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: CatalogParts) {
    this.parts = parts
  }

  /** A tenant's catalog as it is now. */
  async of(tenant: string): Promise<TenantCatalog> {
    const known = this.#read.get(tenant)
    if (known !== undefined) return known
    const records = await this.parts.bundles.list(tenant)
    const { known: types, examine } = this.parts
    const catalog = new TenantCatalog({
      shelf: new Shelf(records.map((record) => this.#bundleOf(record))),
      records: new Map(records.map((record) => [nameOf(record), record])),
      known: types,
      examine,
    })
    this.#read.set(tenant, catalog)
    return catalog
  }

  /** Makes a change when all earlier ones are made, so that what it saw is what it changes. */
  change<T>(tenant: string, make: (catalog: TenantCatalog) => Promise<T>): Promise<T> {
    const made = this.#turn.then(async () => {
      try {
        return await make(await this.of(tenant))
      } finally {
        this.#read.delete(tenant)
      }
    })
    this.#turn = made.catch(() => undefined)
    return made
  }

  #bundleOf(record: BundleRecord): Bundle {
    const known = this.#bundles.get(record)
    if (known !== undefined) return known
    const { file, content } = record
    const source = {
      file: bundledFile(record, file),
      text: content.text,
      files: content.files,
      whole: true,
      nameOf: (path: string) => bundledFile(record, path),
    }
    const read = readBundle(source, this.parts.known.adjuncts)
    // It was read before it was kept; its name then counts, since a later version may make another one.
    const bundle = {
      ...required(read.bundle, 'a bundle that was kept'),
      id: record.id,
      version: record.version,
    }
    this.#bundles.set(record, bundle)
    return bundle
  }
}
