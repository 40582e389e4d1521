import {
  type AttachedPolicy,
  type JsonObject,
  type Output,
  type PolicySubject,
  type Reading,
  type Turn,
} from '../../engine/index.js'
import { LAYOUT, callOf, pathMeant } from '../calls/call.js'
import { NONE } from '../config/field.js'
import { groupOf } from '../members.js'
import { atOnce } from '../operators/fold.js'
import { wakeAmong } from '../operators/window.js'
import {
  type ItemBook,
  NO_ITEMS,
  type PlannedMove,
  type Standing,
  notedItems,
  standingsIn,
} from './item-book.js'

/** The settings that all have that move items. */
export const MOVER_FIELDS = {
  items: {
    kind: 'text',
    fallback: 'items',
    about:
      'The sensor of a container that says what it holds: by name a load, or a map of load, demand, only and fixed.',
  },
  place: { kind: 'text', fallback: 'place', about: 'The sensor of a container that says where it is.' },
  effector: {
    kind: 'text',
    fallback: 'move',
    about: 'The effector that moves an item, with item, from and to.',
  },
  of: { kind: 'text', fallback: 'self', about: 'Whose effector it is: self, or the path of an entity.' },
  every: { kind: 'duration', least: 0, fallback: 1_000, about: 'It looks no more often than this.' },
  patience: {
    kind: 'duration',
    least: 1_000,
    fallback: 60_000,
    about: 'A move that is not seen to have come about within this is given up, and may be asked for again.',
  },
} as const

/** What is to be moved, as containers are. */
export type Wants = (standings: readonly Standing[], now: number) => Wanted

/** How items are moved. */
export interface MoverSettings {
  readonly items: string
  readonly place: string
  readonly effector: string
  readonly of: string
  readonly every: number
  readonly patience: number
}

/** What is to be moved now, and told besides. */
export interface Wanted {
  readonly moves: readonly (PlannedMove & { readonly reason: string })[]
  readonly tells?: readonly Output[]
  /** When it may be otherwise although nothing is told; absent: never. */
  readonly changesAt?: number
}

interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly book: ItemBook
  readonly lookedAt: number | null
  readonly calls: number
}

/** A policy that moves items between the members or children of its entity as a function of where they are wants it. */
export function moverOf(
  subject: PolicySubject,
  settings: MoverSettings,
  wants: {
    readonly low: string
    readonly high: string
    readonly of: Wants
  },
): AttachedPolicy {
  const of = groupOf(subject)
  const sensors = { items: settings.items, place: settings.place, low: wants.low, high: wants.high }
  const entity = pathMeant(subject, settings.of)
  const note = (memory: Memory, reading: Reading): Memory => ({
    ...memory,
    book: notedItems(sensors, memory.book, reading),
  })
  return {
    interest: {
      sensors: Object.values(sensors)
        .filter((sensor) => sensor !== NONE)
        .map((sensor) => ({ of, sensor })),
      conditions: of,
    },
    decides: [],
    calls: [{ entity, effector: settings.effector, setting: 'effector' }],
    initial: { layout: LAYOUT, book: NO_ITEMS, lookedAt: null, calls: 0 },
    primed: true,
    ...atOnce<Memory, Output>({
      note: (memory, readings) => ({ memory: readings.reduce(note, memory), intents: [] }),
      decide: (memory, now) => decide(memory, settings, { entity, wants: wants.of }, now),
    }),
  }
}

function decide(
  memory: Memory,
  settings: MoverSettings,
  { entity, wants }: { readonly entity: string; readonly wants: Wants },
  now: number,
): Turn<Memory, Output> {
  const next = Math.min(memory.lookedAt ?? -Infinity, now) + settings.every
  if (next > now) return { memory, intents: [], wakeAt: next }
  const moves = memory.book.moves.filter(({ at }) => at > now - settings.patience)
  const book = { ...memory.book, moves }
  const standings = standingsIn(book)
  if (standings === undefined) return { memory: { ...memory, book, lookedAt: now }, intents: [UNKNOWN_ITEMS] }
  const wanted = wants(standings, now)
  const asked = wanted.moves.map(({ item, from, to, reason }, at) =>
    callOf({
      ...{ entity, effector: settings.effector, arguments: { item, from, to } },
      ...{ key: String(memory.calls + at + 1), reason: `${item} from ${from} to ${to}: ${reason}` },
    }),
  )
  const begun = wanted.moves.flatMap(({ item, from, to }) => {
    const what = standings.find(({ path }) => path === from)?.items.get(item)
    return what === undefined ? [] : [{ item, from, to, at: now, what }]
  })
  const open = [...moves, ...begun]
  return {
    memory: {
      ...memory,
      book: { ...book, moves: open },
      lookedAt: now,
      calls: memory.calls + asked.length,
    },
    intents: [...(wanted.tells ?? []), ...asked],
    ...wakeAmong([wanted.changesAt, ...open.map(({ at }) => at + settings.patience)], now),
  }
}

const UNKNOWN_ITEMS: Output = {
  kind: 'hold',
  rule: 'items-unknown',
  reason: 'a container that is up has not said what it holds',
}
