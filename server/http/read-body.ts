import type { IncomingMessage } from 'node:http'
import { ARCHIVE_TYPES, type Route } from '../api/index.js'
import { type Reply, type RequestBody, parseJson, refuse, utf8TextOf } from '../handlers/index.js'

/** Reads what a route takes, within limits. */
export async function readBody(
  request: IncomingMessage,
  route: Route,
  limits: { readonly body: number; readonly depth: number },
): Promise<RequestBody | Reply> {
  if (route.body === undefined || !hasBody(request)) return { kind: 'none' }
  const media = mediaType(request, route)
  if (typeof media !== 'string') return media
  const bytes = await readBytes(request, limits.body)
  if ('kind' in bytes) return bytes
  if (ARCHIVE_TYPES.includes(media)) return { kind: 'bytes', bytes }
  const text = utf8TextOf(bytes)
  if (text === undefined) return refuse('invalid-request', 'The body is not UTF-8.')
  return media === 'application/json' ? parseJson(text, limits.depth) : { kind: 'text', text }
}

/** The bytes of a body within the limit, or why not. */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | Reply> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return tooLarge(limit)
  const bytes = await collect(request, limit)
  if (bytes === 'too-large') return tooLarge(limit)
  return bytes === 'left' ? refuse('request-timeout', 'The client went away in the middle.') : bytes
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length']
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

function mediaType(request: IncomingMessage, route: Route): string | Reply {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  const media = type.trim()
  const encoding = request.headers['content-encoding'] ?? 'identity'
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  if (route.contentTypes.includes(media) && encoding === 'identity' && isUtf8) return media
  return refuse('unsupported-media-type', `Send ${route.contentTypes.join(' or ')} in UTF-8, not compressed.`)
}

function tooLarge(limit: number): Reply {
  return refuse('too-large', `A body has at most ${limit} bytes.`)
}

/** The whole body. What comes after the limit is thrown away as it comes, so that the answer can be read. */
function collect(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'left'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length <= limit) {
        parts.push(part)
        return
      }
      parts.length = 0
      resolve('too-large')
    })
    request.on('end', () => {
      resolve(Buffer.concat(parts))
    })
    // Too late to matter when the body has ended: a promise settles once.
    for (const event of ['error', 'close']) {
      request.on(event, () => {
        resolve('left')
      })
    }
  })
}
