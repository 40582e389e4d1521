import {
  type Permission,
  REFUSALS,
  ROUTES,
  type Route,
  type WireJson,
  type WireObject,
  isOptional,
  problemDetailsSchema,
  wordsOf,
} from '../api/index.js'

type JsonMap = { [name: string]: WireJson }

/** The API as an OpenAPI 3.1 document, made from the very table that is served. */
export function openApiDocument(version: string, routes: readonly Route[] = ROUTES): WireObject {
  const schemas: JsonMap = {}
  const paths: { [path: string]: JsonMap } = {}
  for (const route of routes) {
    const item = (paths[route.path] ??= {})
    item[route.method.toLowerCase()] = operationOf(route, schemas)
  }
  hoist(plain(problemDetailsSchema), schemas)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Weir',
      version,
      description: `Refusals are RFC 9457 problem details:\n\n${refusalList()}`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operationOf(route: Route, schemas: JsonMap): WireObject {
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    'x-permission': route.permission,
    ...(route.permission === 'public' ? { security: [] } : {}),
    parameters: parametersOf(route, schemas),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route, schemas) }),
    responses: responsesOf(route, schemas),
  }
}

function parametersOf(route: Route, schemas: JsonMap): readonly WireJson[] {
  const parameter = (place: string, name: string, schema: unknown, required: boolean): WireObject => {
    const { description, ...rest } = hoist(plain(schema), schemas) as JsonMap
    return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest }
  }
  const header = (name: string, description: string): WireObject =>
    parameter('header', name, { type: 'string', description }, false)
  return [
    ...Object.entries(route.params).map(([name, schema]) => parameter('path', name, schema, true)),
    ...Object.entries(route.query).map(([name, schema]) =>
      parameter('query', name, schema, !isOptional(schema)),
    ),
    ...(route.idempotency === 'none'
      ? []
      : [header('Idempotency-Key', 'Makes the request happen once, however often it is sent.')]),
    ...(route.ifMatch ? [header('If-Match', 'Only if the application still has this ETag.')] : []),
    ...(route.id === 'streamEvents' ? [header('Last-Event-ID', 'Resume after this event.')] : []),
  ]
}

function bodyOf(route: Route, schemas: JsonMap): WireObject {
  const schema = hoist(plain(route.body), schemas)
  const content = route.contentTypes.map((type): [string, WireObject] => [
    type,
    type === 'application/json'
      ? { schema }
      : { schema: { type: 'string', description: 'The document itself.' } },
  ])
  return { required: route.contentTypes.length > 1, content: Object.fromEntries(content) }
}

function responsesOf(route: Route, schemas: JsonMap): WireObject {
  const told = Object.entries(route.responses).map(([status, answer]): [string, WireObject] => {
    if (answer.schema === undefined) return [status, { description: answer.description }]
    const schema = hoist(plain(answer.schema), schemas)
    return [
      status,
      {
        description: answer.description,
        content: { [answer.contentType ?? 'application/json']: { schema } },
      },
    ]
  })
  const refusal: WireObject = {
    description: 'Refused; nothing was changed.',
    content: {
      'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } },
    },
  }
  const guarded: Permission = 'public'
  const denied = route.permission === guarded ? {} : { 401: refusal, 403: refusal }
  return { ...Object.fromEntries(told), ...denied, default: refusal }
}

/** A schema as plain JSON: what TypeBox keeps beside it falls away. */
function plain(schema: unknown): WireJson {
  return JSON.parse(JSON.stringify(schema)) as WireJson
}

/** Moves named objects to the components and refers to them; alternatives of constants become an enumeration. */
function hoist(schema: WireJson, schemas: JsonMap): WireJson {
  if (Array.isArray(schema)) return schema.map((part: WireJson) => hoist(part, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const words = wordsOf(schema as Parameters<typeof wordsOf>[0])
  if (words !== undefined) return enumeration(schema as WireObject, words)
  const entries = Object.entries(schema).map(([key, part]) => [key, hoist(part, schemas)] as const)
  const whole: WireObject = Object.fromEntries(entries)
  const { title } = whole
  if (typeof title !== 'string' || whole['type'] !== 'object') return whole
  schemas[title] = whole
  return { $ref: `#/components/schemas/${title}` }
}

function enumeration(schema: WireObject, words: readonly (string | number)[]): WireObject {
  const { anyOf: _anyOf, ...rest } = schema
  return { ...rest, type: typeof words[0] === 'number' ? 'integer' : 'string', enum: words }
}

function refusalList(): string {
  const lines = Object.entries(REFUSALS).map(
    ([code, { status, title, remedy }]) => `- \`${code}\` (${status}): ${title}. ${remedy}`,
  )
  return lines.join('\n')
}
