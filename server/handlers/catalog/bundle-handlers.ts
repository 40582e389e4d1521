import { type Bundle, nameOf } from '../../../catalog/index.js'
import type { BundleAdded, CatalogBundle } from '../../api/index.js'
import { isReply, param } from '../changes.js'
import type { HandlerContext } from '../context.js'
import { type CheckedRequest, type Reply, flagQuery, reply, textQuery } from '../message.js'
import { byText, paged } from '../paging.js'
import { documentRefused, refuse, wireProblem } from '../refusals.js'
import { type AddOutcome, addBundle, neededNames } from './adding.js'
import type { BundleRecord } from './bundle-record.js'
import { sentBundle } from './sent-bundle.js'
import { SHIPPED, shippedTypes } from './shipped.js'
import type { TenantCatalog } from './tenant-catalog.js'

/** One page of the bundles, by name. */
export async function listBundles(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const name = textQuery(request, 'name')
  const all = await allBundles(context, request)
  return paged(
    request,
    name === undefined ? all : all.filter((bundle) => bundle.name === name),
    byText((bundle) => `${bundle.name} ${bundle.version}`),
  )
}

/** One bundle; its ETag is that of what it holds. */
export async function getBundle(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const found = shippedBundle(context, request)
  if (found !== undefined) return reply(found)
  return withRecord(context, request, ({ shown, record }) => reply(shown, 200, { etag: etagOf(record) }))
}

/** Adds a bundle, whole or not at all. */
export async function postBundle(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const sent = await sentBundle(context, request)
  if (isReply(sent)) return sent
  const force = flagQuery(request, 'force') ?? false
  const wish = { by: request.actor, force, reserved: [SHIPPED.stock, SHIPPED.shapes] }
  const outcome = await addBundle(context.catalogs, sent, wish)
  return outcomeReply(context, request, outcome)
}

/** Removes a bundle that nobody needs. */
export function deleteBundle(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  if (shippedBundle(context, request) !== undefined)
    return Promise.resolve(readOnly(param(request, 'bundle')))
  const force = flagQuery(request, 'force') ?? false
  return context.catalogs.change(request.actor.tenant, async (catalog) => {
    const found = recordOf(catalog, request)
    if (found === undefined) return noBundle(request)
    const { record, bundle } = found
    const match = request.headers['if-match']
    if (match !== undefined && match !== '*' && match !== etagOf(record)) {
      return refuse('precondition-failed', `${nameOf(record)} holds something else now.`)
    }
    const needed = neededNames(catalog.shelf, catalog.shelf.without(record))
    if (needed.length > 0 && !force) {
      return refuse('conflict', `Items of other bundles need ${nameOf(record)}: ${needed.join(', ')}.`, {
        moved: needed,
      })
    }
    const written = await context.catalogs.parts.bundles.remove(record)
    return written === 'written' ? reply(shownBundle(bundle, record)) : moved(nameOf(record))
  })
}

/** A bundle as an archive, with every file as it came. */
export async function downloadBundle(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  if (shippedBundle(context, request) !== undefined)
    return refuse('unsupported', `${param(request, 'bundle')} comes with the product and is no archive.`)
  return withRecord(context, request, ({ record }) => {
    const { text, files, binaries } = record.content
    const entries = [
      { path: 'catalog.bom', bytes: Buffer.from(text) },
      ...Object.entries(files).map(([path, said]) => ({ path, bytes: Buffer.from(said) })),
      ...Object.entries(binaries).map(([path, said]) => ({ path, bytes: Buffer.from(said, 'base64') })),
    ]
    const disposition = `attachment; filename="${record.id}-${record.version}.zip"`
    return {
      kind: 'reply',
      status: 200,
      headers: { etag: etagOf(record), 'content-disposition': disposition },
      contentType: 'application/zip',
      body: context.archives.write(entries),
    }
  })
}

async function outcomeReply(
  context: HandlerContext,
  request: CheckedRequest,
  outcome: AddOutcome,
): Promise<Reply> {
  switch (outcome.kind) {
    case 'problems':
      return documentRefused(outcome.problems)
    case 'missing':
      return refuse(
        'missing-files',
        `The bundle names ${outcome.files.join(', ')}, which did not come with it.`,
        {
          missing: outcome.files,
        },
      )
    case 'conflict':
      return refuse('conflict', [outcome.reason, ...outcome.needed].join(' '), { moved: outcome.needed })
    case 'reserved':
      return readOnly(outcome.name)
    case 'moved':
      return moved(outcome.name)
    case 'full':
      return refuse('quota-exceeded', `There is no room for ${outcome.name}: remove other bundles first.`)
    case 'added':
    case 'replaced':
    case 'unchanged':
      return addedReply(context, request, outcome)
  }
}

