import { deepFreeze, type ResourceKind } from '../../engine/index.js'
import type { Match } from './ledger.js'
import { isVisible, type Form, type Item, type RoleGroup } from './item.js'
import type { LedgerShape } from './ledger.js'

/** Removed tokens that are remembered; beyond that the oldest are forgotten. */
const GONE_MOST = 1_000_000

/** Everything at the far end by token and by name; every way of finding one is a look into a map. */
export class Registry {
  readonly #items = new Map<string, Item>()
  readonly #gone = new Map<string, Item>()
  readonly #names = new Map<ResourceKind, Map<string, Item>>()
  readonly #strangers: Item[] = []
  readonly #forms = new Map<string, Form>()
  readonly #groups = new Map<string, RoleGroup>()
  #serial = 0

  /** What is there with this token; undefined when nothing is. */
  tryFind(token: string): Item | undefined {
    return this.#items.get(token)
  }

  /** As `tryFind`, also what is gone. */
  tryRemember(token: string): Item | undefined {
    return this.#items.get(token) ?? this.#gone.get(token)
  }

  /** Who holds a name, ours or not. */
  holder(kind: ResourceKind, name: string): Item | undefined {
    return this.#names.get(kind)?.get(name)
  }

  /** Puts an item in its place under its token and name, as a new object. */
  add(item: Item): void {
    item.serial = this.#serial += 1
    if (item.marks === undefined) this.#strangers.push(item)
    else this.#items.set(item.token, item)
    this.#gone.delete(item.token)
    this.#namesOf(item.kind).set(item.name, item)
  }

  /** Takes an item away; its generation and counts are remembered. */
  bury(item: Item): void {
    this.#items.delete(item.token)
    this.#namesOf(item.kind).delete(item.name)
    this.remember(item)
  }

  /** Remembers a token of which nothing is there. */
  remember(item: Item): void {
    this.#gone.set(item.token, item)
    if (this.#gone.size <= GONE_MOST) return
    const [oldest] = this.#gone.keys()
    if (oldest !== undefined) this.#gone.delete(oldest)
  }

  /** What is there and ours. */
  items(): IterableIterator<Item> {
    return this.#items.values()
  }

  /** All that is or was there. */
  *everything(): Generator<Item> {
    yield* this.#items.values()
    yield* this.#gone.values()
    yield* this.#strangers
  }

  /** Machines that fit, or whatever has the token. */
  matching(match: Match, at: number): readonly Item[] {
    if (match.token !== undefined) {
      const item = this.#items.get(match.token)
      return item === undefined ? [] : [item]
    }
    const fits = fitter(match, at)
    const found = [...this.#items.values()].filter(fits)
    if (match.count === undefined || match.count >= found.length) return found
    const drawn = found.map((item) => ({ item, lot: lotOf(item.token, match.salt) }))
    drawn.sort((a, b) => a.lot - b.lot)
    return drawn.slice(0, match.count).map(({ item }) => item)
  }

  /** The one form of all machines of this make. */
  formOf(shape: Extract<LedgerShape, { readonly kind: 'machine' }>): Form {
    const key = JSON.stringify([shape.cores, shape.memory, shape.ports, shape.hostsSoftware])
    const kept = this.#forms.get(key)
    if (kept !== undefined) return kept
    const { cores, memory, hostsSoftware } = shape
    const ports = numbered(shape.ports)
    const form: Form = {
      ...(cores === undefined ? {} : { cores }),
      ...(memory === undefined ? {} : { memory }),
      ports,
      ...(ports.some((port) => port.published) ? {} : { unpublished: insides(ports) }),
      hostsSoftware,
    }
    this.#forms.set(key, form)
    return form
  }

  groupOf(application: string, role: string): RoleGroup {
    const key = `${application} ${role}`
    const kept = this.#groups.get(key)
    if (kept !== undefined) return kept
    const group: RoleGroup = { role, running: 0 }
    this.#groups.set(key, group)
    return group
  }

  #namesOf(kind: ResourceKind): Map<string, Item> {
    const kept = this.#names.get(kind)
    if (kept !== undefined) return kept
    const names = new Map<string, Item>()
    this.#names.set(kind, names)
    return names
  }
}

/** A text with * for any text, as a test. */
export function globTest(glob: string): (text: string) => boolean {
  const parts = glob.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's')
  return (text) => pattern.test(text)
}

function fitter({ name, role, zone }: Match, at: number): (item: Item) => boolean {
  const named = name === undefined ? undefined : globTest(name)
  return (item) =>
    item.kind === 'machine' &&
    isVisible(item, at) &&
    (named === undefined || named(item.name)) &&
    (role === undefined || item.group?.role === role) &&
    (zone === undefined || item.zone === zone)
}

/** Names without a number get one that no other name has. */
function numbered(
  ports: readonly { readonly name: string; readonly number?: number; readonly published: boolean }[],
): Form['ports'] {
  const taken = new Set(ports.map((port) => port.number))
  let next = FIRST_PORT
  return ports.map(({ name, number, published }) => {
    if (number !== undefined) return { name, inside: number, published }
    while (taken.has(next)) next += 1
    return { name, inside: next++, published }
  })
}

function insides(ports: Form['ports']): NonNullable<Form['unpublished']> {
  return deepFreeze(Object.fromEntries(ports.map(({ name, inside }) => [name, { inside }])))
}

const FIRST_PORT = 30_000

/** A lot that depends on token and salt only: FNV-1a. */
function lotOf(token: string, salt: number): number {
  let hash = (2_166_136_261 ^ salt) >>> 0
  for (let at = 0; at < token.length; at += 1) hash = Math.imul(hash ^ token.charCodeAt(at), 16_777_619) >>> 0
  return Math.imul(hash ^ (hash >>> 15), 2_246_822_519) >>> 0
}
