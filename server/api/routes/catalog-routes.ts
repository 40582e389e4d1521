import { bundleAddedSchema, catalogBundleSchema, newBundleSchema } from '../bundle.js'
import { jsonSchemaSchema, pageOf } from '../catalog.js'
import { catalogKindSchema, catalogTypeDetailSchema, catalogTypeSchema } from '../catalog-type.js'
import { type Route, routesOf } from '../route.js'
import { flag, list, optional, text } from '../schema.js'
import { ok, pageQuery } from './common.js'

const nameParam = {
  name: text('Its name, or `name:version`; without a version the highest.', { minLength: 1, maxLength: 200 }),
}
const bundleParams = {
  bundle: text('Its name.', { minLength: 1, maxLength: 200 }),
  version: text('Its version, or `latest`.', { minLength: 1, maxLength: 100 }),
}
const base = '/v1/catalog/bundles'
const bundle = `${base}/{bundle}/{version}`

/** Content types of archives, as they are sent. */
export const ARCHIVE_TYPES: readonly string[] = [
  ...['application/zip', 'application/x-zip', 'application/x-zip-compressed', 'application/java-archive'],
  ...[
    'application/x-jar',
    'application/gzip',
    'application/x-gzip',
    'application/x-tar',
    'application/x-tgz',
  ],
  'application/octet-stream',
]

/** Types: what documents may say. */
export const typeRoutes: readonly Route[] = routesOf('catalog', [
  {
    id: 'listTypes',
    method: 'GET',
    path: '/v1/catalog/types',
    permission: 'catalog:read',
    summary: 'List the types that a document may name.',
    query: {
      ...pageQuery,
      search: optional(text('A part of the name, the title or the description.')),
      kind: optional(catalogKindSchema),
      tag: optional(text('A tag, or a key of a tag that is a map.')),
      versions: optional(flag('Whether every version is listed, and not the highest alone.')),
    },
    responses: ok(pageOf('CatalogType', list(catalogTypeSchema))),
  },
  {
    id: 'getType',
    method: 'GET',
    path: '/v1/catalog/types/{name}',
    permission: 'catalog:read',
    summary: 'Show a type with its versions, keys, sensors and effectors.',
    params: nameParam,
    responses: ok(catalogTypeDetailSchema),
  },
  {
    id: 'getTypeSchema',
    method: 'GET',
    path: '/v1/catalog/types/{name}/schema',
    permission: 'catalog:read',
    summary: "Read the JSON Schema of a type's configuration.",
    params: nameParam,
    responses: ok(jsonSchemaSchema),
  },
])

/** Bundles: what types come in. */
export const bundleRoutes: readonly Route[] = routesOf('catalog', [
  {
    id: 'listBundles',
    method: 'GET',
    path: base,
    permission: 'catalog:read',
    summary: 'List the bundles that types came in.',
    query: { ...pageQuery, name: optional(text('Only versions of this one.')) },
    responses: ok(pageOf('CatalogBundle', list(catalogBundleSchema))),
  },
  {
    id: 'addBundle',
    method: 'POST',
    path: base,
    permission: 'catalog:write',
    summary: 'Add a bundle: a catalog document, or an archive with `catalog.bom` at its root.',
    query: { force: optional(flag('Replace what is there, and items that others have too.')) },
    body: newBundleSchema,
    contentTypes: ['application/json', 'application/yaml', 'text/yaml', 'text/plain', ...ARCHIVE_TYPES],
    responses: {
      200: { description: 'Replaced, or there already.', schema: bundleAddedSchema },
      201: { description: 'Added.', schema: bundleAddedSchema },
    },
  },
  {
    id: 'getBundle',
    method: 'GET',
    path: bundle,
    permission: 'catalog:read',
    summary: 'Show a bundle; its ETag is that of what it holds.',
    params: bundleParams,
    responses: ok(catalogBundleSchema),
  },
  {
    id: 'deleteBundle',
    method: 'DELETE',
    path: bundle,
    permission: 'catalog:write',
    summary: 'Remove a bundle that no item of another one needs. What is deployed keeps its plan.',
    params: bundleParams,
    query: { force: optional(flag('Though items of others need it.')) },
    responses: ok(catalogBundleSchema, 'Removed.'),
    ifMatch: true,
  },
  {
    id: 'downloadBundle',
    method: 'GET',
    path: `${bundle}/download`,
    permission: 'catalog:read',
    summary: 'Read a bundle as an archive, as it was added.',
    params: bundleParams,
    responses: {
      200: {
        description: 'A zip with `catalog.bom` at its root.',
        schema: text('Bytes.'),
        contentType: 'application/zip',
      },
    },
  },
])

/** Schemas for editors. */
export const schemaRoutes: readonly Route[] = routesOf('catalog', [
  {
    id: 'listSchemas',
    method: 'GET',
    path: '/v1/schemas',
    permission: 'catalog:read',
    summary: 'List the schemas that editors can use, by dialect.',
    responses: ok(list(text('A name.'))),
  },
  {
    id: 'getSchema',
    method: 'GET',
    path: '/v1/schemas/{name}',
    permission: 'catalog:read',
    summary: 'Read the JSON Schema of a dialect, for editors.',
    params: { name: text('Its name.', { minLength: 1, maxLength: 200 }) },
    responses: ok(jsonSchemaSchema),
  },
])
