import {
  type Schema,
  type WireJson,
  type WireObject,
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

/** What people see of an entity. */
export type EntityStateWord =
  | 'created'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'completed'
  | 'quarantined'
  | 'removing'
  | 'gone'

/** A far-end object of an entity. */
export interface Resource {
  readonly token: string
  readonly kind: string
  readonly name: string
  readonly location: string
  readonly state: string
  readonly id: string
  readonly brought: boolean
}

/** Where in its document an entity is written. */
export interface WirePlace {
  readonly file: string
  readonly range: {
    readonly start: { readonly line: number; readonly column: number }
    readonly end: { readonly line: number; readonly column: number }
  }
}

/** One entity of the living tree. */
export interface Entity {
  readonly path: string
  readonly parent?: string
  readonly name: string
  readonly displayName?: string
  readonly type: string
  readonly role: string
  readonly state: EntityStateWord
  readonly up: boolean
  readonly reason: string
  readonly since: number
  readonly observedAt?: number
  readonly incarnation: number
  readonly run: number
  readonly leaving: number
  readonly location: string
  readonly address: string
  readonly endpoint: string
  readonly children: number
  readonly isMember: boolean
  readonly isRole: boolean
  readonly memberOf?: readonly string[]
  readonly config: { readonly [key: string]: WireJson }
  readonly effectors: readonly string[]
  readonly policies: readonly string[]
  readonly resources: readonly Resource[]
  readonly problems: readonly string[]
  readonly place?: WirePlace
}

/** The last value of a sensor. */
export interface Sensor {
  readonly name: string
  readonly value: WireJson
  readonly at: number
}

/** One point of a sensor's history. */
export interface Sample {
  readonly at: number
  readonly value: WireJson
}

/** A named thing that an entity can be asked to do. */
export interface Effector {
  readonly name: string
  readonly entity: string
  readonly description: string
  readonly parameters: readonly EffectorParameter[]
}

/** What an effector can be given. */
export interface EffectorParameter {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly required: boolean
  readonly default?: WireJson
  readonly constraints: readonly WireObject[]
}

/** What is wrong with one entity of an application, or with the application itself. */
export interface Trouble {
  /** '' for the application. */
  readonly entity: string
  readonly state: string
  readonly reason: string
  readonly problems: readonly string[]
  readonly since: number
  readonly place?: WirePlace
}

const states: readonly EntityStateWord[] = [
  ...(['created', 'waiting', 'starting', 'running', 'stopping', 'stopped'] as const),
  ...(['failed', 'completed', 'quarantined', 'removing', 'gone'] as const),
]

const point: Schema<WirePlace['range']['start']> = shape<WirePlace['range']['start']>(
  'Point',
  'A line and a column, from 1.',
  { line: integer('From 1.'), column: integer('From 1.') },
)

const placeSchema: Schema<WirePlace> = shape<WirePlace>('Place', 'Where in its document it is written.', {
  file: text('The document.'),
  range: shape<WirePlace['range']>('Span', 'From, and to the character after.', { start: point, end: point }),
})

const resourceSchema: Schema<Resource> = shape<Resource>('Resource', 'A far-end object of an entity.', {
  token: text('Its identity, chosen by us.'),
  kind: text('machine, network, volume …'),
  name: text('Its name at the far end.'),
  location: text('Where.'),
  state: text('What the far end says.'),
  id: text("The far end's own id."),
  brought: flag('Existed by other hands: never removed.'),
})

/** Schema of an entity. */
export const entitySchema: Schema<Entity> = shape<Entity>('Entity', 'One entity of the living tree.', {
  path: text("Path in its application; '' for the root."),
  parent: optional(text('Path of its parent; absent for the root.')),
  name: text('Its name.'),
  displayName: optional(text('What people call it, where that is not its name.')),
  type: text('Its type.'),
  role: text('What it is in its application.'),
  state: oneOf('What it is shown as.', states),
  up: flag('Whether its service is there.'),
  reason: text('Why it is in this state.'),
  since: time('In this state since.'),
  observedAt: optional(time('When the far end last said something about it.')),
  incarnation: integer('Which attempt this is.'),
  run: integer('Which launch of it.'),
  leaving: integer('Older incarnations on their way out.'),
  location: text('Where it is.'),
  address: text('Its address.'),
  endpoint: text('Where it is reached.'),
  children: integer('Number of its children.'),
  isMember: flag('Whether it is a member of a role.'),
  isRole: flag('Whether it has members, or is its own single member.'),
  memberOf: optional(list(text('Path of a group that it is a member of.'))),
  config: map(json('A value.'), 'Its configuration; secrets by name.'),
  effectors: list(text('A name.')),
  policies: list(text('A name.')),
  resources: list(resourceSchema),
  problems: list(text('One line.')),
  place: optional(placeSchema),
})

/** Schema of a sensor. */
export const sensorSchema: Schema<Sensor> = shape<Sensor>('Sensor', 'The last value of a sensor.', {
  name: text('Its name.'),
  value: json('Its value.'),
  at: time('When it was so.'),
})

/** Schema of one point of a history. */
export const sampleSchema: Schema<Sample> = shape<Sample>('Sample', "One point of a sensor's history.", {
  at: time('When it was so.'),
  value: json('What it was.'),
})

const parameterSchema: Schema<EffectorParameter> = shape<EffectorParameter>(
  'EffectorParameter',
  'What an effector can be given.',
  {
    name: text('Its name.'),
    type: text('string, integer, float, boolean, duration, port, secret, map or list.'),
    description: text("What it is for; '' when nobody says."),
    required: flag('Whether a call must give it.'),
    default: optional(json('What it is when a call does not give it; a secret by name.')),
    constraints: list(map(json('A limit.'), 'One of pattern, oneOf, min, max.'), 'All of them must hold.'),
  },
)

/** Schema of an effector. */
export const effectorSchema: Schema<Effector> = shape<Effector>(
  'Effector',
  'A named thing that an entity can be asked to do.',
  {
    name: text('Its name.'),
    entity: text('Path of its entity.'),
    description: text("What it does; '' when nobody says."),
    parameters: list(parameterSchema, 'What it can be given, as declared.'),
  },
)

/** Schema of what is wrong. */
export const troubleSchema: Schema<Trouble> = shape<Trouble>('Trouble', 'What is wrong, and with what.', {
  entity: text("Path of the entity; '' for the application."),
  state: text('What it is shown as.'),
  reason: text('Why.'),
  problems: list(text('One line.')),
  since: time('Since.'),
  place: optional(placeSchema),
})
