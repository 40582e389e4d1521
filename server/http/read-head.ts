import type { Request } from 'express'
import { type Reply, refuse } from '../handlers/index.js'

/** The parameters of the query; a refusal when one comes twice. */
export function readQuery(
  request: Request,
): Reply | { readonly kind: 'query'; readonly query: { readonly [name: string]: string } } {
  const at = request.url.indexOf('?')
  const pairs = at < 0 ? [] : [...new URLSearchParams(request.url.slice(at + 1))]
  const query = Object.fromEntries(pairs)
  if (Object.keys(query).length < pairs.length) {
    return refuse('invalid-request', 'A parameter of the query was given twice.')
  }
  return { kind: 'query', query }
}

/** Headers that came once, names in lower case. */
export function singleHeaders(request: Request): { readonly [name: string]: string } {
  const entries = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  return Object.fromEntries(entries)
}
