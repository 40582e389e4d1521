import type { TSchema } from '@sinclair/typebox'
import { acceptedSchema } from '../application.js'
import { type OptionalSchema, integer, optional, text } from '../schema.js'
import type { RouteAnswer } from '../route.js'

/** What stands for the root entity in a path: no entity can be called so. */
export const ROOT_SEGMENT = '-'

/** Content types of a document. */
export const DOCUMENT_TYPES: readonly string[] = [
  'application/json',
  'application/yaml',
  'text/yaml',
  'text/plain',
]

/** The parameter that names an application. */
export const applicationParam: { readonly [name: string]: TSchema } = {
  application: text('Id or unique name of the application.', { minLength: 1, maxLength: 200 }),
}

/** The parameters that name an entity. */
export const entityParams: { readonly [name: string]: TSchema } = {
  ...applicationParam,
  entity: text("Path of the entity, percent-encoded; '-' is the root.", { minLength: 1, maxLength: 2000 }),
}

/** The parameters that name a role. */
export const roleParams: { readonly [name: string]: TSchema } = {
  ...applicationParam,
  role: text('Path or name of the role.', { minLength: 1, maxLength: 2000 }),
}

/** What lists take: where to go on, and how much. */
export const pageQuery: { readonly [name: string]: OptionalSchema<string> | OptionalSchema<number> } = {
  cursor: optional(text('The `next` of the page before.', { maxLength: 4000 })),
  limit: optional(integer('Items at most.', { minimum: 1, maximum: 1000 })),
}

/** Accepted changes: 202 with the task, 200 when there was nothing to do. */
export const acceptedResponses: { readonly [status: string]: RouteAnswer } = {
  200: { description: 'Done: it was already so.', schema: acceptedSchema },
  202: { description: 'Accepted; `Location` names the task to wait for.', schema: acceptedSchema },
}

/** 200 with a body. */
export function ok(
  schema: TSchema,
  description = 'What was asked for.',
): { readonly [status: string]: RouteAnswer } {
  return { 200: { description, schema } }
}

/** 200 with a text. */
export function okText(description: string): { readonly [status: string]: RouteAnswer } {
  return { 200: { description, schema: text(description), contentType: 'text/plain' } }
}
