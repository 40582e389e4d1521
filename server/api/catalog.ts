import {
  type Schema,
  type WireJson,
  integer,
  json,
  oneOf,
  optional,
  shape,
  text,
  flag,
  map,
} from './schema.js'

/** Who answers. */
export interface Identity {
  readonly product: string
  readonly version: string
  readonly engine: string
}

/** How the engine is. */
export interface Health {
  readonly ready: boolean
  readonly revision: number
  readonly applications: number
  readonly entities: number
  readonly counters: { readonly [name: string]: number }
}

/** Whether the process lives. */
export interface Liveness {
  readonly status: 'up'
}

/** Part of a list, and where the next part begins. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Ask again with it as `cursor`; absent: this is the end. */
  readonly next?: string
}

/** Schema of an identity. */
export const identitySchema: Schema<Identity> = shape<Identity>('Identity', 'Who answers.', {
  product: text('Always "weir".'),
  version: text('Its version.'),
  engine: text("Identity of the engine's store."),
})

/** Schema of the engine's condition. */
export const healthSchema: Schema<Health> = shape<Health>('Health', 'How the engine is.', {
  ready: flag('Whether it takes requests.'),
  revision: integer('Of its store.'),
  applications: integer('How many.'),
  entities: integer('How many.'),
  counters: map(integer('How often.'), 'By name.'),
})

/** Schema of the process's condition. */
export const livenessSchema: Schema<Liveness> = shape<Liveness>('Liveness', 'Whether the process lives.', {
  status: oneOf('Always up: who is down does not answer.', ['up']),
})

/** Schema of a JSON Schema. */
export const jsonSchemaSchema: Schema<WireJson> = json('A JSON Schema (2020-12).')

/** Schema of one page of a list. */
export function pageOf<T>(name: string, items: Schema<readonly T[]>): Schema<Page<T>> {
  return shape<Page<T>>(`${name}Page`, `Part of a list.`, {
    items,
    next: optional(text('Ask again with it as `cursor`; absent: this is the end.')),
  })
}