async function addedReply(
  context: HandlerContext,
  request: CheckedRequest,
  { kind, record, problems }: Extract<AddOutcome, { readonly record: BundleRecord }>,
): Promise<Reply> {
  const { shelf } = await context.catalogs.of(request.actor.tenant)
  const bundle = shelf.find(record.id, record.version)
  if (bundle === undefined) return moved(nameOf(record))
  const body: BundleAdded = {
    bundle: shownBundle(bundle, record),
    outcome: kind,
    problems: problems.map(wireProblem),
  }
  const [id, version] = [encodeURIComponent(record.id), encodeURIComponent(record.version)]
  const location = `/v1/catalog/bundles/${id}/${version}`
  return reply(body, kind === 'added' ? 201 : 200, { etag: etagOf(record), location })
}

interface FoundBundle {
  readonly bundle: Bundle
  readonly record: BundleRecord
}

async function withRecord(
  context: HandlerContext,
  request: CheckedRequest,
  show: (found: FoundBundle & { readonly shown: CatalogBundle }) => Reply,
): Promise<Reply> {
  const found = recordOf(await context.catalogs.of(request.actor.tenant), request)
  if (found === undefined) return noBundle(request)
  return show({ ...found, shown: shownBundle(found.bundle, found.record) })
}

function recordOf(catalog: TenantCatalog, request: CheckedRequest): FoundBundle | undefined {
  const bundle = catalog.shelf.find(param(request, 'bundle'), param(request, 'version'))
  const record = bundle === undefined ? undefined : catalog.record(bundle)
  return bundle === undefined || record === undefined ? undefined : { bundle, record }
}

async function allBundles(
  context: HandlerContext,
  request: CheckedRequest,
): Promise<readonly CatalogBundle[]> {
  const catalog = await context.catalogs.of(request.actor.tenant)
  const added = catalog.shelf.bundles.flatMap((bundle) => {
    const record = catalog.record(bundle)
    return record === undefined ? [] : [shownBundle(bundle, record)]
  })
  return [...shippedBundles(context), ...added]
}

function shippedBundle(context: HandlerContext, request: CheckedRequest): CatalogBundle | undefined {
  const [name, version] = [param(request, 'bundle'), param(request, 'version')]
  return shippedBundles(context).find(
    (bundle) => bundle.name === name && (version === 'latest' || version === bundle.version),
  )
}

function shippedBundles(context: HandlerContext): readonly CatalogBundle[] {
  const types = shippedTypes(context)
  const texts = {
    [SHIPPED.stock]: 'The types and policies that come with the product.',
    [SHIPPED.shapes]: 'What is known of types of Brooklyn that documents may name.',
  }
  return Object.entries(texts).map(([name, description]) => ({
    name,
    version: context.version,
    origin: 'shipped',
    readOnly: true,
    description,
    items: types
      .filter(({ bundle }) => bundle === name)
      .map((type) => ({ name: type.name, version: context.version, kind: type.kind })),
    files: [],
  }))
}

function shownBundle(bundle: Bundle, record: BundleRecord): CatalogBundle {
  const { name: title, description, iconUrl } = bundle
  const { content, digest, addedAt, addedBy, file } = record
  return {
    name: record.id,
    version: record.version,
    origin: 'added',
    readOnly: false,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    items: bundle.items.map(({ id, version, kind }) => ({ name: id, version, kind })),
    files: [file, ...[...Object.keys(content.files), ...Object.keys(content.binaries)].sort()],
    digest,
    addedAt,
    addedBy,
  }
}

function etagOf({ digest }: BundleRecord): string {
  return `"${digest.slice(0, 16)}"`
}

function noBundle(request: CheckedRequest): Reply {
  return refuse('not-found', `There is no bundle ${param(request, 'bundle')}:${param(request, 'version')}.`)
}

function readOnly(name: string): Reply {
  return refuse('unsupported', `${name} comes with the product: it cannot be replaced and removed.`)
}

function moved(name: string): Reply {
  return refuse('conflict', `${name} was changed by somebody else at the same time.`)
}
