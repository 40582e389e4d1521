import {
  type AdjunctLookup,
  type BesideFiles,
  type ExaminedItem,
  type ItemDefinition,
  type TypeLookup,
  chainAdjuncts,
  chainTypes,
} from '../../../blueprints/index.js'
import type { Shelf } from '../../../catalog/index.js'
import { nameOf } from '../../../catalog/index.js'
import type { CatalogView } from '../context.js'
import type { BundleRecord } from './bundle-record.js'

/** What documents may name that comes with the product beside the stock types. */
export interface KnownTypes {
  readonly types: TypeLookup
  readonly adjuncts: AdjunctLookup
}

/** Looks at an item as at a document that names it. Pure; policies and the like were bound by who made it. */
export type Examine = (item: ItemDefinition, view: CatalogView) => ExaminedItem

/** What one tenant's catalog is made of. */
export interface TenantParts {
  readonly shelf: Shelf
  /** By name and version. */
  readonly records: ReadonlyMap<string, BundleRecord>
  readonly known: KnownTypes
  readonly examine: Examine
}

/** The catalog of one tenant at one time. */
export class TenantCatalog {
  readonly shelf: Shelf
  readonly view: CatalogView
  readonly #parts: TenantParts
  readonly #examined = new Map<ItemDefinition, ExaminedItem>()

  constructor(parts: TenantParts) {
    this.#parts = parts
    this.shelf = parts.shelf
    this.view = viewOf(parts.shelf, parts.known, (file) => this.#beside(file))
  }

  /** What a bundle was made of. */
  record(bundle: { readonly id: string; readonly version: string }): BundleRecord | undefined {
    return this.#parts.records.get(nameOf(bundle))
  }

  /** An item as documents see it; looked at once. */
  examined(item: ItemDefinition): ExaminedItem {
    const known = this.#examined.get(item)
    if (known !== undefined) return known
    const found = this.#parts.examine(item, this.view)
    this.#examined.set(item, found)
    return found
  }

  /** What an item was defined by, as it was written. */
  planOf({ definition }: ItemDefinition): string | undefined {
    const { file } = definition.document
    const text = this.#textOf(file)
    if (text === undefined) return undefined
    const { start, end } = definition.part.range
    const lines = text.split('\n').slice(start.line - 1, end.line)
    const last = lines.length - 1
    if (lines[last] !== undefined) lines[last] = lines[last].slice(0, end.column - 1)
    const indent = ' '.repeat(start.column - 1)
    const told = lines.map((line, at) => {
      if (at === 0) return line.slice(start.column - 1)
      return line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()
    })
    return `${told.join('\n').trimEnd()}\n`
  }

  #textOf(file: string): string | undefined {
    const [name = '', ...path] = file.split('/')
    const record = this.#parts.records.get(name)
    const inside = path.join('/')
    return record?.file === inside ? record.content.text : record?.content.files[inside]
  }

  #beside(file: string): BesideFiles | undefined {
    const record = this.#parts.records.get(file.split('/')[0] ?? '')
    return record === undefined ? undefined : { files: record.content.files, whole: true }
  }
}

/** What documents may name of a shelf and of what comes with the product. */
export function viewOf(shelf: Shelf, known: KnownTypes, beside: CatalogView['beside']): CatalogView {
  return {
    types: chainTypes(shelf.catalog.types(), known.types),
    adjuncts: chainAdjuncts(shelf.catalog.adjuncts(known.adjuncts), known.adjuncts),
    beside,
  }
}

/** What problems call a document of a bundle that is kept: nobody else's document has such a name. */
export function bundledFile(bundle: { readonly id: string; readonly version: string }, path: string): string {
  return `${nameOf(bundle)}/${path}`
}
