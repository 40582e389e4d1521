import type { Application, Role } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { paintState } from '../colors.js'
import { ago, span } from '../duration.js'
import { EXIT } from '../exit.js'
import { facts } from '../output.js'
import type { Session } from '../session.js'
import { type Column, renderTable } from '../table.js'
import type { Verb } from '../verb.js'

/** Shows all applications, or one on one screen. */
export const statusVerb: Verb = {
  usage: 'status [app]',
  summary: 'show all applications, or one with its roles',
  run: async (session, input) => {
    const id = input.word(0)
    if (id === '') await showAll(session)
    else await showOne(session, id)
    return EXIT.ok
  },
}

/** Columns of a list of applications. */
export function applicationColumns(now: number): readonly Column<Application>[] {
  return [
    { title: 'NAME', of: ({ name }) => name },
    { title: 'ID', of: ({ id }) => id },
    { title: 'STATE', of: ({ state, degraded }) => (degraded ? `${state}, degraded` : state) },
    { title: 'VERSION', of: ({ version }) => String(version) },
    {
      title: 'ROLES',
      of: ({ roles }) => roles.map(({ name, up, wanted }) => `${name} ${up}/${wanted}`).join(' '),
    },
    { title: 'LOCATION', of: ({ locations }) => locations.join(',') },
    { title: 'OWNER', wide: true, of: ({ owner }) => owner },
    {
      title: 'CHANGED',
      wide: true,
      of: ({ changedAt, changedBy }) => `${ago(changedAt, now)} by ${changedBy}`,
    },
    { title: 'SINCE', of: ({ since }) => ago(since, now) },
    { title: 'ENDPOINT', of: ({ endpoint }) => endpoint },
  ]
}

/** Columns of a list of roles. */
export const roleColumns: readonly Column<Role>[] = [
  { title: 'ROLE', of: ({ name }) => name },
  { title: 'UP', of: ({ up, wanted }) => `${up}/${wanted}` },
  { title: 'BOUNDS', of: ({ min, max }) => (min === max ? String(min) : `${min}..${max}`) },
  { title: 'TYPE', of: ({ type }) => type },
  { title: 'PRIORITY', wide: true, of: ({ priority }) => String(priority) },
  { title: 'LOCATION', of: ({ location }) => location },
  { title: 'IMAGE', wide: true, of: ({ image }) => image },
]

/** What an application is, as lines of facts; what its document leaves out is left out. */
export function aboutApplication(
  application: Application,
  now: number,
): readonly (readonly [string, string])[] {
  const { cores, memory, details } = application
  return [
    ['About', application.description],
    ['Kind', application.serviceType],
    ['Owner', application.owner],
    ['Endpoint', application.endpoint],
    ['Console', application.consoleEndpoint],
    ['Size', cores + memory === 0 ? '' : `${cores} cores, ${Math.round(memory / 1024 / 1024)} MiB`],
    ['Networks', application.networks.join(', ')],
    ['Key pair', application.keyPair],
    ['Lease', leaseText(application, now)],
    ...Object.entries(details),
  ]
}

function leaseText({ leaseEndsAt }: Application, now: number): string {
  if (leaseEndsAt === undefined) return ''
  return leaseEndsAt > now ? `ends in ${span(leaseEndsAt - now)}` : `ended ${ago(leaseEndsAt, now)}`
}

/** What a person would ask next about one that is not as wanted. */
function nextStep({ id, state, degraded, wish }: Application): string {
  if (state === 'alert' || state === 'expunge' || degraded) return `weir why ${id}, weir get problems ${id}`
  if (state === 'stopped' && wish === 'stopped') return `weir start ${id}`
  return ''
}

async function showAll(session: Session): Promise<void> {
  session.output.list({
    items: await session.all<Application>({ route: 'listApplications' }),
    columns: applicationColumns(session.terminal.now()),
    nameOf: ({ id }) => id,
    none: 'no applications; deploy one with: weir deploy FILE',
  })
}

async function showOne(session: Session, id: string): Promise<void> {
  const application = await session.get<Application>({ route: 'getApplication', params: { application: id } })
  session.output.single({ value: application, text: screen(session, application), name: application.id })
}

function screen(session: Session, application: Application): string {
  const now = session.terminal.now()
  const state = `${application.state}${application.degraded ? ', degraded' : ''}`
  const head = `${cleanLine(application.name)} (${application.id})  ${paintState(session.colors, state)} for ${span(now - application.since)}\n`
  const about = facts([
    ...aboutApplication(application, now),
    ['Wish', `${application.wish}, generation ${application.generation}, version ${application.version}`],
    ['Changed', `${ago(application.changedAt, now)} by ${application.changedBy}`],
    ['Alerts', application.alerts.join('; ')],
    ['Next', nextStep(application)],
  ])
  const options = {
    wide: session.output.format === 'wide',
    width: session.terminal.outIsTty ? session.terminal.columns : undefined,
  }
  return `${head}${about}\n${renderTable(application.roles, roleColumns, options)}`
}
