import type { VersionRecord } from '../../entity/desired.js'
import { indexSpec, type SpecTree } from '../../entity/spec-tree.js'
import { KEYS } from '../../reconcile/facts/keys.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { Change } from '../../store/store.js'
import type { Clock } from '../../support/clock.js'
import type { JsonObject } from '../../support/json.js'
import type { Books } from '../books.js'
import { regraftedFor, type By } from './desire.js'
import type { Altered, NextAltered } from './alterations.js'
import {
  alteredGrafted,
  carriedOver,
  graftAllOnto,
  graftOnto,
  moveGraft,
  pruneFrom,
  type Grafted,
  type GraftWish,
  type NextGrafted,
} from './grafts.js'
import type { Desired, DesireOptions, KeptApplication } from '../kept-application.js'

/** Characters of a document that are kept beside its version. */
const SOURCE_LIMIT = 500_000

/** A version in the making. */
export interface DraftVersion extends Grafted {
  readonly kind: 'next'
  readonly by: string
  readonly note: string
  /** The document as submitted. */
  readonly source?: string
  /** Whether it is of the same document as the version before it. */
  readonly sameSource?: true
  /** The version that it restores. */
  readonly restored?: number
}

/** A version whose spec is written, and that nobody wants yet. */
export interface NewVersion {
  readonly record: VersionRecord
  readonly tree: SpecTree
  /** To be written together with the desired record that wants it. */
  readonly changes: readonly Change[]
}

/** Why no version is made of a change of what was added: it is so already, or cannot be. */
export type NotRegrafted = Exclude<NextGrafted, { readonly kind: 'next' }>

/** What documents are kept of. */
interface Kept {
  readonly id: string
  readonly landscape: Landscape
  readonly versions: Map<number, VersionRecord>
  readonly desire: KeptApplication['desire']
}

/** The versions of one application's document: made one after another, each from the one that is wanted then. */
export class Documents {
  readonly #kept: Kept
  readonly #ports: { readonly books: Books; readonly clock: Clock }
  #making: Promise<unknown> = Promise.resolve()

  constructor(kept: Kept, ports: { readonly books: Books; readonly clock: Clock }) {
    this.#kept = kept
    this.#ports = ports
  }

  /** The wanted spec, and what was added to its document. */
  get current(): Grafted {
    const { landscape, versions } = this.#kept
    const { grafts = [], alterations } = versions.get(landscape.desired.version) ?? {}
    const now = { spec: landscape.tree.application, grafts }
    return alterations === undefined ? now : { ...now, alterations }
  }

  /** Another document with what was added to the present one; what there is no room for is lost. */
  carriedOver(spec: ApplicationSpec): ReturnType<typeof carriedOver> {
    return carriedOver(this.current, spec)
  }

  /**
   * Adds an entity while the application runs, or changes the one of this key: a version of the document with more in it,
   * wanted in the same commit as `beside`. 'same' where it is so already: `beside` is not written then.
   */
  graft(wish: GraftWish, by: By, beside?: DesireOptions['beside']): Promise<Desired> {
    return this.#want((now) => graftOnto(now, wish), by, beside)
  }

  /** Adds several entities in one version: all, or none. As for `graft` otherwise. */
  graftAll(wishes: readonly GraftWish[], by: By): Promise<Desired> {
    return this.#want((now) => graftAllOnto(now, wishes), by, undefined)
  }

  /** Adds to an entity, or takes a policy or an enricher away from it; as for `graft` otherwise. */
  alter(change: (now: Altered) => NextAltered, by: By): Promise<Desired> {
    return this.#want((now) => alteredGrafted(now, change), by, undefined)
  }

  /** Hangs an entity that was added under another one; see moveGraft. */
  move(path: string, under: string, by: By): Promise<Desired> {
    return this.#want((now) => moveGraft(now, path, under), by, undefined)
  }

  /** Takes an entity away that was added; 'same' where there is none. What stands in the document is 'invalid'. */
  prune(path: string, by: By, beside?: DesireOptions['beside']): Promise<Desired> {
    return this.#want((now) => pruneFrom(now, path), by, beside)
  }

