import {
  type Schema,
  type WireJson,
  closed,
  flag,
  integer,
  json,
  list,
  map,
  oneOf,
  optional,
  shape,
  text,
  time,
} from './schema.js'

/** A configured place. */
export interface WireLocation {
  readonly name: string
  readonly driver: string
  readonly config: { readonly [key: string]: WireJson }
  readonly origin: 'file' | 'rest' | 'built-in'
  readonly inUse: number
  readonly circuit: 'closed' | 'open'
  readonly silent: boolean
}

/** A place to be added. */
export interface NewLocation {
  readonly name: string
  readonly driver: string
  readonly config?: { readonly [key: string]: WireJson }
}

/** One thing that was tried. */
export interface TestLine {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** What nobody seems to need: a far-end object with our marks that is in no book, or what has outlived its lease. */
export interface Orphan {
  readonly why: 'in-no-book' | 'lease-ended'
  readonly location: string
  readonly kind: string
  readonly name: string
  readonly token: string
  readonly application: string
  readonly entity: string
  readonly seen: number
  readonly since: number
}

/** Schema of a location. */
export const locationSchema: Schema<WireLocation> = shape<WireLocation>('Location', 'A configured place.', {
  name: text('Its name.'),
  driver: text('The kind of place.'),
  config: map(json('A value.'), 'Its configuration; secrets by name.'),
  origin: oneOf('Where it was configured; only `rest` can be removed here.', ['file', 'rest', 'built-in']),
  inUse: integer('Entities that are there.'),
  circuit: oneOf('Open: it failed so often that it is left alone for a while.', ['closed', 'open']),
  silent: flag('Whether looks at what is there are left without any answer.'),
})

/** Schema of a location to be added. */
export const newLocationSchema: Schema<NewLocation> = closed<NewLocation>(
  'NewLocation',
  'A place to be added.',
  {
    name: text('Its name.', { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' }),
    driver: text('The kind of place.', { pattern: '^[a-z][a-z0-9-]{0,31}$' }),
    config: optional(map(json('A value.'), 'As its kind of place wants it.')),
  },
)

/** Schema of what a test says. */
export const testLinesSchema: Schema<readonly TestLine[]> = list(
  shape<TestLine>('TestLine', 'One thing that was tried.', {
    what: text('What.'),
    ok: flag('Whether it worked.'),
    detail: text('What came out.'),
  }),
)

/** Schema of an orphan. */
export const orphanSchema: Schema<Orphan> = shape<Orphan>(
  'Orphan',
  'A far-end object with our marks that is in no book, or an application that has outlived its lease.',
  {
    why: oneOf('Why it is listed; only what is in no book is collected.', ['in-no-book', 'lease-ended']),
    location: text('Where; empty for an application.'),
    kind: text('machine, network, volume … or application'),
    name: text('Its name there.'),
    token: text('Its identity.'),
    application: text('Whose it was.'),
    entity: text('What it was.'),
    seen: integer('How often it was seen; 0 for an application.'),
    since: time('First seen, or when the lease ended.'),
  },
)
