import type {
  Application,
  CatalogType,
  Decision,
  Entity,
  Orphan,
  Role,
  Sensor,
  Trouble,
  Version,
  WireLocation,
} from '../../api/index.js'
import { ago } from '../duration.js'
import { CliError, EXIT } from '../exit.js'
import type { Listing } from '../output.js'
import { type Session, entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'
import { taskListing } from './activity.js'
import { typeListing } from './catalog.js'
import { locationListing } from './location.js'
import { orphanListing } from './orphans.js'
import { applicationColumns, roleColumns } from './status.js'
import { versionListing } from './versions.js'

/** Lists things of one kind. */
export const getVerb: Verb = {
  usage: 'get <kind> [target]',
  summary:
    'list applications, entities, members, roles, sensors, tasks, decisions, problems, versions, locations, types or orphans',
  choices: [
    'applications',
    'entities',
    'members',
    'roles',
    'sensors',
    'tasks',
    'decisions',
    'problems',
    'versions',
    'locations',
    'types',
    'orphans',
  ],
  examples: [
    'weir get apps',
    'weir get entities shop -o wide',
    'weir get members shop/web',
    'weir get sensors shop/web/1',
  ],
  run: async (session, input) => {
    const kind = input.word(0)
    const list = [kind, `${kind}s`, kind.replace(/y$/, 'ies'), SHORT[kind] ?? ''].flatMap((name) =>
      Object.hasOwn(KINDS, name) ? [KINDS[name]] : [],
    )[0]
    if (list === undefined) {
      throw new CliError(EXIT.usage, `there is no kind ${kind}; there are ${Object.keys(KINDS).join(', ')}`)
    }
    await list(session, input.word(1))
    return EXIT.ok
  },
}

/** Shorter words for kinds. */
const SHORT: { readonly [word: string]: string } = { app: 'applications', apps: 'applications' }

type Lister = (session: Session, target: string) => Promise<void>

const KINDS: { readonly [kind: string]: Lister } = {
  applications: async (session, target) => {
    const params = { application: target }
    const items =
      target === ''
        ? await session.all<Application>({ route: 'listApplications' })
        : [await session.get<Application>({ route: 'getApplication', params })]
    const columns = applicationColumns(session.terminal.now())
    session.output.list({ items, columns, nameOf: ({ id }) => id, none: 'no applications' })
  },
  entities: async (session, target) => {
    const items = await session.all<Entity>({ route: 'listEntities', params: inApplication(target) })
    session.output.list(entityListing(items, session.terminal.now()))
  },
  members: async (session, target) => {
    const { application, entity } = targetOf(target)
    const params = { application, role: needed(entity, 'APP/ROLE') }
    session.output.list(
      entityListing(await session.all<Entity>({ route: 'listMembers', params }), session.terminal.now()),
    )
  },
  roles: async (session, target) => {
    const items = await session.get<readonly Role[]>({ route: 'listRoles', params: inApplication(target) })
    session.output.list({ items, columns: roleColumns, nameOf: ({ path }) => path, none: 'no roles' })
  },
  sensors: async (session, target) => {
    const params = entityParams(targetOf(needed(target, 'APP/ENTITY')))
    session.output.list(
      sensorListing(
        await session.get<readonly Sensor[]>({ route: 'listSensors', params }),
        session.terminal.now(),
      ),
    )
  },
  tasks: async (session, target) => {
    session.output.list(await taskListing(session, needed(target, 'APP or APP/ENTITY')))
  },
  decisions: async (session, target) => {
    const { application, entity } = targetOf(needed(target, 'APP or APP/ENTITY'))
    const query = entity === '' ? {} : { entity }
    const items = await session.all<Decision>({ route: 'listDecisions', params: { application }, query })
    session.output.list(decisionListing(items, session.terminal.now()))
  },
  problems: async (session, target) => {
    const items = await session.all<Trouble>({ route: 'listProblems', params: inApplication(target) })
    session.output.list(troubleListing(items, session.terminal.now()))
  },
  versions: async (session, target) => {
    const items = await session.all<Version>({ route: 'listVersions', params: inApplication(target) })
    session.output.list(versionListing(items, session.terminal.now()))
  },
  locations: async (session) => {
    session.output.list(
      locationListing(await session.get<readonly WireLocation[]>({ route: 'listLocations' })),
    )
  },
  types: async (session) => {
    session.output.list(typeListing(await session.all<CatalogType>({ route: 'listTypes' })))
  },
  orphans: async (session) => {
    session.output.list(
      orphanListing(await session.all<Orphan>({ route: 'listOrphans' }), session.terminal.now()),
    )
  },
}

function inApplication(target: string): { readonly [name: string]: string } {
  return { application: targetOf(needed(target, 'APP')).application }
}

function needed(target: string, what: string): string {
  if (target === '') throw new CliError(EXIT.usage, `say of what: ${what}`)
  return target
}

function entityListing(items: readonly Entity[], now: number): Listing<Entity> {
  return {
    items,
    nameOf: ({ path }) => path,
    none: 'no entities',
    columns: [
      { title: 'ENTITY', of: ({ path, name }) => (path === '' ? name : path) },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'UP', of: ({ up }) => (up ? 'yes' : 'no') },
      { title: 'SINCE', of: ({ since }) => ago(since, now) },
      { title: 'TYPE', wide: true, of: ({ type }) => type },
      {
        title: 'INCARNATION',
        wide: true,
        of: ({ incarnation, leaving }) =>
          leaving === 0 ? String(incarnation) : `${incarnation}, ${leaving} leaving`,
      },
      { title: 'LOCATION', wide: true, of: ({ location }) => location },
      { title: 'ENDPOINT', of: ({ endpoint }) => endpoint },
      { title: 'REASON', of: ({ reason, state }) => (reason === state ? '' : reason) },
    ],
  }
}

function sensorListing(items: readonly Sensor[], now: number): Listing<Sensor> {
  return {
    items,
    nameOf: ({ name }) => name,
    none: 'no sensors',
    columns: [
      { title: 'SENSOR', of: ({ name }) => name },
      { title: 'AGE', of: ({ at }) => ago(at, now) },
      { title: 'VALUE', of: ({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)) },
    ],
  }
}

function decisionListing(items: readonly Decision[], now: number): Listing<Decision> {
  return {
    items,
    nameOf: ({ id }) => id,
    none: 'no decisions',
    columns: [
      { title: 'WHEN', of: ({ at }) => ago(at, now) },
      { title: 'ENTITY', of: ({ entity }) => entity },
      { title: 'BY', of: ({ by }) => by },
      { title: 'KIND', of: ({ kind, count }) => (count > 1 ? `${kind} ×${count}` : kind) },
      { title: 'INTENT', of: ({ intent }) => intent },
      { title: 'RULE', wide: true, of: ({ rule }) => rule },
      { title: 'REASON', of: ({ reason }) => reason },
    ],
  }
}

function troubleListing(items: readonly Trouble[], now: number): Listing<Trouble> {
  return {
    items,
    nameOf: ({ entity }) => entity,
    none: 'nothing is wrong',
    columns: [
      { title: 'ENTITY', of: ({ entity }) => (entity === '' ? '(application)' : entity) },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'SINCE', of: ({ since }) => ago(since, now) },
      {
        title: 'PLACE',
        wide: true,
        of: ({ place }) => (place === undefined ? '' : `${place.file}:${place.range.start.line}`),
      },
      {
        title: 'PROBLEM',
        of: ({ problems, reason }) => (problems.length === 0 ? reason : problems.join('; ')),
      },
    ],
  }
}
