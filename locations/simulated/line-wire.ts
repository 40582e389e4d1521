import type { Socket } from 'node:net'

/** Characters of one message; a line beyond it is a fault of the other side. */
const LINE_MOST = 256 * 1024 * 1024

/** Sends values as lines of JSON. */
export function sendLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`)
}

/** Calls `take` for each line of JSON that arrives; destroys the connection at a line that is none. */
export function takeLines(socket: Socket, take: (value: unknown) => void): void {
  let parts: string[] = []
  let length = 0
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const pieces = chunk.split('\n')
    pieces.forEach((piece, at) => {
      parts.push(piece)
      length += piece.length
      if (length > LINE_MOST) socket.destroy(new Error('a line is too long'))
      if (at === pieces.length - 1) return
      const line = parts.join('')
      parts = []
      length = 0
      takeLine(socket, line, take)
    })
  })
}

function takeLine(socket: Socket, line: string, take: (value: unknown) => void): void {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    socket.destroy(new Error('a line is no JSON'))
    return
  }
  take(value)
}
