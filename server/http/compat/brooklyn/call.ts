import type { Clock } from '../../../../engine/index.js'
import type { Method } from '../../../api/index.js'
import type { Gateway } from './gateway.js'

/** One request as this face's routes see it. */
export interface BrooklynCall {
  readonly gateway: Gateway
  /** Decoded. */
  readonly params: { readonly [name: string]: string }
  /** Parameters that Brooklyn knows and this face does not are passed over, as Brooklyn does. */
  readonly query: { readonly [name: string]: string }
  /** Whether plain text is asked for before JSON. */
  readonly isPlain: boolean
  /** '' when there is none. */
  readonly body: string
  /** The same as it came. */
  readonly raw: Uint8Array
  /** Whether the body is a form. */
  readonly isForm: boolean
  readonly clock: Clock
  /** Whether who asked has gone. */
  readonly hasLeft: () => boolean
}

/** What is answered: JSON, a text, bytes of a kind, or nothing. */
export interface BrooklynAnswer {
  readonly status: number
  readonly kind: 'json' | 'text' | 'empty' | 'bytes'
  readonly body: unknown
  /** What bytes are. */
  readonly contentType?: string
  /** The value of the Location header. */
  readonly location?: string
  /** How a stranger is asked to say who asks. */
  readonly challenge?: string
}

/** One request that Brooklyn's REST API knows and this face answers. */
export interface BrooklynRoute {
  readonly method: Method
  /** With parameters in braces, below the face's base. */
  readonly path: string
  /** What it does, for the page about this face. */
  readonly summary: string
  readonly answer: (call: BrooklynCall) => BrooklynAnswer | Promise<BrooklynAnswer>
}

/** JSON, with 200 unless told otherwise. */
export function json(body: unknown, status = 200): BrooklynAnswer {
  return { status, kind: 'json', body }
}

/** A text as it is. */
export function text(body: string, status = 200): BrooklynAnswer {
  return { status, kind: 'text', body }
}

/** Bytes of a content type. */
export function bytes(body: Uint8Array, contentType: string): BrooklynAnswer {
  return { status: 200, kind: 'bytes', body, contentType }
}

/** No body: 204 unless told otherwise. */
export function empty(status = 204): BrooklynAnswer {
  return { status, kind: 'empty', body: undefined }
}

/** One value: JSON, or its text where that is asked for; null is no content, as in Brooklyn. */
export function value(call: BrooklynCall, it: unknown): BrooklynAnswer {
  if (it === null || it === undefined) return empty()
  if (!call.isPlain) return json(it)
  return text(typeof it === 'string' ? it : JSON.stringify(it))
}

/** A parameter of the path; the route's pattern sees that it is there. */
export function pathParam(call: BrooklynCall, name: string): string {
  return call.params[name] ?? ''
}

/** A flag of the query. */
export function flag(call: BrooklynCall, name: string, otherwise: boolean): boolean {
  const said = call.query[name]
  return said === undefined ? otherwise : said === '' || said === 'true'
}

/** Whether bytes are a zip or a tgz, by how they begin: `br` does not say what it sends. */
export function isArchive(bytes: Uint8Array): boolean {
  const [first, second] = bytes
  return (first === 0x50 && second === 0x4b) || (first === 0x1f && second === 0x8b)
}
