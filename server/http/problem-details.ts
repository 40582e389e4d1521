import type { ServerResponse } from 'node:http'
import type { Log } from '../../engine/index.js'
import { type Reply, refuse } from '../handlers/index.js'

/** Writes an answer. A HEAD request gets its head alone, 204 has no body. */
export function send(response: ServerResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = reply.status
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value)
  if (reply.status === 204) {
    response.end()
    return
  }
  const bytes = bytesOf(reply)
  const charset = reply.contentType === 'text/plain' ? '; charset=utf-8' : ''
  response.setHeader('content-type', `${reply.contentType}${charset}`)
  response.setHeader('content-length', bytes.length)
  response.setHeader('cache-control', 'no-store')
  response.end(bytes)
}

function bytesOf({ contentType, body }: Reply): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body)
  return Buffer.from(contentType === 'text/plain' ? String(body) : JSON.stringify(body))
}

/** Makes problem details of anything thrown on the way; what is not the client's fault goes to the log only. */
export function thrownReply(thrown: unknown, log: Log): Reply {
  const status = statusOf(thrown)
  if (status !== undefined && status < 500) return refuse('invalid-request', 'The address cannot be read.')
  const stack = thrown instanceof Error ? thrown.stack : String(thrown)
  log.error('a request broke', { stack })
  return refuse('internal', 'Something broke here; the log says what.')
}

function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown)) return undefined
  return typeof thrown.status === 'number' ? thrown.status : undefined
}
