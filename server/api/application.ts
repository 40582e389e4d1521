import {
  type Schema,
  flag,
  integer,
  list,
  map,
  number,
  oneOf,
  optional,
  shape,
  text,
  time,
} from './schema.js'
import { type WireProblem, problemSchema } from './problem.js'
import { type Task, taskSchema } from './task.js'

/** What people see of an application. */
export type ApplicationStateWord =
  | 'created'
  | 'starting'
  | 'running'
  | 'updating'
  | 'stopping'
  | 'stopped'
  | 'alert'
  | 'expunging'
  | 'expunge'
  | 'destroyed'

/** An entity with members, or one that is its own single member. */
export interface Role {
  readonly path: string
  readonly name: string
  readonly type: string
  readonly priority: number
  readonly wanted: number
  readonly present: number
  readonly up: number
  readonly min: number
  readonly max: number
  readonly location: string
  readonly image: string
  readonly offering: string
  readonly details: { readonly [key: string]: string }
}

/** A deployed landscape. */
export interface Application {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly description: string
  readonly serviceType: string
  readonly owner: string
  readonly dialect: string
  readonly state: ApplicationStateWord
  readonly degraded: boolean
  readonly wish: 'running' | 'stopped' | 'gone'
  readonly generation: number
  readonly observedGeneration: number
  readonly version: number
  readonly since: number
  readonly createdAt: number
  readonly changedAt: number
  readonly changedBy: string
  readonly leaseEndsAt?: number
  readonly alerts: readonly string[]
  readonly locations: readonly string[]
  readonly networks: readonly string[]
  readonly keyPair: string
  readonly endpoint: string
  readonly consoleEndpoint: string
  readonly cores: number
  readonly memory: number
  readonly details: { readonly [key: string]: string }
  readonly roles: readonly Role[]
}

/** The answer to an accepted change. */
export interface Accepted {
  readonly application: Application
  /** The work that was begun; absent when there is nothing to do. */
  readonly task?: Task
  /** What its document says that may not be meant; absent where there is nothing. */
  readonly warnings?: readonly WireProblem[]
}

const states: readonly ApplicationStateWord[] = [
  ...(['created', 'starting', 'running', 'updating', 'stopping', 'stopped'] as const),
  ...(['alert', 'expunging', 'expunge', 'destroyed'] as const),
]

/** Schema of a role. */
export const roleSchema: Schema<Role> = shape<Role>('Role', 'What members are in their application.', {
  path: text('Path of its entity.'),
  name: text('Its name.'),
  type: text("Its members' type."),
  priority: integer('Start order: lower sooner.'),
  wanted: integer('Members wanted.'),
  present: integer('Members that are there.'),
  up: integer('Members that are up.'),
  min: integer('Never fewer.'),
  max: integer('Never more.'),
  location: text('Where.'),
  image: text('Made from.'),
  offering: text('Size by name.'),
  details: map(text('A value.'), 'Free details.'),
})

/** Schema of an application's state. */
export const applicationStateSchema: Schema<ApplicationStateWord> = oneOf('What it is shown as.', states)

/** Schema of an application. */
export const applicationSchema: Schema<Application> = shape<Application>(
  'Application',
  'A deployed landscape.',
  {
    id: text('Its identity.'),
    tenant: text('Whose it is.'),
    name: text('Its name.'),
    description: text('What it is for.'),
    serviceType: text('The kind of landscape.'),
    owner: text('Who answers for it.'),
    dialect: text('In which dialect it was written.'),
    state: applicationStateSchema,
    degraded: flag('Ordinary repair is going on.'),
    wish: oneOf('What is wanted of it.', ['running', 'stopped', 'gone']),
    generation: integer('Raised by every wanted change; the ETag.'),
    observedGeneration: integer('Generation that the state reflects.'),
    version: integer('Version of its document.'),
    since: time('In this state since.'),
    createdAt: time('Deployed at.'),
    changedAt: time('Last wanted change.'),
    changedBy: text('Who made the last wanted change.'),
    leaseEndsAt: optional(time('When its lease ends, or has ended; absent: never.')),
    alerts: list(text('One line.'), 'Alerts by cause.'),
    locations: list(text('A name.'), 'Where it runs.'),
    networks: list(text('A name.'), 'Its networks.'),
    keyPair: text('Its key pair.'),
    endpoint: text('Where people reach it.'),
    consoleEndpoint: text('Where people manage it.'),
    cores: number('Cores of all its machines.'),
    memory: number('Bytes of all its machines.'),
    details: map(text('A value.'), 'Free details.'),
    roles: list(roleSchema),
  },
)

/** Schema of the answer to an accepted change. */
export const acceptedSchema: Schema<Accepted> = shape<Accepted>(
  'Accepted',
  'The application as it is wanted now, and the work that was begun.',
  {
    application: applicationSchema,
    task: optional(taskSchema),
    warnings: optional(list(problemSchema, 'What its document says that may not be meant.')),
  },
)
