import { examineItem } from '../../blueprints/index.js'
import { MemoryStore, type Store } from '../../engine/index.js'
import { stockPolicies } from '../../policies/index.js'
import { type Archives, type BundleLimits, Catalogs, StoredBundles } from '../../server/handlers/index.js'
import { readArchive, writeZip } from '../../server/storage/index.js'
import { shapeOptions } from './shapes.js'

/** Archives as the server reads and writes them. */
export const archives: Archives = { read: (bytes) => readArchive(bytes), write: writeZip }

/** Read once: they are the same for all. */
let known: ReturnType<typeof shapeOptions> | undefined

/** Catalogs over a store, with the shapes that come with the product and a clock that stands. */
export function catalogsOver(store: Store = new MemoryStore(), limits: BundleLimits = {}): Catalogs {
  return new Catalogs({
    bundles: new StoredBundles(store, limits),
    known: (known ??= shapeOptions()),
    examine: (item, view) => examineItem(item, { ...view, policyKinds: stockPolicies }),
    now: () => 1_700_000_000_000,
    pause: () => Promise.resolve(),
  })
}
