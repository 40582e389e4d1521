import type { Json, JsonObject } from '../../../engine/index.js'

/** The version of the specification that is spoken here. */
export const SPECIFICATION = 'CAMP 1.1'

/** Path of the platform, under which all else is. */
export const PLATFORM = '/camp/camp_1_1'

/** The path of a resource of the platform. */
export function uriOf(...segments: readonly string[]): string {
  return [PLATFORM, ...segments.map((segment) => encodeURIComponent(segment))].join('/')
}

/** A resource of CAMP: every one has these attributes. */
export function resource(
  type: string,
  { uri, name }: { readonly uri: string; readonly name: string },
  attributes: JsonObject,
): JsonObject {
  return { uri, name, type, ...attributes }
}

/** A link to another resource. */
export function link(href: string, name: string): JsonObject {
  return { href, target_name: name }
}

/** A list of links under its attribute; an empty list is left out. */
export function links(attribute: string, found: readonly JsonObject[]): JsonObject {
  return found.length === 0 ? {} : { [attribute]: found }
}

/** An attribute that is left out when there is nothing to say. */
export function told(attribute: string, value: Json | undefined): JsonObject {
  return value === undefined || value === '' ? {} : { [attribute]: value }
}
