import { type Json, type JsonObject, type Reading, canonicalJson, isJsonObject } from '../../engine/index.js'
import { type MemberBook, conditionIn, memberIn, withMember, withoutMember } from '../members.js'

/** Where one back end is reached. */
export interface BackEnd extends JsonObject {
  readonly address: string
  readonly port: number
}

/** One who may be a back end. */
interface Candidate extends JsonObject {
  readonly up: boolean
  /** What its sensor says; null before. */
  readonly endpoint: Json
}

/** Who may be back ends: members by their paths, and others that were not deployed here. */
export interface BackEndBook extends JsonObject {
  readonly members: MemberBook<Candidate>
  /** Null: they are asked about, and nothing is known yet. */
  readonly others: Json
}

/** Whose sensors are read. */
export interface BackEndSources {
  /** Path of the pool. */
  readonly path: string
  readonly sensor: string
  /** Sensor of the pool, or none. */
  readonly others: string
}

const UNKNOWN: Candidate = { up: false, endpoint: null }

/** The book after a reading. */
export function notedBackEnd(sources: BackEndSources, book: BackEndBook, reading: Reading): BackEndBook {
  const { entity, kind, sensor, value } = reading
  if (kind === 'sensor' && entity === sources.path && sensor === sources.others)
    return { ...book, others: value }
  const known = memberIn(book.members, entity) ?? UNKNOWN
  if (kind === 'sensor' && entity !== sources.path && sensor === sources.sensor)
    return { ...book, members: withMember(book.members, entity, { ...known, endpoint: value }) }
  const condition = conditionIn(reading)
  if (condition === undefined) return book
  const members =
    condition.state === 'gone'
      ? withoutMember(book.members, entity)
      : withMember(book.members, entity, { ...known, up: condition.up })
  return { ...book, members }
}

/** The whole set, in an order of its own, and who cannot be in it because nobody knows where it is. */
export interface BackEndSet {
  readonly backends: readonly BackEnd[]
  readonly nowhere: readonly string[]
}

/** Everybody who is up, and all others, each once. */
export function backEndsIn({ members, others }: BackEndBook): BackEndSet {
  const up = Object.entries(members).filter(([, { up: isUp }]) => isUp)
  const given = Array.isArray(others) ? (others as readonly Json[]) : []
  const found = [
    ...up.map(([path, { endpoint }]) => ({ path, at: backEndOf(endpoint) })),
    ...given.map((endpoint) => ({ path: canonicalJson(endpoint).slice(0, 80), at: backEndOf(endpoint) })),
  ]
  const byName = new Map(found.flatMap(({ at }) => (at === undefined ? [] : [[canonicalJson(at), at]])))
  return {
    backends: [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, at]) => at),
    nowhere: found.filter(({ at }) => at === undefined).map(({ path }) => path),
  }
}

/** A host (IPv6 in brackets) and a port, perhaps in a URL; or a map of both. What is not plainly that is none. */
export function backEndOf(endpoint: Json): BackEnd | undefined {
  if (isJsonObject(endpoint)) return soundBackEnd(endpoint['address'], endpoint['port'])
  const found = typeof endpoint === 'string' ? ENDPOINT.exec(endpoint) : null
  return found === null ? undefined : soundBackEnd(found[1] ?? found[2], Number(found[3]))
}

const ENDPOINT = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})(?:\/.*)?$/i
const ADDRESS = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/

function soundBackEnd(address: Json | undefined, port: Json | undefined): BackEnd | undefined {
  const isSound = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535
  return typeof address === 'string' && ADDRESS.test(address) && isSound ? { address, port } : undefined
}
