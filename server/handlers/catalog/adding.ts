import type { BesideFiles, FilesBeside } from '../../../blueprints/index.js'
import { type Bundle, type Shelf, isSnapshot, nameOf, readBundle } from '../../../catalog/index.js'
import { type Actor, type Problem, digestOf, hasErrors } from '../../../engine/index.js'
import type { BundleContent, BundleRecord } from './bundle-record.js'
import type { Catalogs } from './catalogs.js'
import { type TenantCatalog, viewOf } from './tenant-catalog.js'

/** A bundle as it was sent. */
export interface SentBundle {
  readonly file: string
  readonly content: BundleContent
  /** Whether there are no more files to come. */
  readonly whole: boolean
}

/** How a bundle is added. */
export interface AddWish {
  readonly by: Actor
  /** Whether it may replace what is no snapshot, and have what others have. */
  readonly force: boolean
  /** Names that bundles may not have. */
  readonly reserved: readonly string[]
}

/** What became of a bundle that was to be added. */
export type AddOutcome =
  | {
      readonly kind: 'added' | 'replaced' | 'unchanged'
      readonly record: BundleRecord
      /** Warnings. */
      readonly problems: readonly Problem[]
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'missing'; readonly files: readonly string[] }
  | { readonly kind: 'conflict'; readonly reason: string; readonly needed: readonly string[] }
  | { readonly kind: 'reserved' | 'moved' | 'full'; readonly name: string }

/**
 * Adds a bundle, whole or not at all. The same again is no change; a version that is there is replaced where it is a
 * snapshot or that is forced, and where no item of another bundle loses what it names.
 * @source Brooklyn refuses the same version with another content unless it is a snapshot or forced
 */
export function addBundle(catalogs: Catalogs, sent: SentBundle, wish: AddWish): Promise<AddOutcome> {
  return catalogs.change(wish.by.tenant, (catalog) => added(catalogs, catalog, { sent, wish }))
}

interface Task {
  readonly sent: SentBundle
  readonly wish: AddWish
}

async function added(catalogs: Catalogs, catalog: TenantCatalog, task: Task): Promise<AddOutcome> {
  const { sent, wish } = task
  const { file, whole, content } = sent
  const { text, files } = content
  const { bundle, ...read } = readBundle({ file, text, files, whole }, catalogs.parts.known.adjuncts)
  if (bundle === undefined) return { kind: 'problems', problems: read.problems }
  const stop = refusalOf(read)
  if (stop !== undefined) return stop
  if (wish.reserved.includes(bundle.id)) return { kind: 'reserved', name: bundle.id }
  const digest = digestOf({ ...content })
  const there = catalog.record(bundle)
  if (there?.digest === digest) return { kind: 'unchanged', record: there, problems: read.problems }
  const seen = await examined(catalogs, catalog, { bundle, sent })
  const clashes = wish.force ? [] : catalog.shelf.clashes(bundle)
  const problems = [...read.problems, ...clashes, ...seen.problems]
  const refusal = refusalOf({ problems, missing: seen.missing }) ?? replacing(catalog, bundle, wish)
  return refusal ?? kept(catalogs, { bundle, digest, there, problems, ...task })
}

/** Why what was found so far cannot be kept; undefined when it can. */
function refusalOf({ problems, missing }: Found): AddOutcome | undefined {
  if (hasErrors(problems)) return { kind: 'problems', problems }
  return missing.length > 0 ? { kind: 'missing', files: missing } : undefined
}

interface Found {
  readonly problems: readonly Problem[]
  readonly missing: readonly string[]
}

/** What is wrong with each item as others will see it; one at a time, so that a large bundle holds nobody up. */
async function examined(
  catalogs: Catalogs,
  catalog: TenantCatalog,
  { bundle, sent }: { readonly bundle: Bundle; readonly sent: SentBundle },
): Promise<Found> {
  const { known, examine, pause } = catalogs.parts
  const view = viewOf(catalog.shelf.with(bundle), known, besideOf(sent, catalog.view.beside))
  const problems = new Map<string, Problem>()
  const missing = new Set<string>()
  for (const item of bundle.items) {
    const found = examine(item, view)
    // One mistake in a plan is told by every item that is made of it.
    for (const one of found.problems)
      problems.set(JSON.stringify([one.code, one.file, one.range, one.message]), one)
    for (const path of found.missing) missing.add(path)
    await pause()
  }
  return { problems: [...problems.values()], missing: [...missing].sort() }
}

function besideOf({ file, content, whole }: SentBundle, others: FilesBeside): FilesBeside {
  const own: BesideFiles = { files: content.files, whole }
  return (name) => (name === file || Object.hasOwn(content.files, name) ? own : others(name))
}

function replacing(catalog: TenantCatalog, bundle: Bundle, { force }: AddWish): AddOutcome | undefined {
  if (force || catalog.record(bundle) === undefined) return undefined
  const name = nameOf(bundle)
  if (!isSnapshot(bundle.version)) {
    return {
      kind: 'conflict',
      reason: `${name} is there already and says something else: give it another version, or add it by force (--force).`,
      needed: [],
    }
  }
  const needed = neededNames(catalog.shelf, catalog.shelf.with(bundle))
  if (needed.length === 0) return undefined
  return { kind: 'conflict', reason: `Other items need what ${name} would no longer have.`, needed }
}

/** What items of other bundles name and would not find any more, a line each. */
export function neededNames(before: Shelf, after: Shelf): readonly string[] {
  return after.lostSince(before).map(({ item, name }) => `${nameOf(item)} needs ${name}`)
}

interface Keeping extends Task {
  readonly bundle: Bundle
  readonly digest: string
  readonly there: BundleRecord | undefined
  readonly problems: readonly Problem[]
}

async function kept(catalogs: Catalogs, keeping: Keeping): Promise<AddOutcome> {
  const { bundle, digest, there, problems, sent, wish } = keeping
  const { tenant, name: addedBy } = wish.by
  const others = await catalogs.parts.bundles.list(tenant)
  const order = 1 + Math.max(0, ...others.map((one) => one.order))
  const { id, version } = bundle
  const { file, content } = sent
  const addedAt = catalogs.parts.now()
  const record = { tenant, id, version, file, content, digest, order, addedAt, addedBy }
  const written = await catalogs.parts.bundles.put(record)
  if (written !== 'written') return { kind: written, name: nameOf(bundle) }
  return { kind: there === undefined ? 'added' : 'replaced', record, problems }
}
