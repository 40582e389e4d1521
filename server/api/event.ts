import { type Schema, type WireJson, integer, json, map, oneOf, shape, text, time } from './schema.js'

/** Something that happened. One revision may have several; the id in the stream, such as `7.2`, tells them apart. */
export interface WireEvent {
  readonly revision: number
  readonly at: number
  readonly type: 'application' | 'entity' | 'task' | 'decision'
  readonly application: string
  readonly entity: string
  readonly text: string
  readonly data: { readonly [key: string]: WireJson }
}

/** Schema of an event. */
export const eventSchema: Schema<WireEvent> = shape<WireEvent>(
  'Event',
  'Something that happened. The stream also says `compacted` with {oldest} when the asked beginning is no longer kept, and `overflow` before it closes on a client that reads too slowly.',
  {
    revision: integer('Of the store: `since` asks for what came after it.'),
    at: time('When.'),
    type: oneOf('What it is about.', ['application', 'entity', 'task', 'decision']),
    application: text('Id of the application.'),
    entity: text('Path of the entity.'),
    text: text('In words.'),
    data: map(json('A value.'), 'In figures.'),
  },
)
