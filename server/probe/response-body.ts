import type { IncomingMessage } from 'node:http'

/** What was read of a body, or why it could not be read. */
export type ReadBody = { readonly body: string; readonly isCut: boolean } | { readonly reason: string }

/** Reads at most `limit` bytes; a longer body is cut there, between two characters, and its connection given up. */
export function readBody(response: IncomingMessage, limit: number, settle: (read: ReadBody) => void): void {
  const parts: Uint8Array[] = []
  let left = limit
  const answer = (isCut: boolean): void => {
    const body = new TextDecoder().decode(Buffer.concat(parts), { stream: true })
    settle({ body, isCut })
  }
  response.on('data', (chunk: Buffer) => {
    if (left < 0) return
    parts.push(chunk.subarray(0, left))
    left -= chunk.length
    if (left >= 0) return
    answer(true)
    response.destroy()
  })
  response.on('end', () => {
    if (left >= 0) answer(false)
  })
  response.on('error', (thrown) => {
    settle({ reason: reasonOf(thrown) })
  })
}

/** What went wrong, in Node's words; of several addresses tried, the first one's. */
export function reasonOf(thrown: Error): string {
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown
  if (!(first instanceof Error)) return 'the request failed'
  return first.message === '' ? first.name : first.message
}
