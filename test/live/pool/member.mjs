// A web member: answers with its name, tells its rate of requests, and leaves without losing anybody. Built-in modules only.
import { createServer } from 'node:http'
import { setInterval } from 'node:timers'

/** Requests in each of the last seconds, the newest last. */
const counts = [0, 0, 0, 0, 0]
setInterval(() => counts.push(0) && counts.shift(), 1000).unref()

let leaving = false
let inside = 0

const server = createServer((request, response) => {
  request.resume()
  // Whoever is still connected is told to come back by another way.
  if (leaving) response.setHeader('connection', 'close')
  if (request.url === '/health') return response.end('{"healthy":true}\n')
  if (request.url === '/metrics') return response.end(`{"requestsPerSecond":${rate()}}\n`)
  counts[counts.length - 1] += 1
  response.setHeader('x-served-by', process.env.WEIR_NAME ?? '')
  // What takes its time is under way when somebody leaves.
  return setTimeout(() => response.end('served\n'), 20)
})

/** The mean over the whole seconds. */
function rate() {
  const whole = counts.slice(0, -1)
  return whole.reduce((sum, count) => sum + count, 0) / whole.length
}

server.keepAliveTimeout = 30_000
server.on('connection', (socket) => {
  inside += 1
  socket.on('close', () => {
    inside -= 1
    if (leaving && inside === 0) process.exit(0)
  })
})
server.listen(Number(process.env.PORT))

process.on('SIGTERM', () => {
  leaving = true
  if (inside === 0) process.exit(0)
  setTimeout(() => process.exit(0), 8000)
})
