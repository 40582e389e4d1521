import { type CatalogKind, catalogKindSchema } from './catalog-type.js'
import { type WireProblem, problemSchema } from './problem.js'
import { type Schema, closed, flag, list, map, oneOf, optional, shape, text, time } from './schema.js'

/** An item of a bundle. */
export interface BundleItem {
  readonly name: string
  readonly version: string
  readonly kind: CatalogKind
}

/** Types that came together. */
export interface CatalogBundle {
  readonly name: string
  readonly version: string
  readonly origin: 'shipped' | 'added'
  /** Whether it cannot be replaced and removed. */
  readonly readOnly: boolean
  readonly title?: string
  readonly description?: string
  readonly iconUrl?: string
  readonly items: readonly BundleItem[]
  /** Paths of its documents and of the files beside them. */
  readonly files: readonly string[]
  /** Of all that it holds; absent for what comes with the product. */
  readonly digest?: string
  readonly addedAt?: number
  readonly addedBy?: string
}

/** A bundle to be added: a catalog document with the files beside it, or an archive of them. */
export interface NewBundle {
  readonly document?: string
  /** What problems call the document. @default 'catalog.bom' */
  readonly file?: string
  /** Texts beside the document, by path. */
  readonly files?: { readonly [path: string]: string }
  /** A zip, tar or tgz in base64 with `catalog.bom` at its root, instead of a document. */
  readonly archive?: string
}

/** What became of a bundle. */
export interface BundleAdded {
  readonly bundle: CatalogBundle
  readonly outcome: 'added' | 'replaced' | 'unchanged'
  /** Warnings. */
  readonly problems: readonly WireProblem[]
}

const itemSchema: Schema<BundleItem> = shape<BundleItem>('BundleItem', 'An item of a bundle.', {
  name: text('Its id.'),
  version: text('Its version.'),
  kind: catalogKindSchema,
})

/** Schema of a bundle. */
export const catalogBundleSchema: Schema<CatalogBundle> = shape<CatalogBundle>(
  'CatalogBundle',
  'Types that came together.',
  {
    name: text('Its name.'),
    version: text('Its version.'),
    origin: oneOf('Whether it comes with the product, or was added.', ['shipped', 'added']),
    readOnly: flag('Whether it cannot be replaced and removed.'),
    title: optional(text('What people call it.')),
    description: optional(text('What it is for.')),
    iconUrl: optional(text('Its picture.')),
    items: list(itemSchema),
    files: list(text('A path.'), 'Its documents and the files beside them.'),
    digest: optional(text('Of all that it holds.')),
    addedAt: optional(time('When.')),
    addedBy: optional(text('By whom.')),
  },
)

/** Schema of a bundle to be added. */
export const newBundleSchema: Schema<NewBundle> = closed<NewBundle>(
  'NewBundle',
  'A catalog document with the files beside it, or an archive of them.',
  {
    document: optional(text('The text of the document.')),
    file: optional(text('What problems call it.', { minLength: 1, maxLength: 500 })),
    files: optional(map(text('Its text.'), 'Texts beside the document, by path.')),
    archive: optional(text('A zip, tar or tgz in base64 with `catalog.bom` at its root.')),
  },
)

/** Schema of what became of a bundle. */
export const bundleAddedSchema: Schema<BundleAdded> = shape<BundleAdded>(
  'BundleAdded',
  'What became of a bundle.',
  {
    bundle: catalogBundleSchema,
    outcome: oneOf('What was done.', ['added', 'replaced', 'unchanged']),
    problems: list(problemSchema, 'Warnings.'),
  },
)
