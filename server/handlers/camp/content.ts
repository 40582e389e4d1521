import type { Json } from '../../../engine/index.js'
import { parseJson, utf8TextOf } from '../json-text.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampCall } from './camp-call.js'

/** The media type of a call's body, in lower case and without parameters; '' when it does not say. */
export function mediaOf({ headers }: CampCall): string {
  const { 'content-type': type = '' } = headers
  return (type.split(';')[0] ?? '').trim().toLowerCase()
}

/** The body of a call as text, or why it cannot be one. */
export function readText({ body }: CampCall): { readonly kind: 'text'; readonly text: string } | Reply {
  if (body === undefined || body.length === 0) return refuse('invalid-request', 'The body is empty.')
  const text = utf8TextOf(body)
  if (text === undefined) return refuse('invalid-request', 'The body is not UTF-8.')
  return text.trim() === '' ? refuse('invalid-request', 'The body is empty.') : { kind: 'text', text }
}

/** The body of a call as JSON of one media type, or why it cannot be that. */
export function readJson(
  call: CampCall,
  media = 'application/json',
): { readonly kind: 'json'; readonly value: Json } | Reply {
  if (mediaOf(call) !== media) return wrongContent([media])
  const read = readText(call)
  return read.kind === 'reply' ? read : parseJson(read.text)
}

/** The refusal of a body whose content type is missing or not one of these. */
export function wrongContent(known: readonly string[]): Reply {
  return refuse('unsupported-media-type', `Send ${known.join(' or ')}, not compressed.`)
}
