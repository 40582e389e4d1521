import {
  type Schema,
  type WireJson,
  flag,
  integer,
  json,
  list,
  optional,
  shape,
  text,
  time,
} from './schema.js'

/** An entity that was added to an application while it ran. */
export interface Graft {
  /** By which it is known to who added it. */
  readonly key: string
  readonly parent: string
  readonly name: string
}

/** A kept version of an application's document. */
export interface Version {
  readonly version: number
  readonly specDigest: string
  readonly createdAt: number
  readonly createdBy: string
  readonly note: string
  readonly current: boolean
  readonly restored?: number
  /** What was added to the application while it ran. */
  readonly grafts?: readonly Graft[]
}

/** One version with its document. */
export interface VersionDocument {
  readonly view: Version
  /** The text as submitted. */
  readonly source?: string
  /** The compiled document. */
  readonly spec: WireJson
}

/** One difference between two versions. */
export interface Difference {
  readonly path: string
  readonly from?: WireJson
  readonly to?: WireJson
}

const graftSchema: Schema<Graft> = shape<Graft>(
  'Graft',
  'An entity that was added to a running application.',
  {
    key: text('By which it is known to who added it.'),
    parent: text('Path of the entity that it is inside of.'),
    name: text('Its path segment.'),
  },
)

/** Schema of a version. */
export const versionSchema: Schema<Version> = shape<Version>('Version', 'A kept version of a document.', {
  version: integer('From 1.'),
  specDigest: text('Content address of the compiled document.'),
  createdAt: time('When.'),
  createdBy: text('By whom.'),
  note: text('Why.'),
  current: flag('Whether it is the wanted one.'),
  restored: optional(integer('The version that it restored.')),
  grafts: optional(list(graftSchema, 'What was added to the application while it ran.')),
})

/** Schema of a version with its document. */
export const versionDocumentSchema: Schema<VersionDocument> = shape<VersionDocument>(
  'VersionDocument',
  'One version with its document.',
  {
    view: versionSchema,
    source: optional(text('The text as submitted.')),
    spec: json('The compiled document.'),
  },
)

/** Schema of a difference. */
export const differenceSchema: Schema<Difference> = shape<Difference>(
  'Difference',
  'One difference between two versions.',
  {
    path: text('Where.'),
    from: optional(json('What it was; absent: it was not there.')),
    to: optional(json('What it is; absent: it is gone.')),
  },
)
