import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampCall } from './camp-call.js'

/** The one part of a form that says which plan is meant. */
export interface PostedForm {
  readonly kind: 'part'
  readonly name: PartName
  readonly bytes: Uint8Array
}

type PartName = 'plan_file' | 'pdp_file' | 'plan_uri' | 'pdp_uri'

const PARTS: readonly PartName[] = ['plan_file', 'pdp_file', 'plan_uri', 'pdp_uri']

/** Reads multipart/form-data: exactly one part, under one of the names that CAMP has for it. */
export async function readForm({ headers, body }: CampCall): Promise<PostedForm | Reply> {
  if (body === undefined || body.length === 0) return refuse('invalid-request', 'The body is empty.')
  const form = await parseForm(body, headers['content-type'] ?? '')
  if (form === undefined) return refuse('invalid-request', 'The body is no form.')
  const [first, second] = [...form]
  const name = PARTS.find((part) => part === first?.[0])
  if (first === undefined || second !== undefined || name === undefined) {
    return refuse('invalid-request', `A form has one part: ${PARTS.join(', ')}.`)
  }
  const [, value] = first
  const bytes = typeof value === 'string' ? Buffer.from(value) : new Uint8Array(await value.arrayBuffer())
  return { kind: 'part', name, bytes }
}

async function parseForm(body: Uint8Array, type: string): Promise<FormData | undefined> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- meant for streams without end; this body is bounded
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch {
    return undefined
  }
}
