import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROUTES, type Route } from '../../server/api/index.js'
import type { WholeServer } from '../support/whole-server.js'

/** A text and where it was found. */
export type Found = readonly [where: string, bytes: Buffer]

/** Forms in which a text may hide: as it is, in hexadecimal, and in base64 wherever it begins. */
export function formsOf(core: string): readonly string[] {
  const shifted = [0, 1, 2].map((by) => {
    const whole = Buffer.from('x'.repeat(by) + core).toString('base64')
    return whole.slice(by === 0 ? 0 : 4, -4)
  })
  return [core, Buffer.from(core).toString('hex'), ...shifted, core.split('').reverse().join('')]
}

/** Where any of these texts is, in any form. */
export function placesOf(cores: readonly string[], among: readonly Found[]): readonly string[] {
  const forms = cores.flatMap(formsOf).map((form) => Buffer.from(form))
  return among.filter(([, bytes]) => forms.some((form) => bytes.includes(form))).map(([where]) => where)
}

/** Every file below a folder. One that goes while it is looked at is not there. */
export function filesBelow(folder: string): readonly Found[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry): readonly Found[] => {
    if (!entry.isFile()) return []
    const path = join(entry.parentPath, entry.name)
    try {
      return [[relative(folder, path), readFileSync(path)]]
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
      throw thrown
    }
  })
}

/** Command lines of all processes. */
export function processList(): Found {
  return ['ps -eo args', execFileSync('ps', ['-eo', 'args'], { maxBuffer: 64_000_000 })]
}

/** What lies in this checkout without being versioned, packages aside. */
export function leftoversOf(checkout: string): readonly Found[] {
  const flags = ['ls-files', '-z', '--others', '--', '.', ':!node_modules', ':!dist', ':!coverage']
  const listed = execFileSync('git', flags, { cwd: checkout, encoding: 'utf8', maxBuffer: 64_000_000 })
  return listed
    .split('\0')
    .filter((path) => path !== '')
    .flatMap((path): readonly Found[] => {
      try {
        return [[path, readFileSync(join(checkout, path))]]
      } catch {
        return []
      }
    })
}

/** What every route that only tells says about an application: each with all that its address can name. */
export async function repliesAbout(server: WholeServer, application: string): Promise<readonly Found[]> {
  const names = await namesOf(server, application)
  const found: Found[] = []
  for (const route of ROUTES.filter(({ method, id }) => method === 'GET' && id !== 'streamEvents')) {
    for (const path of pathsOf(route, names)) {
      const { said } = await server.ask('GET', `${path}${QUERIES[route.id] ?? ''}`)
      found.push([`${route.id} ${path}`, Buffer.from(said)])
    }
  }
  return found
}

/** Everything that has happened, as the stream of events tells it from the beginning. */
export async function eventsSince(server: WholeServer, revision: number): Promise<Found> {
  const abort = new AbortController()
  const answer = await fetch(`${server.url}/v1/events?since=${revision}`, {
    headers: { authorization: `Bearer ${server.token}` },
    signal: abort.signal,
  })
  const parts: Uint8Array[] = []
  const quiet = setTimeout(() => {
    abort.abort()
  }, 1_000)
  try {
    for await (const part of answer.body ?? []) parts.push(part)
  } catch (thrown) {
    if (!abort.signal.aborted) throw thrown
  } finally {
    clearTimeout(quiet)
  }
  return ['events', Buffer.concat(parts)]
}

const QUERIES: { readonly [route: string]: string } = { diffVersions: '?from=1&to=2' }

type Names = { readonly [parameter: string]: readonly string[] }

async function namesOf(server: WholeServer, application: string): Promise<Names> {
  const base = `/v1/applications/${application}`
  const list = async (path: string): Promise<readonly { readonly [key: string]: string }[]> => {
    const { body } = await server.ask('GET', path)
    return body.items ?? body
  }
  const entities = (await list(`${base}/entities?limit=1000`)).map(({ path }) => path ?? '')
  const sensors = await Promise.all(entities.map((path) => list(`${base}/entities/${segment(path)}/sensors`)))
  return {
    application: [application],
    entity: entities.map(segment),
    sensor: [...new Set(sensors.flat().map(({ name }) => name ?? ''))],
    role: (await list(`${base}/roles`)).map(({ path }) => segment(path ?? '')),
    task: (await list(`${base}/tasks?limit=1000`)).map(({ id }) => id ?? ''),
    stream: ['stdin', 'stdout', 'stderr', 'environment'],
    version: (await list(`${base}/versions`)).map(({ version }) => String(version)),
    location: (await list('/v1/locations')).map(({ name }) => name ?? ''),
    name: ['camp', 'software'],
  }
}

/** The root is written as a dash. */
function segment(path: string): string {
  return path === '' ? '-' : encodeURIComponent(path)
}

function pathsOf(route: Route, names: Names): readonly string[] {
  const parameters = [...route.path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name ?? '')
  return parameters.reduce<readonly string[]>(
    (paths, name) =>
      paths.flatMap((path) => (names[name] ?? []).map((value) => path.replace(`{${name}}`, value))),
    [route.path],
  )
}
