import {
  type FieldsOf,
  type Schema,
  type WireJson,
  flag,
  json,
  list,
  oneOf,
  optional,
  shape,
  text,
} from './schema.js'

/** What a type of the catalog is a type of. */
export type CatalogKind =
  'entity' | 'application' | 'template' | 'policy' | 'enricher' | 'initializer' | 'step' | 'location' | 'bean'

const KINDS: readonly CatalogKind[] = [
  ...(['entity', 'application', 'template', 'policy', 'enricher'] as const),
  ...(['initializer', 'step', 'location', 'bean'] as const),
]

/** A type that a document may name. */
export interface CatalogType {
  readonly name: string
  readonly kind: CatalogKind
  readonly description: string
  readonly version: string
  /** The bundle that it came with, as `name:version`. */
  readonly bundle: string
  /** Whether it can be deployed, or acts: of a shape only its keys, sensors and effectors are known. */
  readonly implemented: boolean
  /** For people. */
  readonly title?: string
  readonly iconUrl?: string
  readonly tags: readonly WireJson[]
}

/** A key of a type's configuration. */
export interface CatalogKey {
  readonly name: string
  readonly type: string
  readonly description?: string
  readonly required: boolean
  /** Absent: there is none, or it is known only when it is deployed. */
  readonly default?: WireJson
  /** The only values that it takes. */
  readonly choices?: readonly WireJson[]
}

/** A type with all that is known of it. */
export interface CatalogTypeDetail extends CatalogType {
  /** All versions of it, the highest first. */
  readonly versions: readonly string[]
  readonly keys: readonly CatalogKey[]
  readonly sensors: readonly string[]
  readonly effectors: readonly string[]
  /** What it was defined by, as it was written; absent for what comes with the product. */
  readonly plan?: string
}

/** Schema of what a type is a type of. */
export const catalogKindSchema: Schema<CatalogKind> = oneOf('What it is a type of.', KINDS)

const typeFields: FieldsOf<CatalogType> = {
  name: text('Its name.'),
  kind: catalogKindSchema,
  description: text('What it is for.'),
  version: text('Its version.'),
  bundle: text('The bundle that it came with, as `name:version`.'),
  implemented: flag('Whether it can be deployed, or acts.'),
  title: optional(text('What people call it.')),
  iconUrl: optional(text('Its picture.')),
  tags: list(json('A tag.')),
}

const keySchema: Schema<CatalogKey> = shape<CatalogKey>('CatalogKey', "A key of a type's configuration.", {
  name: text('Its name.'),
  type: text('What its values are.'),
  description: optional(text('What it is for.')),
  required: flag('Whether it must be given.'),
  default: optional(json('Its value where none is given.')),
  choices: optional(list(json('A value.'), 'The only values that it takes.')),
})

/** Schema of a type. */
export const catalogTypeSchema: Schema<CatalogType> = shape<CatalogType>(
  'CatalogType',
  'A type that a document may name.',
  typeFields,
)

/** Schema of a type with all that is known of it. */
export const catalogTypeDetailSchema: Schema<CatalogTypeDetail> = shape<CatalogTypeDetail>(
  'CatalogTypeDetail',
  'A type with all that is known of it.',
  {
    ...typeFields,
    versions: list(text('A version.'), 'All of them, the highest first.'),
    keys: list(keySchema, 'What it can be given.'),
    sensors: list(text('A name.')),
    effectors: list(text('A name.')),
    plan: optional(text('What it was defined by, as it was written.')),
  },
)
