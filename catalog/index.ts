/**
 * The catalog: versioned items that documents may name as types, and how a name finds one of them. Pure: who reads the
 * documents and keeps them hands them in.
 */
export { MOST_ITEMS, readBundle } from './bundle.js'
export type { Bundle, ReadBundle } from './bundle.js'
export { Catalog } from './catalog.js'
export { Shelf, nameOf } from './shelf.js'
export type { Lost } from './shelf.js'
export { compareVersions, isSnapshot } from './versions.js'
