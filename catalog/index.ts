/**
 * The catalog: versioned items that documents may name as types, and how a name finds one of them. Pure: who reads the
 * documents and keeps them hands them in.
 */
export { Catalog } from './catalog.js'
export { compareVersions, isSnapshot } from './versions.js'
