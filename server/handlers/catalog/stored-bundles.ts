import {
  type Entry,
  type Json,
  type JsonObject,
  type Store,
  canonicalJson,
  required,
} from '../../../engine/index.js'
import type { BundleContent, BundleRecord, BundleWritten, Bundles } from './bundle-record.js'

/** How much of bundles is kept. */
export interface BundleLimits {
  /** Bundles of one tenant. @default 1000 */
  readonly bundles?: number
  /** Characters of all bundles of one tenant. @default 67108864 */
  readonly total?: number
}

/** The prefixes of these records in the store: books of their own, written here only. */
const HEAD = 'catalog/'
const PART = 'catalog-part/'

/** Characters of one part: even where each is escaped it is within the limit of a batch. */
const PART_LENGTH = 131_072

interface Kept {
  readonly bundle: BundleRecord
  /** Of the head's last write. */
  readonly revision: number
  readonly parts: readonly string[]
  readonly size: number
}

/**
 * Bundles in the engine's store. The content is written in parts, and then one head: a bundle without a head was never
 * added, and what is left of it goes before anything new is written.
 */
export class StoredBundles implements Bundles {
  readonly #store: Store
  readonly #limits: Required<BundleLimits>
  /** By key of the head. */
  readonly #kept = new Map<string, Kept>()
  /** Keys of parts that no head names. */
  #left: readonly string[] = []
  #loading: Promise<void> | undefined

  constructor(store: Store, limits: BundleLimits = {}) {
    this.#store = store
    this.#limits = { bundles: 1000, total: 67_108_864, ...limits }
  }

  async list(tenant: string): Promise<readonly BundleRecord[]> {
    await this.#load()
    return this.#of(tenant)
      .map(({ bundle }) => bundle)
      .sort((a, b) => a.order - b.order)
  }

  async put(bundle: BundleRecord): Promise<BundleWritten> {
    await this.#load()
    await this.#sweep()
    const key = keyOf(bundle)
    const before = this.#kept.get(key)
    const text = canonicalJson({ ...bundle.content })
    if (this.#isFull(bundle.tenant, text.length - (before?.size ?? 0), before === undefined)) return 'full'
    const parts = await this.#writeParts(bundle, text)
    const value = headOf(bundle, parts)
    const expect = before?.revision ?? 0
    const answer = await this.#store.commit({ changes: [{ kind: 'put', key, value, expect }] })
    if (answer.kind !== 'committed') {
      this.#left = [...this.#left, ...parts]
      return 'moved'
    }
    this.#kept.set(key, { bundle, revision: answer.revision, parts, size: text.length })
    this.#left = [...this.#left, ...(before?.parts ?? [])]
    await this.#sweep()
    return 'written'
  }

  async remove(bundle: BundleRecord): Promise<'written' | 'moved'> {
    await this.#load()
    const key = keyOf(bundle)
    const kept = this.#kept.get(key)
    if (kept?.bundle.order !== bundle.order) return 'moved'
    const answer = await this.#store.commit({ changes: [{ kind: 'delete', key, expect: kept.revision }] })
    if (answer.kind !== 'committed') return 'moved'
    this.#kept.delete(key)
    this.#left = [...this.#left, ...kept.parts]
    await this.#sweep()
    return 'written'
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read()
    return this.#loading
  }

  async #read(): Promise<void> {
    const heads = await this.#store.load(HEAD)
    const parts = new Map((await this.#store.load(PART)).entries.map(({ key, value }) => [key, value]))
    for (const entry of heads.entries) this.#kept.set(entry.key, keptOf(entry, parts))
    const named = new Set([...this.#kept.values()].flatMap((kept) => kept.parts))
    this.#left = [...parts.keys()].filter((key) => !named.has(key))
  }

  async #writeParts(bundle: BundleRecord, text: string): Promise<readonly string[]> {
    const keys: string[] = []
    for (let at = 0; at < text.length; at += PART_LENGTH) {
      const number = String(keys.length).padStart(4, '0')
      const key = `${PART}${bundle.tenant}/${bundle.id}:${bundle.version}/${bundle.order}/${number}`
      const value = { kind: 'catalog-part', text: text.slice(at, at + PART_LENGTH) }
      await this.#store.commit({ changes: [{ kind: 'put', key, value }] })
      keys.push(key)
    }
    return keys
  }

  /** Removes what no head names any more; what a crash leaves is found at the next start. */
  async #sweep(): Promise<void> {
    while (this.#left.length > 0) {
      const now = this.#left.slice(0, 50)
      await this.#store.commit({ changes: now.map((key) => ({ kind: 'delete', key })) })
      this.#left = this.#left.slice(now.length)
    }
  }

  #of(tenant: string): Kept[] {
    return [...this.#kept.values()].filter(({ bundle }) => bundle.tenant === tenant)
  }

  #isFull(tenant: string, more: number, isNew: boolean): boolean {
    const own = this.#of(tenant)
    const total = own.reduce((sum, kept) => sum + kept.size, more)
    return (isNew && own.length >= this.#limits.bundles) || total > this.#limits.total
  }
}

function keyOf({ tenant, id, version }: BundleRecord): string {
  return `${HEAD}${tenant}/${id}:${version}`
}

function headOf({ content: _content, ...head }: BundleRecord, parts: readonly string[]): JsonObject {
  return { kind: 'catalog-bundle', ...head, parts }
}

function keptOf({ value, revision }: Entry, parts: ReadonlyMap<string, JsonObject>): Kept {
  // Written by headOf above, and by nobody else.
  const { kind, ...head } = value as unknown as Omit<BundleRecord, 'content'> & {
    readonly kind: string
    readonly parts: readonly string[]
  }
  required(kind === 'catalog-bundle' ? kind : undefined, 'a record of a bundle')
  const text = head.parts.map((key) => textOf(parts.get(key))).join('')
  const { parts: keys, ...rest } = head
  const bundle: BundleRecord = { ...rest, content: JSON.parse(text) as BundleContent }
  return { bundle, revision, parts: keys, size: text.length }
}

function textOf(part: JsonObject | undefined): string {
  const text: Json | undefined = part?.['text']
  return required(typeof text === 'string' ? text : undefined, 'a part of a bundle')
}