  /** Makes a version that is what a kept one was, with what was added then, and has it wanted; 'same' where that is not kept. */
  async restore(
    version: number,
    by: string,
    want: (version: NewVersion) => Promise<Desired>,
  ): Promise<Desired> {
    const { versions, landscape } = this.#kept
    const [record, tree] = [versions.get(version), landscape.trees.get(version)]
    if (record === undefined || tree === undefined) return { kind: 'same' }
    const { grafts = [], alterations } = record
    const source = await this.#source(version)
    return this.next<Desired>(
      () => ({
        ...{ kind: 'next', spec: tree.application, grafts, by, restored: version },
        note: `restores version ${version}`,
        ...(source === undefined ? {} : { source }),
        ...(alterations === undefined ? {} : { alterations }),
      }),
      want,
    )
  }

  #want(change: (now: Grafted) => NextGrafted, by: By, beside: DesireOptions['beside']): Promise<Desired> {
    const about = { by: by.name, note: by.reason }
    return this.regraft<Desired>(change, about, ({ record, tree, changes }) =>
      this.#kept.desire((desired) => regraftedFor(desired, tree, record.version, by), {
        beside: (desired) => [...changes, ...(beside?.(desired) ?? [])],
      }),
    )
  }

  /** Makes a version of the same document with more or less added to it, unless it is so already. */
  regraft<T extends { readonly kind: string }>(
    change: (now: Grafted) => NextGrafted,
    about: { readonly by: string; readonly note: string },
    want: (version: NewVersion) => Promise<T>,
  ): Promise<T | NotRegrafted> {
    const draft = (): DraftVersion | NotRegrafted => {
      if (this.#kept.landscape.desired.wish === 'gone')
        return { kind: 'invalid', reason: 'it is being removed' }
      const next = change(this.current)
      return next.kind === 'next' ? { ...next, ...about, sameSource: true } : next
    }
    return this.next<T | NotRegrafted>(draft, want)
  }

  /** Makes a version, unless `draft` says otherwise, and has it wanted: it stays if `want` says that it is. */
  next<T extends { readonly kind: string }>(
    draft: () => DraftVersion | T,
    want: (version: NewVersion) => Promise<T>,
  ): Promise<T> {
    const done = this.#making.then(() => this.#next(draft, want))
    this.#making = done.catch(() => undefined)
    return done
  }

  async #next<T extends { readonly kind: string }>(
    draft: () => DraftVersion | T,
    want: (version: NewVersion) => Promise<T>,
  ): Promise<T> {
    const drafted = draft()
    if (!isDraft(drafted)) return drafted
    const { landscape, versions } = this.#kept
    const made = await this.#ports.books.writeSpec(drafted.spec)
    const source =
      drafted.sameSource === true ? await this.#source(landscape.desired.version) : drafted.source
    const number = Math.max(...versions.keys()) + 1
    const record = versionRecord(this.#kept.id, number, {
      ...made,
      ...drafted,
      createdAt: this.#ports.clock.now(),
    })
    const tree = indexSpec(drafted.spec)
    landscape.trees.set(number, tree)
    versions.set(number, record)
    const outcome = await want({ record, tree, changes: versionChanges(record, source) })
    if (landscape.desired.version !== number) {
      versions.delete(number)
      landscape.trees.delete(number)
    }
    return outcome
  }

  async #source(version: number): Promise<string | undefined> {
    const { entries } = await this.#ports.books.store.load(KEYS.source(this.#kept.id, version))
    const text = entries[0]?.value['text']
    return typeof text === 'string' ? text : undefined
  }
}

function isDraft(drafted: { readonly kind: string }): drafted is DraftVersion {
  return drafted.kind === 'next'
}

/** The record of a version. */
export function versionRecord(
  application: string,
  version: number,
  made: Omit<DraftVersion, 'kind' | 'spec' | 'source' | 'sameSource'> & {
    readonly digest: string
    readonly parts: number
    readonly createdAt: number
  },
): VersionRecord {
  const { digest, parts, by, note, grafts, alterations, restored, createdAt } = made
  return {
    kind: 'version',
    application,
    version,
    specDigest: digest,
    parts,
    createdAt,
    createdBy: by,
    note,
    ...(restored === undefined ? {} : { restored }),
    ...(grafts.length === 0 ? {} : { grafts }),
    ...(alterations === undefined ? {} : { alterations }),
  }
}

/** What is written of a version beside its spec. */
export function versionChanges(version: VersionRecord, source: string | undefined): readonly Change[] {
  const { application, version: number } = version
  const value = version as unknown as JsonObject
  const record: Change = { kind: 'put', key: KEYS.version(application, number), value }
  if (source === undefined || source.length > SOURCE_LIMIT) return [record]
  return [
    record,
    { kind: 'put', key: KEYS.source(application, number), value: { kind: 'source', text: source } },
  ]
}
