import { type Json, type JsonObject, type Reading, isJsonObject } from '../../engine/index.js'
import { type MemberBook, conditionIn, memberIn, withMember, withoutMember } from '../members.js'

/** One thing that can be moved from container to container. */
export interface Item extends JsonObject {
  readonly load: number
  /** What it is asked for from each place. */
  readonly demand: { readonly [place: string]: number }
  /** Places in which it may be; anywhere where none is named. */
  readonly only: readonly string[]
  readonly isFixed: boolean
}

/** What is known of one container. */
export interface Container extends JsonObject {
  readonly up: boolean
  /** Null: it has not said what it holds. */
  readonly items: { readonly [name: string]: Item } | null
  /** Where it is; '' where nobody says. */
  readonly place: string
  /** Its own bounds of load; null where those of the policy hold. */
  readonly low: number | null
  readonly high: number | null
}

/** An item that goes from one container to another. */
export interface PlannedMove extends JsonObject {
  readonly item: string
  readonly from: string
  readonly to: string
}

/** A move that was asked for and is not seen yet. */
export interface Move extends PlannedMove {
  /** When it was asked for. */
  readonly at: number
  /** On its way it is perhaps nowhere. */
  readonly what: Item
}

/** What is known of containers, by path, and what is on its way. */
export interface ItemBook extends JsonObject {
  readonly containers: MemberBook<Container>
  readonly moves: readonly Move[]
}

/** Nothing is known. */
export const NO_ITEMS: ItemBook = { containers: {}, moves: [] }

/** Sensors of containers. */
export interface ItemSensors {
  readonly items: string
  readonly place: string
  readonly low: string
  readonly high: string
}

const UNKNOWN: Container = { up: false, items: null, place: '', low: null, high: null }

/** The book after a reading of a container. A move is over when its item is seen where it was to go. */
export function notedItems(sensors: ItemSensors, book: ItemBook, reading: Reading): ItemBook {
  const { entity } = reading
  const known = memberIn(book.containers, entity) ?? UNKNOWN
  const condition = conditionIn(reading)
  if (condition?.state === 'gone') return { ...book, containers: withoutMember(book.containers, entity) }
  const changed = condition === undefined ? said(sensors, known, reading) : { ...known, up: condition.up }
  if (changed === undefined) return book
  const containers = withMember(book.containers, entity, changed)
  return { containers, moves: book.moves.filter((move) => isUnderWay(containers, move)) }
}

function said(
  sensors: ItemSensors,
  known: Container,
  { kind, sensor, value }: Reading,
): Container | undefined {
  if (kind !== 'sensor') return undefined
  switch (sensor) {
    case sensors.items:
      return { ...known, items: itemsIn(value) }
    case sensors.place:
      return { ...known, place: typeof value === 'string' ? value : '' }
    case sensors.low:
      return { ...known, low: amount(value) }
    case sensors.high:
      return { ...known, high: amount(value) }
    default:
      return undefined
  }
}

function isUnderWay(containers: MemberBook<Container>, { item, to }: Move): boolean {
  const { items } = memberIn(containers, to) ?? UNKNOWN
  return items === null || !Object.hasOwn(items, item)
}

/** More than these are not looked at. */
const MOST_ITEMS = 10_000

/** Items by name: a load, or a map of `load`, `demand` by place, `only` in some places, and `fixed`. */
function itemsIn(value: Json): Container['items'] {
  if (!isJsonObject(value)) return null
  const entries = Object.entries(value).slice(0, MOST_ITEMS)
  return Object.fromEntries(entries.map(([name, one]) => [name, itemIn(one)]))
}

function itemIn(value: Json): Item {
  if (!isJsonObject(value)) return { load: amount(value) ?? 0, demand: {}, only: [], isFixed: false }
  const { load = 0, demand = {}, only = [], fixed } = value
  const places = isJsonObject(demand) ? Object.entries(demand) : []
  return {
    load: amount(load) ?? 0,
    demand: Object.fromEntries(places.map(([place, much]) => [place, amount(much) ?? 0])),
    only: Array.isArray(only) ? only.filter((one): one is string => typeof one === 'string') : [],
    isFixed: fixed === true,
  }
}

/** Beyond this a load is a broken sensor. */
const LARGEST = 1e12

function amount(value: Json): number | null {
  return typeof value === 'number' && value >= 0 && value <= LARGEST ? value : null
}

/** A container as it will be when what is under way has come. */
export interface Standing {
  readonly path: string
  readonly place: string
  readonly items: ReadonlyMap<string, Item>
  readonly load: number
  readonly low: number | null
  readonly high: number | null
}

/** Containers that are up and have said what they hold, by path; undefined while one that is up has not. */
export function standingsIn({ containers, moves }: ItemBook): readonly Standing[] | undefined {
  const up = Object.entries(containers).filter(([, { up: isUp }]) => isUp)
  if (up.some(([, { items }]) => items === null)) return undefined
  return up
    .map(([path, { items, place, low, high }]) => {
      const held = new Map(Object.entries(items ?? {}))
      for (const move of moves) {
        if (move.from === path) held.delete(move.item)
        if (move.to === path) held.set(move.item, move.what)
      }
      const load = [...held.values()].reduce((sum, item) => sum + item.load, 0)
      return { path, place, items: held, load, low, high }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Whether an item may be in a place. */
export function mayBeIn({ only, isFixed }: Item, place: string): boolean {
  return !isFixed && (only.length === 0 || only.includes(place))
}
